/* The kernel's symbol table: finding a function, and spelling its name out. */
#include "kernel/symbols.h"
#include "tests/unit/unit_test.h"

#define FUNCTIONS 4
#define TEXT_SIZE 100

/* The borders of the text, which the linker script draws in the kernel. */
const char __text_start[TEXT_SIZE] = {0};
__asm__(".globl __text_end\n.set __text_end, __text_start + 100");

const uint32_t symbol_count = FUNCTIONS;
const uint16_t symbol_distances[] = {10, 20, 30, 40};
/* 128 is "ab", 129 "abc", 130 "abcab". */
const uint8_t symbol_pairs[][2] = {{'a', 'b'}, {128, 'c'}, {129, 128}};
const uint8_t symbol_names[] = {
    's',
    't',
    'a',
    'r',
    't',
    0,
    'x',
    128,
    'y',
    0,
    130,
    0,
    /* 12 times 5 characters do not fit */
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    130,
    0,
};

static void expect(uint64_t offset_in_text, const char *expected_name, uint64_t expected_offset)
{
    char name[SYMBOL_NAME_SIZE];
    uint64_t offset;
    assert_true(symbol_lookup((uint64_t)__text_start + offset_in_text, name, &offset));
    assert_string_equal(name, expected_name);
    assert_int_equal(offset, expected_offset);
}

static void test_each_address_lies_in_one_function(void **state)
{
    (void)state;
    expect(0, "start", 0);
    expect(9, "start", 9);
    expect(10, "xaby", 0);
    expect(30, "abcab", 0);
    expect(59, "abcab", 29);
}

static void test_a_long_name_is_cut(void **state)
{
    (void)state;
    expect(99, "abcababcababcababcababcababcababcababcababcabab", 39);
}

static void test_outside_of_the_text_is_no_function(void **state)
{
    (void)state;
    char name[SYMBOL_NAME_SIZE];
    uint64_t offset = 7;
    assert_false(symbol_lookup((uint64_t)__text_start - 1, name, &offset));
    assert_false(symbol_lookup((uint64_t)__text_start + TEXT_SIZE, name, &offset));
    assert_false(symbol_lookup(0, name, &offset));
    assert_int_equal(offset, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_address_lies_in_one_function),
        cmocka_unit_test(test_a_long_name_is_cut),
        cmocka_unit_test(test_outside_of_the_text_is_no_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
