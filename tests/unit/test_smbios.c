/* The way through the SMBIOS tables, over a window of made-up physical memory. */
#include <string.h>

#include "drivers/firmware/smbios.h"
#include "kernel/lib/errors.h"
#include "tests/unit/fakes/firmware_tables.h"
#include "tests/unit/unit_test.h"

#define MEMORY_SIZE 0x140000u
#define ENTRY       0xF5A40u
#define TABLE       0x120000u

static size_t table_size;
static struct smbios_names names;

static int find(void)
{
    int error = smbios_find(map_memory, &names);
    release_mappings();
    return error;
}

static void put_entry_32(uint64_t table, size_t size)
{
    memcpy(memory + ENTRY, "_SM_", 4);
    poke(ENTRY + 5, 0x1F, 1);
    poke(ENTRY + 0x16, size, 2);
    poke(ENTRY + 0x18, table, 4);
    fix_sum(ENTRY, 0x1F, 4);
}

static void put_entry_64(uint64_t table, size_t size)
{
    memcpy(memory + ENTRY, "_SM3_", 5);
    poke(ENTRY + 6, 0x18, 1);
    poke(ENTRY + 0x0C, size, 4);
    poke(ENTRY + 0x10, table, 8);
    fix_sum(ENTRY, 0x18, 5);
}

/* Appends a structure: its formatted part, and its strings with all their terminators. */
static void put(const void *formatted, size_t length, const char *strings, size_t strings_size)
{
    memcpy(memory + TABLE + table_size, formatted, length);
    memcpy(memory + TABLE + table_size + length, strings, strings_size);
    table_size += length + strings_size;
}

#define PUT(strings, ...)                                      \
    do {                                                       \
        const uint8_t bytes_[] = {__VA_ARGS__};                \
        put(bytes_, sizeof(bytes_), strings, sizeof(strings)); \
    } while (0)

static int begin(void **state)
{
    (void)state;
    make_memory(MEMORY_SIZE);
    table_size = 0;
    PUT("Phoenix\0 6.00 PG \0\x01"
        "01/02/2003\0",
        0, 10, 0, 0, 1, 2, 0, 0, 3, 0);
    PUT("\0", 99, 4, 0, 0); /* without strings: two terminators all the same */
    PUT("Acme\0Anvil 2000\0", 1, 8, 1, 0, 1, 2, 0, 0);
    PUT("\0", 127, 4, 2, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    drop_memory();
    return 0;
}

static void expect_names(void)
{
    assert_int_equal(find(), 0);
    assert_string_equal(names.bios_vendor, "Phoenix");
    assert_string_equal(names.bios_version, "6.00 PG");
    assert_string_equal(names.bios_date, "01/02/2003");
    assert_string_equal(names.manufacturer, "Acme");
    assert_string_equal(names.product, "Anvil 2000");
}

static void test_both_entry_points(void **state)
{
    (void)state;
    put_entry_32(TABLE, table_size);
    expect_names();
    memset(memory + ENTRY, 0, 32);
    put_entry_64(TABLE, table_size);
    expect_names();
}

static void test_an_entry_point_as_of_smbios_2_1(void **state)
{
    (void)state;
    put_entry_32(TABLE, table_size);
    memory[ENTRY + 5] = 0x1E;
    fix_sum(ENTRY, 0x1E, 4);
    expect_names();
}

static void test_two_entry_points_of_which_one_table_is_out_of_sight(void **state)
{
    (void)state;
    put_entry_32(TABLE, table_size);
    memcpy(memory + ENTRY + 0x40, memory + ENTRY, 0x20);
    memset(memory + ENTRY, 0, 0x20);
    put_entry_64(1ull << 40, table_size);
    expect_names();
}

static void test_no_tables(void **state)
{
    (void)state;
    assert_int_equal(find(), -ERROR_NOT_FOUND);
    put_entry_32(TABLE, table_size);
    memory[ENTRY + 8]++; /* the sum is wrong */
    assert_int_equal(find(), -ERROR_NOT_FOUND);
    put_entry_64(1ull << 40, table_size);
    assert_int_equal(find(), -ERROR_NOT_FOUND);
    assert_string_equal(names.product, "");
}

/* Whatever is cut off or overwritten: nobody looks outside (AddressSanitizer). */
static void test_damaged_tables(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (size_t size = 0; size <= table_size; size++) {
        put_entry_32(TABLE, size);
        find();
    }
    for (unsigned round = 0; round < 5000; round++) {
        put_entry_32(TABLE, table_size);
        memory[TABLE + random_below(&seed, (unsigned)table_size)] =
            (uint8_t)random_below(&seed, 256);
        find();
        assert_true(strlen(names.product) < SMBIOS_TEXT_SIZE);
    }
}

static void test_an_entry_point_at_the_end_of_the_area(void **state)
{
    (void)state;
    memcpy(memory + 0xFFFF0, "_SM_\0\x1F", 6); /* longer than what is left */
    assert_int_equal(find(), -ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_both_entry_points, begin, end),
        cmocka_unit_test_setup_teardown(test_an_entry_point_as_of_smbios_2_1, begin, end),
        cmocka_unit_test_setup_teardown(test_two_entry_points_of_which_one_table_is_out_of_sight,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_no_tables, begin, end),
        cmocka_unit_test_setup_teardown(test_damaged_tables, begin, end),
        cmocka_unit_test_setup_teardown(test_an_entry_point_at_the_end_of_the_area, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
