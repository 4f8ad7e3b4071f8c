/* The way through ACPI's tables, over a window of made-up physical memory. */
#include <string.h>

#include "drivers/firmware/acpi.h"
#include "kernel/lib/errors.h"
#include "tests/unit/fakes/firmware_tables.h"
#include "tests/unit/unit_test.h"

#define MEMORY_SIZE 0x110000u

#define LONGEST_SEARCH (8u << 20)
#define DEVICES        0xA0000u /* reading there may disturb one */
#define ROM            0xE0000u

#define EBDA 0x9FC00u
#define RSDP 0xF5A40u /* in the BIOS's ROM */
#define RSDT 0x100000u
#define XSDT 0x100100u
#define FADT 0x101000u
#define DSDT 0x102000u

#define FADT_LENGTH  244u
#define OUT_OF_SIGHT 0x200000000u

static const void *map(uint64_t physical, size_t length)
{
    assert_true(length <= LONGEST_SEARCH);
    assert_false(physical >= DEVICES && physical < ROM);
    return map_memory(physical, length);
}

/* Every table but the RSDP has its length at 4 and its sum at 9. */
static void finish_table(uint64_t base, const char *signature, size_t length)
{
    memcpy(memory + base, signature, 4);
    poke(base + 4, length, 4);
    fix_sum(base, length, 9);
}

static void put_rsdp(uint64_t base, unsigned revision, uint32_t rsdt, uint64_t xsdt)
{
    memcpy(memory + base, "RSD PTR ", 8);
    memory[base + 15] = (uint8_t)revision;
    poke(base + 16, rsdt, 4);
    fix_sum(base, 20, 8);
    if (revision >= 2) {
        poke(base + 20, 36, 4);
        poke(base + 24, xsdt, 8);
        fix_sum(base, 36, 32);
    }
}

static void put_dsdt(const void *code, size_t length)
{
    memset(memory + DSDT, 0, 0x1000);
    memcpy(memory + DSDT + 36 + 20, code, length);
    finish_table(DSDT, "DSDT", 36 + 20 + length);
}

static void finish_fadt(void)
{
    finish_table(FADT, "FACP", FADT_LENGTH);
}

/* Name (_S5_, Package (4) {5, 1, 0, 0}), with each form of a constant that is in use. */
static const uint8_t s5_code[] = {0x08, '_',  'S',  '5',  '_',  0x12, 0x07,
                                  0x04, 0x0A, 0x05, 0x01, 0x00, 0x00};

static int set_up(void **state)
{
    (void)state;
    make_memory(MEMORY_SIZE);
    poke(0x40E, EBDA >> 4, 2);
    put_rsdp(RSDP, 0, RSDT, 0);
    poke(RSDT + 36, 0x1000, 4); /* a table that is not there */
    poke(RSDT + 40, FADT, 4);
    finish_table(RSDT, "RSDT", 44);
    poke(FADT + 40, DSDT, 4);
    poke(FADT + 48, 0xB2, 4);
    poke(FADT + 52, 0xF1, 1);
    poke(FADT + 64, 0x604, 4);
    finish_fadt();
    put_dsdt(s5_code, sizeof(s5_code));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    drop_memory();
    return 0;
}

static int find_soft_off(struct acpi_soft_off *soft_off)
{
    int error = acpi_find_soft_off(map, soft_off);
    release_mappings();
    return error;
}

static int find_reset(struct acpi_reset *reset)
{
    int error = acpi_find_reset(map, reset);
    release_mappings();
    return error;
}

static void assert_found(void)
{
    struct acpi_soft_off soft_off;
    assert_int_equal(find_soft_off(&soft_off), 0);
    assert_int_equal(soft_off.pm1a_control, 0x604);
    assert_int_equal(soft_off.sleep_type_a, 5);
    assert_int_equal(soft_off.sleep_type_b, 1);
}

static void assert_not_found(void)
{
    struct acpi_soft_off soft_off;
    assert_int_equal(find_soft_off(&soft_off), -ERROR_NOT_FOUND);
}

