/* kernel/lib/errors: every code has words of its own, in lower case. */
#include <ctype.h>
#include <string.h>

#include "kernel/lib/errors.h"
#include "tests/unit/unit_test.h"

static const int codes[] = {
    0,
    ERROR_NOT_PERMITTED,
    ERROR_NOT_FOUND,
    ERROR_KILLED,
    ERROR_IO,
    ERROR_AGAIN,
    ERROR_NO_MEMORY,
    ERROR_BUSY,
    ERROR_INVALID,
    ERROR_DEADLOCK,
    ERROR_NOT_SUPPORTED,
    ERROR_TIMED_OUT,
    12345, /* no such code */
};

static void every_code_has_its_own_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *text = error_text(codes[i]);
        assert_true(strlen(text) > 0);
        for (const char *at = text; *at; at++)
            assert_true(islower((unsigned char)*at) || *at == ' ');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(text, error_text(codes[j]));
    }
}

static void the_sign_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        assert_string_equal(error_text(codes[i]), error_text(-codes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_words),
        cmocka_unit_test(the_sign_does_not_matter),
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
