/* shell/near_miss, with the words of a command that there is not. */
#include "shell/near_miss.h"

#include "tests/unit/unit_test.h"

static char paint[] = "paint";
static char *const words[] = {paint, NULL};

static void offer(struct completion *completion)
{
    assert_string_equal(completion->word, "");
    assert_ptr_equal(completion->words, words);
    assert_int_equal(completion->argument, 1);
    completion_add(completion, "red", NULL);
    completion_add(completion, "yellow", "like the sun");
    completion_add(completion, "size=", NULL);
    completion_add(completion, "10", NULL);
}

static void check(const char *word, unsigned mistakes, const char *expected)
{
    char meant[NEAR_MISS_SIZE] = "";
    assert_int_equal(near_miss_find(offer, words, 1, word, meant), mistakes);
    if (mistakes != NEAR_MISS_NONE)
        assert_string_equal(meant, expected);
}

static void the_nearest_is_found(void **state)
{
    (void)state;
    check("rde", 1, "red");
    check("RED", 0, "red");
    check("yelow", 1, "yellow");
    check("eyllwo", 2, "yellow");
}

static void an_option_is_told_by_what_stands_before_its_value(void **state)
{
    (void)state;
    check("sise=10", 1, "size=");
    check("SIZE=a=b", 0, "size=");
}

static void what_is_far_is_not_guessed_at(void **state)
{
    static const char *const far[] = {
        "", "r", "1", "1o", "12", "rood", "blue", "yllwoo", "yellowyellowyellowyellowyellowyellow"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(far); i++)
        check(far[i], NEAR_MISS_NONE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_is_found),
        cmocka_unit_test(an_option_is_told_by_what_stands_before_its_value),
        cmocka_unit_test(what_is_far_is_not_guessed_at),
    };
    return cmocka_run_group_tests_name("near_miss", tests, NULL, NULL);
}