static void finds_all_fields_by_way_of_the_rsdt(void **state)
{
    (void)state;
    struct acpi_soft_off soft_off;
    poke(FADT + 68, 0x704, 4);
    finish_fadt();
    assert_int_equal(find_soft_off(&soft_off), 0);
    assert_int_equal(soft_off.pm1a_control, 0x604);
    assert_int_equal(soft_off.pm1b_control, 0x704);
    assert_int_equal(soft_off.sleep_type_a, 5);
    assert_int_equal(soft_off.sleep_type_b, 1);
    assert_int_equal(soft_off.smi_command, 0xB2);
    assert_int_equal(soft_off.acpi_enable, 0xF1);
}

static void finds_the_rsdp_in_the_ebda(void **state)
{
    (void)state;
    memset(memory + RSDP, 0, 36);
    put_rsdp(EBDA + 0x30, 0, RSDT, 0);
    assert_found();
}

static void takes_a_ridiculous_ebda_pointer_for_none(void **state)
{
    (void)state;
    poke(0x40E, 0xFFFF, 2);
    assert_found();
    poke(0x40E, DEVICES >> 4, 2);
    assert_found();
    poke(0x40E, 0, 2);
    assert_found();
}

static void prefers_the_xsdt(void **state)
{
    (void)state;
    put_rsdp(RSDP, 2, 0, XSDT);
    poke(XSDT + 36, FADT, 8);
    finish_table(XSDT, "XSDT", 44);
    assert_found();
}

static void falls_back_to_the_rsdt_when_the_xsdt_is_out_of_sight(void **state)
{
    (void)state;
    put_rsdp(RSDP, 2, RSDT, OUT_OF_SIGHT);
    assert_found();
}

static void does_not_look_for_an_xsdt_in_an_old_rsdp(void **state)
{
    (void)state;
    put_rsdp(RSDP, 2, 0, XSDT);
    poke(XSDT + 36, FADT, 8);
    finish_table(XSDT, "XSDT", 44);
    memory[RSDP + 15] = 0;
    fix_sum(RSDP, 20, 8);
    fix_sum(RSDP, 36, 32);
    assert_not_found();
}

static void passes_over_a_damaged_rsdp(void **state)
{
    (void)state;
    put_rsdp(RSDP - 0x400, 0, 0x1234, 0);
    memory[RSDP - 0x400 + 10] ^= 1;
    assert_found();
}

static void does_not_believe_a_damaged_table(void **state)
{
    (void)state;
    static const uint64_t tables[] = {RSDP, RSDT, FADT, DSDT};
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        memory[tables[i] + 12] ^= 0x40;
        assert_not_found();
        memory[tables[i] + 12] ^= 0x40;
        assert_found();
    }
}

static void does_not_believe_a_length(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 35, MEMORY_SIZE, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        poke(DSDT + 4, lengths[i], 4);
        assert_not_found();
    }
}

static void uses_the_extended_fields_where_the_old_ones_are_empty(void **state)
{
    (void)state;
    poke(FADT + 40, 0, 4);
    poke(FADT + 140, DSDT, 8);
    poke(FADT + 64, 0, 4);
    poke(FADT + 172, 1, 1); /* I/O space */
    poke(FADT + 176, 0x604, 8);
    finish_fadt();
    assert_found();

    poke(FADT + 172, 0, 1); /* memory space */
    finish_fadt();
    assert_not_found();
}

static void refuses_a_machine_without_pm1_registers(void **state)
{
    (void)state;
    poke(FADT + 112, 1u << 20, 4);
    finish_fadt();
    assert_not_found();
}

static void refuses_a_port_that_cannot_be_one(void **state)
{
    (void)state;
    poke(FADT + 64, 0x10604, 4);
    finish_fadt();
    assert_not_found();
}

static void accepts_the_name_at_the_root_and_a_long_package(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x08, '\\', '_',  'S',  '5',  '_',  0x12, 0x40,
                                   0x01, 0x04, 0x0B, 0x05, 0x00, 0x0C, 0x01, 0x00,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    put_dsdt(code, sizeof(code));
    assert_found();
}

static void searches_on_behind_what_only_looks_like_the_name(void **state)
{
    (void)state;
    uint8_t code[64] = "\x08_S5_\x11 _S5_\x12\x06\x04";
    memcpy(code + 32, s5_code, sizeof(s5_code));
    put_dsdt(code, sizeof(code));
    assert_found();
}

