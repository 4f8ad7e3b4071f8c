/* drivers/code_page against the C library's own table of code page 437. */
#include <iconv.h>

#include "drivers/code_page.h"
#include "tests/unit/unit_test.h"

/* The glyph of a Latin-1 character, as iconv has it; 0: none. */
static uint8_t expected_glyph(iconv_t converter, uint8_t character)
{
    char from = (char)character;
    char to = 0;
    char *from_text = &from;
    char *to_text = &to;
    size_t from_left = 1;
    size_t to_left = 1;
    size_t result = iconv(converter, &from_text, &from_left, &to_text, &to_left);
    return result == 0 ? (uint8_t)to : 0;
}

static void agrees_with_the_library(void **state)
{
    (void)state;
    iconv_t converter = iconv_open("CP437", "ISO-8859-1");
    assert_true(converter != (iconv_t)-1);
    for (unsigned character = ' '; character <= 0xFF; character++) {
        uint8_t expected = expected_glyph(converter, (uint8_t)character);
        if (character == 0xA7 || character == 0xB6) /* the section and paragraph signs: controls */
            expected = character == 0xA7 ? 0x15 : 0x14;
        if (character >= 0x7F && character < 0xA0)
            expected = 0;
        assert_int_equal(code_page_437((uint8_t)character), expected);
    }
    iconv_close(converter);
}

static void controls_have_no_glyph(void **state)
{
    (void)state;
    for (unsigned character = 0; character < ' '; character++)
        assert_int_equal(code_page_437((uint8_t)character), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_library),
        cmocka_unit_test(controls_have_no_glyph),
    };
    return cmocka_run_group_tests_name("code_page", tests, NULL, NULL);
}
