/* kernel/lib/format, against expected texts and against the host's snprintf. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kernel/lib/format.h"
#include "tests/unit/unit_test.h"

static void check(const char *expected, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void check(const char *expected, const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    size_t length = format_arguments(text, sizeof(text), format, arguments);
    va_end(arguments);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void numbers(void **state)
{
    (void)state;
    check("0 7 -7", "%d %d %i", 0, 7, -7);
    check("2147483647 -2147483648", "%d %d", INT_MAX, INT_MIN);
    check("9223372036854775807 -9223372036854775808", "%ld %lld", LONG_MAX, LLONG_MIN);
    check("18446744073709551615 4294967295", "%lu %u", ULONG_MAX, UINT_MAX);
    check("beef BEEF ffffffffffffffff", "%x %X %llx", 0xBEEFu, 0xBEEFu, ULLONG_MAX);
    check("123 -5", "%zu %zd", (size_t)123, (ssize_t)-5);
    check("0xff 0 0XAB", "%#x %#x %#X", 255u, 0u, 0xABu);
    check("0xffffffff80100000 0x0", "%p %p", (void *)0xFFFFFFFF80100000, (void *)0);
}

/* What the compiler would warn about: arguments wider than their conversion. */
static void narrow_numbers(void **state)
{
    (void)state;
    const char *volatile bytes = "%hhd %hhu %hhx"; /* volatile: not for -Wformat to see */
    const char *volatile shorts = "%hd %hu %hx";
    char text[64];

    format_string(text, sizeof(text), bytes, 0x1FF, 0x1FF, 0x1FF);
    assert_string_equal(text, "-1 255 ff");
    format_string(text, sizeof(text), shorts, 0x18000, 0x18000, 0x18000);
    assert_string_equal(text, "-32768 32768 8000");
}

static void widths_and_flags(void **state)
{
    (void)state;
    check("|   42|42   |00042|", "|%5d|%-5d|%05d|", 42, 42, 42);
    check("|  -42|-42  |-0042|", "|%5d|%-5d|%05d|", -42, -42, -42);
    check("|+42| 42|-42|", "|%+d|% d|% d|", 42, 42, -42);
    check("|   42|42   |", "|%*d|%*d|", 5, 42, -5, 42);
    check("|0x00ff|  0xff|", "|%#06x|%#6x|", 255u, 255u);
    check("|00000000000000000000000000000000000042|", "|%038d|", 42);
    check("|12345|", "|%3d|", 12345);
}

static void precisions(void **state)
{
    (void)state;
    check("|007|  007|-007|", "|%.3d|%5.3d|%.3d|", 7, 7, -7);
    check("||0|", "|%.0d|%.1d|", 0, 0);
    check("|ab|    ab|", "|%.2s|%6.*s|", "abcdef", 2, "abcdef");
    check("|abc|", "|%.*s|", -1, "abc");
    check("| 0x0ff|", "|%#6.3x|", 255u);
}

static void texts(void **state)
{
    (void)state;
    const char unterminated[3] = {'x', 'y', 'z'}; /* AddressSanitizer watches its end */
    const char *volatile nothing = NULL;

    check("", "%s", "");
    check("|hello|hello  |  hello|", "|%s|%-7s|%7s|", "hello", "hello", "hello");
    check("(null)", "%s", nothing);
    check("xyz", "%.3s", unterminated);
    check("a|  b|c  |", "%c|%3c|%-3c|", 'a', 'b', 'c');
    check("100%", "%d%%", 100);
    check("plain", "plain");
}

static void unknown_conversions_stay_as_they_are(void **state)
{
    (void)state;
    const char *volatile formats[] = {"a %q b", "a %5.2y b", "end %", "end %-08l"};
    char text[64];

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        format_string(text, sizeof(text), formats[i], 0);
        assert_string_equal(text, formats[i]);
    }
}

static void long_texts_are_cut_and_counted(void **state)
{
    (void)state;
    const char *whole = "tid 12 is running";
    char text[32];

    for (size_t size = 0; size <= strlen(whole) + 1; size++) {
        memset(text, '#', sizeof(text));
        assert_int_equal(format_string(text, size, "tid %d is %s", 12, "running"), strlen(whole));
        if (size) {
            assert_memory_equal(text, whole, size - 1);
            assert_int_equal(text[size - 1], '\0');
        }
        assert_int_equal(text[size], '#');
    }
}

static void collect(void *context, const char *text, size_t length)
{
    assert_true(length > 0);
    strncat(context, text, length);
}

static size_t format_by_sink(char *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    size_t length = format_to(collect, text, format, arguments);
    va_end(arguments);
    return length;
}

static void the_sink_gets_all_pieces_in_order(void **state)
{
    (void)state;
    char text[64] = "";

    assert_int_equal(format_by_sink(text, "<%04x|%-4s|%c>", 0xABu, "no", 'y'), 13);
    assert_string_equal(text, "<00ab|no  |y>");
}

/* Random flags, widths, precisions, lengths and values: the same text as the C library's. */
static void agrees_with_the_c_library(void **state)
{
    (void)state;
    static const char *const sizes[] = {"hh", "h", "", "l", "ll", "z"};
    static const char letters[] = "diuxX";
    uint64_t random = 2;

    for (unsigned round = 0; round < 20000; round++) {
        char format[32];
        char expected[128];
        char text[128];
        char *end = format;

        *end++ = '%';
        for (const char *flag = "-0+ #"; *flag; flag++) {
            if (random_below(&random, 3) == 0)
                *end++ = *flag;
        }
        if (random_below(&random, 2))
            end += sprintf(end, "%u", random_below(&random, 40) + 1);
        if (random_below(&random, 2))
            end += sprintf(end, ".%u", random_below(&random, 30));
        end += sprintf(end, "%s", sizes[random_below(&random, COUNT_OF(sizes))]);
        *end++ = letters[random_below(&random, 5)];
        *end = '\0';

        uint64_t value = random >> random_below(&random, 64);
        if (random_below(&random, 4) == 0)
            value = 0;
        int length = snprintf(expected, sizeof(expected), format, value);
        assert_int_equal(format_string(text, sizeof(text), format, value), length);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(narrow_numbers),
        cmocka_unit_test(widths_and_flags),
        cmocka_unit_test(precisions),
        cmocka_unit_test(texts),
        cmocka_unit_test(unknown_conversions_stay_as_they_are),
        cmocka_unit_test(long_texts_are_cut_and_counted),
        cmocka_unit_test(the_sink_gets_all_pieces_in_order),
        cmocka_unit_test(agrees_with_the_c_library),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