static void refuses_other_packages(void **state)
{
    (void)state;
    static const uint8_t codes[][sizeof(s5_code)] = {
        /* a sleep type of more than three bits */
        {0x08, '_', 'S', '5', '_', 0x12, 0x07, 0x04, 0x0A, 0x08, 0x01, 0x00, 0x00},
        /* a package that ends behind its first element */
        {0x08, '_', 'S', '5', '_', 0x12, 0x04, 0x01, 0x0A, 0x05, 0x01, 0x00, 0x00},
        /* one that is longer than the table */
        {0x08, '_', 'S', '5', '_', 0x12, 0x3F, 0x04, 0x0A, 0x05, 0x01, 0x00, 0x00},
        /* one that is shorter than its own length field */
        {0x08, '_', 'S', '5', '_', 0x12, 0x00, 0x04, 0x0A, 0x05, 0x01, 0x00, 0x00},
        /* a name as an element */
        {0x08, '_', 'S', '5', '_', 0x12, 0x07, 0x04, 'A', 'B', 'C', 'D', 0x00},
        /* no package */
        {0x08, '_', 'S', '5', '_', 0x0A, 0x07, 0x04, 0x0A, 0x05, 0x01, 0x00, 0x00},
        /* no definition */
        {0x00, '_', 'S', '5', '_', 0x12, 0x07, 0x04, 0x0A, 0x05, 0x01, 0x00, 0x00},
    };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        put_dsdt(codes[i], sizeof(codes[i]));
        assert_not_found();
    }
}

static void stays_inside_a_table_that_ends_anywhere(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof(s5_code); length++) {
        put_dsdt(s5_code, length);
        assert_not_found();
    }
}

static void finds_the_reset_register_only_where_it_is_supported(void **state)
{
    (void)state;
    struct acpi_reset reset;
    poke(FADT + 116, 1, 1);
    poke(FADT + 120, 0xCF9, 8);
    poke(FADT + 128, 0x0F, 1);
    poke(FADT + 112, 1u << 9, 4);
    finish_fadt();
    assert_int_equal(find_reset(&reset), -ERROR_NOT_FOUND);

    poke(FADT + 112, 1u << 10, 4);
    finish_fadt();
    assert_int_equal(find_reset(&reset), 0);
    assert_int_equal(reset.port, 0xCF9);
    assert_int_equal(reset.value, 0x0F);

    finish_table(FADT, "FACP", 116); /* as long as the first edition's */
    assert_int_equal(find_reset(&reset), -ERROR_NOT_FOUND);

    poke(FADT + 116, 2, 1); /* PCI configuration space */
    finish_fadt();
    assert_int_equal(find_reset(&reset), -ERROR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static uint8_t find_century(void)
{
    uint8_t index = acpi_find_century(map);
    release_mappings();
    return index;
}

static void finds_the_century_of_the_clock(void **state)
{
    (void)state;
    assert_int_equal(find_century(), 0); /* the table says that there is none */
    static const uint8_t indices[][2] = {{0x32, 0x32}, {0x7F, 0x7F}, {0x0E, 0x0E}, {0x0D, 0},
                                         {0x07, 0},    {0x80, 0},    {0xFF, 0}};
    for (size_t i = 0; i < COUNT_OF(indices); i++) {
        poke(FADT + 108, indices[i][0], 1);
        finish_fadt();
        assert_int_equal(find_century(), indices[i][1]);
    }
    memory[FADT + 108] = 0x32; /* damaged: the sum is wrong */
    assert_int_equal(find_century(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_all_fields_by_way_of_the_rsdt),
        TEST(finds_the_rsdp_in_the_ebda),
        TEST(takes_a_ridiculous_ebda_pointer_for_none),
        TEST(prefers_the_xsdt),
        TEST(falls_back_to_the_rsdt_when_the_xsdt_is_out_of_sight),
        TEST(does_not_look_for_an_xsdt_in_an_old_rsdp),
        TEST(passes_over_a_damaged_rsdp),
        TEST(does_not_believe_a_damaged_table),
        TEST(does_not_believe_a_length),
        TEST(uses_the_extended_fields_where_the_old_ones_are_empty),
        TEST(refuses_a_machine_without_pm1_registers),
        TEST(refuses_a_port_that_cannot_be_one),
        TEST(accepts_the_name_at_the_root_and_a_long_package),
        TEST(searches_on_behind_what_only_looks_like_the_name),
        TEST(refuses_other_packages),
        TEST(stays_inside_a_table_that_ends_anywhere),
        TEST(finds_the_reset_register_only_where_it_is_supported),
        TEST(finds_the_century_of_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
