/* kernel/lib/edit_distance. */
#include "kernel/lib/edit_distance.h"

#include <string.h>

#include "tests/unit/unit_test.h"

static const struct {
    const char *first, *second;
    unsigned distance;
} cases[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"hog", "hog", 0},
    {"hog", "hgo", 1},
    {"prempt", "preempt", 1},
    {"preeempt", "preempt", 1},
    {"suspned", "suspend", 1},
    {"PS", "ps", 0},
    {"Hgo", "hog", 1},
    {"ps", "top", 3},
    {"kitten", "sitting", 3},
    {"ca", "abc", 3},
    {"abcd", "badc", 2},
    {"abc", "cab", 2},
    {"policy", "poilcy", 1},
};

static void words_differ_by_so_much(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(edit_distance(cases[i].first, cases[i].second), cases[i].distance);
        assert_int_equal(edit_distance(cases[i].second, cases[i].first), cases[i].distance);
    }
}

static void long_words_are_far(void **state)
{
    char longest[EDIT_LENGTH_MAX + 2];
    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[EDIT_LENGTH_MAX] = '\0';
    assert_int_equal(edit_distance(longest, longest), 0);
    assert_int_equal(edit_distance(longest, ""), EDIT_LENGTH_MAX);
    longest[EDIT_LENGTH_MAX] = 'x';
    longest[EDIT_LENGTH_MAX + 1] = '\0';
    assert_int_equal(edit_distance(longest, "x"), EDIT_FAR);
    assert_int_equal(edit_distance("x", longest), EDIT_FAR);
}

static unsigned least(unsigned one, unsigned other)
{
    return one < other ? one : other;
}

/* What the definition says of the first `i` and `j` characters. */
static unsigned slowly(const char *first, size_t i, const char *second, size_t j)
{
    if (i == 0 || j == 0)
        return (unsigned)(i + j);
    unsigned best = least(slowly(first, i - 1, second, j), slowly(first, i, second, j - 1)) + 1;
    best = least(best, slowly(first, i - 1, second, j - 1) + (first[i - 1] != second[j - 1]));
    if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
        best = least(best, slowly(first, i - 2, second, j - 2) + 1);
    return best;
}

static void make_word(uint64_t *random, char word[6])
{
    unsigned length = random_below(random, 6);
    for (unsigned i = 0; i < length; i++)
        word[i] = "abc"[random_below(random, 3)];
    word[length] = '\0';
}

static void it_agrees_with_the_definition(void **state)
{
    uint64_t random = 1;
    char first[6], second[6];
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        make_word(&random, first);
        make_word(&random, second);
        assert_int_equal(edit_distance(first, second),
                         slowly(first, strlen(first), second, strlen(second)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_differ_by_so_much),
        cmocka_unit_test(long_words_are_far),
        cmocka_unit_test(it_agrees_with_the_definition),
    };
    return cmocka_run_group_tests_name("edit_distance", tests, NULL, NULL);
}
