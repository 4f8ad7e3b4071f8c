/* kernel/lib/number. */
#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "tests/unit/unit_test.h"

typedef int parse_function(const char *text, uint64_t max, uint64_t *value);

static void accepts(parse_function *parse, const char *text, uint64_t max, uint64_t expected)
{
    uint64_t value = 999;

    assert_int_equal(parse(text, max, &value), 0);
    assert_int_equal(value, expected);
}

static void rejects(parse_function *parse, const char *text, uint64_t max)
{
    uint64_t value = 999;

    assert_int_equal(parse(text, max, &value), -ERROR_INVALID);
    assert_int_equal(value, 999);
}

static void reads_whole_numbers(void **state)
{
    (void)state;
    accepts(parse_unsigned, "0", 0, 0);
    accepts(parse_unsigned, "10", 1000, 10);
    accepts(parse_unsigned, "007", 7, 7);
    accepts(parse_unsigned, "1000", 1000, 1000);
    accepts(parse_unsigned, "0xff", 255, 255);
    accepts(parse_unsigned, "0xDeadBeef", UINT64_MAX, 0xDEADBEEF);
    accepts(parse_unsigned, "0x0123456789", UINT64_MAX, 0x0123456789);
    accepts(parse_unsigned, "0xabcdefABCDEF", UINT64_MAX, 0xABCDEFABCDEF);
    accepts(parse_unsigned, "18446744073709551615", UINT64_MAX, UINT64_MAX);
    accepts(parse_unsigned, "0xffffffffffffffff", UINT64_MAX, UINT64_MAX);
    accepts(parse_unsigned, "00000000000000000000000000001", UINT64_MAX, 1);
}

static void rejects_what_is_not_a_whole_number(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    " 1",  "1 ",   "+1",  "-1",  "1x", "a",
                                        "0x",  "x1",  "0x1g", "1.5", "1,0", "ff", "0x0x1",
                                        "0x/", "0x:", "0x@",  "0xG", "0x`", "/",  ":"};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        rejects(parse_unsigned, texts[i], UINT64_MAX);
}

static void rejects_what_is_too_large(void **state)
{
    (void)state;
    rejects(parse_unsigned, "1", 0);
    rejects(parse_unsigned, "9", 8);
    rejects(parse_unsigned, "1001", 1000);
    rejects(parse_unsigned, "0x100", 255);
    rejects(parse_unsigned, "18446744073709551616", UINT64_MAX);
    rejects(parse_unsigned, "99999999999999999999999999", UINT64_MAX);
    rejects(parse_unsigned, "0x10000000000000000", UINT64_MAX);
}

static void reads_seconds_as_milliseconds(void **state)
{
    (void)state;
    accepts(parse_milliseconds, "0", 0, 0);
    accepts(parse_milliseconds, "2", 2000, 2000);
    accepts(parse_milliseconds, "0.5", 1000, 500);
    accepts(parse_milliseconds, "1.25", 10000, 1250);
    accepts(parse_milliseconds, "1.250", 10000, 1250);
    accepts(parse_milliseconds, "0.001", 10000, 1);
    accepts(parse_milliseconds, "12.034", 100000, 12034);
    accepts(parse_milliseconds, "18446744073709551.615", UINT64_MAX, UINT64_MAX);
}

static void rejects_what_is_not_a_number_of_seconds(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   ".",    ".5",  "1.",   "1.2345", "1.2.3", "-1",
                                        "1s", "1.5s", "0x1", " 1.5", "1.5 ",   "1. 5",  "1..5"};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        rejects(parse_milliseconds, texts[i], UINT64_MAX);
    rejects(parse_milliseconds, "2.001", 2000);
    rejects(parse_milliseconds, "3", 2999);
    rejects(parse_milliseconds, "18446744073709551.616", UINT64_MAX);
    rejects(parse_milliseconds, "99999999999999999999", UINT64_MAX);
}

static void reads_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t first, last;
    } ranges[] = {{"5", 5, 5}, {"5-9", 5, 9}, {"5..9", 5, 9}, {"9-5", 9, 5}, {"0-100", 0, 100}};
    static const char *const wrong[] = {"",     "-",    "5-",  "-5",    "5.9",   "5...9", "5--9",
                                        "5-9x", "x5-9", "101", "5-101", "5 - 9", "0x5",   "5-9-11"};
    uint64_t first, last;
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        assert_int_equal(parse_range(ranges[i].text, 100, &first, &last), 0);
        assert_int_equal(first, ranges[i].first);
        assert_int_equal(last, ranges[i].last);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(parse_range(wrong[i], 100, &first, &last), -ERROR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_numbers),
        cmocka_unit_test(rejects_what_is_not_a_whole_number),
        cmocka_unit_test(rejects_what_is_too_large),
        cmocka_unit_test(reads_seconds_as_milliseconds),
        cmocka_unit_test(rejects_what_is_not_a_number_of_seconds),
        cmocka_unit_test(reads_ranges),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
