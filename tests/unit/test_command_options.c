/* shell/options: one spelling of options, and the other one. */
#include "shell/options.h"

#include <stddef.h>

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

static char first[16], second[16];
static char *words[] = {first, second, NULL};

/* What the value of count= or -n is in these words, or NULL, and how many words it takes. */
static void check(const char *one, const char *two, const char *expected, int taken)
{
    char **word = words;
    string_copy(first, one, sizeof(first));
    string_copy(second, two, sizeof(second));
    const char *value = option_value(&word, "count", 'n');
    if (expected)
        assert_string_equal(value, expected);
    else
        assert_null(value);
    assert_int_equal(word - words, taken);
}

static void both_spellings_have_the_value(void **state)
{
    (void)state;
    check("count=3", "x", "3", 0);
    check("-n", "3", "3", 1);
    check("count=", "3", "", 0);
    check("-n", "", "", 1);
}

static void other_words_are_none(void **state)
{
    (void)state;
    check("", "3", NULL, 0);
    check("count", "3", NULL, 0);
    check("counts=3", "3", NULL, 0);
    check("n", "3", NULL, 0);
    check("-", "3", NULL, 0);
    check("-n3", "3", NULL, 0);
    check("-x", "3", NULL, 0);
}

static void an_option_at_the_end_has_an_empty_value(void **state)
{
    char **word = words + 1;
    (void)state;
    string_copy(second, "-n", sizeof(second));
    assert_string_equal(option_value(&word, "count", 'n'), "");
    assert_ptr_equal(word, words + 1);
}

static void without_a_letter_there_is_one_spelling(void **state)
{
    char **word = words;
    (void)state;
    string_copy(first, "-n", sizeof(first));
    assert_null(option_value(&word, "prio", '\0'));
    string_copy(first, "prio=7", sizeof(first));
    assert_string_equal(option_value(&word, "prio", '\0'), "7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_have_the_value),
        cmocka_unit_test(other_words_are_none),
        cmocka_unit_test(an_option_at_the_end_has_an_empty_value),
        cmocka_unit_test(without_a_letter_there_is_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
