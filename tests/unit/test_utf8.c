/* shell/terminal/utf8: what COM1 sends beyond ASCII. */
#include "shell/terminal/utf8.h"

#include <string.h>

#include "tests/unit/unit_test.h"

static void check(const char *bytes, const char *expected)
{
    struct utf8_decoder decoder = {0};
    char got[32];
    unsigned count = 0;
    for (; *bytes; bytes++) {
        uint8_t character;
        if (utf8_feed(&decoder, (uint8_t)*bytes, &character))
            got[count++] = (char)character;
    }
    got[count] = '\0';
    assert_string_equal(got, expected);
}

static void ascii_and_latin_1(void **state)
{
    (void)state;
    check("abc\x1b\x7f", "abc\x1b\x7f");
    check("\xc3\xa4\xc2\xb5\xc3\xbf\xc2\x9b", "\xe4\xb5\xff\x9b");
}

static void other_characters_count_once(void **state)
{
    (void)state;
    check("\xe2\x82\xac", "\x80");                 /* the euro sign */
    check("a\xf0\x9f\x98\x80z", "a\x80z");         /* a face: its second byte is no control */
    check("\xc4\x9b;\xe2\x9b\x84;", "\x80;\x80;"); /* 9B is no control sequence either */
    check("\xff\xfe", "\x80\x80");
}

static void characters_are_cut(void **state)
{
    (void)state;
    check("\xc3x\xe2x\xf0\x9fx", "x\x80x\x80x");
    check("\xc3\xc3\xa4", "\xe4");
    check("\xe2\xc3\xa4", "\x80\xe4");
    check("\xa4x\xbf", "x"); /* later bytes without a first one */
}

static void control_characters_of_eight_bits(void **state)
{
    (void)state;
    check("\x9d"
          "0;x\x9c",
          "\x9d"
          "0;x\x9c");
    check("\xc3\xa4\x9b"
          "A",
          "\xe4\x9b"
          "A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_and_latin_1),
        cmocka_unit_test(other_characters_count_once),
        cmocka_unit_test(characters_are_cut),
        cmocka_unit_test(control_characters_of_eight_bits),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
