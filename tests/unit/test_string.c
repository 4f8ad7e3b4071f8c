/* kernel/lib/string: every function at every length and alignment, up against a guard page. */
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

#define LONGEST 70u /* several quadwords, and all remainders */

/* Memory that ends where a page begins that must not be touched. */
static uint8_t *guarded_end(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *memory =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
    return memory + page;
}

static void fill_with_sequence(uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(i + 1);
}

static void memcpy_copies_exactly(void **state)
{
    (void)state;
    uint8_t *source = guarded_end() - LONGEST;
    uint8_t *end = guarded_end();

    fill_with_sequence(source, LONGEST);
    for (size_t count = 0; count <= LONGEST; count++) {
        uint8_t *target = end - count;
        target[-1] = 0xEE;
        assert_ptr_equal(memcpy(target, source + LONGEST - count, count), target);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(target[i], LONGEST - count + i + 1);
        assert_int_equal(target[-1], 0xEE);
    }
}

static void memmove_copies_over_itself(void **state)
{
    (void)state;
    enum { SIZE = 100 };
    uint8_t bytes[SIZE];

    for (size_t from = 0; from < 30; from++) {
        for (size_t to = 0; to < 30; to++) {
            for (size_t count = 0; count <= LONGEST; count += 7) {
                fill_with_sequence(bytes, SIZE);
                assert_ptr_equal(memmove(bytes + to, bytes + from, count), bytes + to);
                for (size_t i = 0; i < SIZE; i++) {
                    size_t origin = i >= to && i < to + count ? i - to + from : i;
                    assert_int_equal(bytes[i], origin + 1);
                }
            }
        }
    }
}

static void memset_sets_exactly(void **state)
{
    (void)state;
    uint8_t *end = guarded_end();

    for (size_t count = 0; count <= LONGEST; count++) {
        uint8_t *target = end - count;
        target[-1] = 0x11;
        assert_ptr_equal(memset(target, 0x1AB, count), target); /* only the low byte counts */
        for (size_t i = 0; i < count; i++)
            assert_int_equal(target[i], 0xAB);
        assert_int_equal(target[-1], 0x11);
    }
}

static void memcmp_orders_unsigned_bytes(void **state)
{
    (void)state;
    assert_int_equal(memcmp("abc", "abd", 2), 0);
    assert_true(memcmp("abc", "abd", 3) < 0);
    assert_true(memcmp("\xFF", "\x01", 1) > 0);
    assert_true(memcmp("a\0b", "a\0c", 3) < 0);
    assert_int_equal(memcmp("a", "b", 0), 0);
}

static void strlen_stops_at_the_terminator(void **state)
{
    (void)state;
    uint8_t *end = guarded_end();

    for (size_t length = 0; length < LONGEST; length++) {
        memset(end - length - 1, 'x', length);
        end[-1] = '\0';
        assert_int_equal(strlen((char *)end - length - 1), length);
    }
}

static void strcmp_orders_texts(void **state)
{
    (void)state;
    assert_int_equal(strcmp("", ""), 0);
    assert_int_equal(strcmp("stats", "stats"), 0);
    assert_true(strcmp("stat", "stats") < 0);
    assert_true(strcmp("stats", "stat") > 0);
    assert_true(strcmp("\xE4", "z") > 0);
}

static void a_part_is_found_anywhere(void **state)
{
    (void)state;
    assert_true(string_contains("shell-vga", "shell"));
    assert_true(string_contains("shell-vga", "vga"));
    assert_true(string_contains("aab", "ab"));
    assert_true(string_contains("a", ""));
    assert_true(string_contains("", ""));
    assert_false(string_contains("", "a"));
    assert_false(string_contains("hog", "hogs"));
    assert_false(string_contains("hog", "Hog"));
}

static void strncmp_looks_at_no_more_than_asked(void **state)
{
    (void)state;
    char *unterminated = (char *)guarded_end() - 2;

    memcpy(unterminated, "ab", 2);
    assert_int_equal(strncmp(unterminated, "abc", 2), 0);
    assert_int_equal(strncmp("x", "y", 0), 0);
    assert_true(strncmp("abc", "abd", 3) < 0);
    assert_int_equal(strncmp("ab", "ab", 10), 0);
    assert_true(strncmp("ab", "abc", 10) < 0);
}

static void strchr_finds_the_first(void **state)
{
    (void)state;
    const char *text = "a;b;c";

    assert_ptr_equal(strchr(text, ';'), text + 1);
    assert_ptr_equal(strchr(text, 'a'), text);
    assert_ptr_equal(strchr(text, '\0'), text + 5);
    assert_null(strchr(text, 'z'));
    assert_null(strchr("", 'z'));
}

static void string_copy_always_terminates(void **state)
{
    (void)state;
    char *target = (char *)guarded_end() - 4;

    assert_int_equal(string_copy(target, "abc", 4), 3);
    assert_string_equal(target, "abc");
    assert_int_equal(string_copy(target, "abcdef", 4), 6);
    assert_string_equal(target, "abc");
    assert_int_equal(string_copy(target, "", 4), 0);
    assert_string_equal(target, "");
    assert_int_equal(string_copy(target + 3, "x", 1), 1);
    assert_int_equal(target[3], '\0');
    assert_int_equal(string_copy(target + 4, "x", 0), 1); /* would fault if it wrote */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memcpy_copies_exactly),
        cmocka_unit_test(memmove_copies_over_itself),
        cmocka_unit_test(memset_sets_exactly),
        cmocka_unit_test(memcmp_orders_unsigned_bytes),
        cmocka_unit_test(strlen_stops_at_the_terminator),
        cmocka_unit_test(strcmp_orders_texts),
        cmocka_unit_test(a_part_is_found_anywhere),
        cmocka_unit_test(strncmp_looks_at_no_more_than_asked),
        cmocka_unit_test(strchr_finds_the_first),
        cmocka_unit_test(string_copy_always_terminates),
    };
    return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
