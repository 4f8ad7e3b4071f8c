/* kernel/lib/pattern. */
#include "kernel/lib/pattern.h"

#include <string.h>

#include "tests/unit/unit_test.h"

static const struct {
    const char *pattern, *text;
    bool fits;
} cases[] = {
    {"", "", true},           {"", "a", false},
    {"*", "", true},          {"*", "hog1", true},
    {"hog*", "hog", true},    {"hog*", "hog12", true},
    {"hog*", "ahog", false},  {"*1", "hog1", true},
    {"*1", "hog11", true},    {"*1", "hog12", false},
    {"h*g*", "hog", true},    {"?", "", false},
    {"?", "a", true},         {"hog?", "hog1", true},
    {"hog?", "hog12", false}, {"hog?", "hog", false},
    {"*ab*", "aaab", true},   {"a*b?d", "abbcbxd", true},
    {"a*b?d", "abbc", false}, {"*?*", "", false},
    {"**", "x", true},        {"hog1", "hog1", true},
    {"hog1", "hog2", false},  {"shell-*", "shell-vga", true},
    {"Hog*", "hog", false},   {"a*a*a*b", "aaaaaaaa", false},
};

static void a_text_fits_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(pattern_matches(cases[i].pattern, cases[i].text), cases[i].fits);
}

/* What the definition says, without regard to how long that takes. */
static bool slowly(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*')
        return slowly(pattern + 1, text) || (*text != '\0' && slowly(pattern, text + 1));
    return *text != '\0' && (*pattern == '?' || *pattern == *text) && slowly(pattern + 1, text + 1);
}

static void it_agrees_with_the_definition(void **state)
{
    uint64_t random = 1;
    char pattern[8], text[9];
    unsigned fits = 0;
    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        unsigned length = random_below(&random, sizeof(pattern));
        for (unsigned j = 0; j < length; j++)
            pattern[j] = "ab*?"[random_below(&random, 4)];
        pattern[length] = '\0';
        length = random_below(&random, sizeof(text));
        for (unsigned j = 0; j < length; j++)
            text[j] = "ab"[random_below(&random, 2)];
        text[length] = '\0';
        bool fit = pattern_matches(pattern, text);
        assert_int_equal(fit, slowly(pattern, text));
        fits += fit;
    }
    assert_true(fits > 10000 && fits < 190000);
}

static void patterns_are_known(void **state)
{
    (void)state;
    assert_true(is_pattern("hog*") && is_pattern("?") && is_pattern("a?b"));
    assert_false(is_pattern("hog1") || is_pattern("") || is_pattern("5-9"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_fits_or_not),
        cmocka_unit_test(it_agrees_with_the_definition),
        cmocka_unit_test(patterns_are_known),
    };
    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
