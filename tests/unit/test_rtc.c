/* The real-time clock's date and time, read from a clock made up here. */
#include <stdbool.h>
#include <string.h>

#include "drivers/clock/rtc.c"
#include "tests/unit/fakes/processor.h"
#include "tests/unit/unit_test.h"

#define NMI_MASK        0x80
#define CENTURY         0x32
#define NEVER           (~0u)
#define PORT_READS_MAX  250000u /* a bounded wait is over by then */
#define UPDATED_MINUTES 0x30

static struct {
    uint8_t registers[RTC_REGISTERS];
    bool is_absent;
    unsigned reads;           /* of the data port */
    unsigned update_ends_at;  /* in reads: until then it is announced */
    unsigned update_comes_at; /* unannounced: the time changes in the middle of a reading */
    uint8_t index;
    bool index_is_pending;  /* nobody has followed it to the data port yet */
    unsigned changes_every; /* so many reads the seconds change; 0: never */
} chip;

static uint8_t century_in_tables;

void port_delay(void)
{
}

const void *firmware_memory_map(uint64_t physical, size_t length)
{
    (void)physical;
    (void)length;
    return NULL;
}

uint8_t acpi_find_century(acpi_map_function *map)
{
    assert_true(map == firmware_memory_map);
    return century_in_tables;
}

/* Index and data must not be torn apart, and NMIs stay enabled. */
void port_write8(uint16_t port, uint8_t value)
{
    assert_false(interrupts_are_on);
    assert_int_equal(port, PORT_INDEX); /* reading the time writes nothing into the clock */
    assert_int_equal(value & NMI_MASK, 0);
    assert_false(chip.index_is_pending);
    chip.index = value;
    chip.index_is_pending = true;
}

static uint8_t status_a(void)
{
    return (uint8_t)(0x26 | (chip.reads < chip.update_ends_at ? RTC_A_UPDATE_IN_PROGRESS : 0));
}

uint8_t port_read8(uint16_t port)
{
    assert_int_equal(port, PORT_DATA);
    assert_true(chip.index_is_pending);
    chip.index_is_pending = false;
    if (chip.is_absent)
        return RTC_NOTHING;
    assert_true(++chip.reads < PORT_READS_MAX);
    if (chip.reads == chip.update_comes_at) {
        chip.registers[RTC_SECOND] = 0;
        chip.registers[RTC_MINUTE] = UPDATED_MINUTES;
    }
    if (chip.changes_every != 0 && chip.reads % chip.changes_every == 0)
        chip.registers[RTC_SECOND] ^= 1;
    return chip.index == RTC_STATUS_A ? status_a() : chip.registers[chip.index];
}

/* 2026-11-23 13:29:59, in BCD and 24 hours, as PCs have it. */
static int set_up(void **state)
{
    (void)state;
    memset(&chip, 0, sizeof(chip));
    chip.registers[RTC_SECOND] = 0x59;
    chip.registers[RTC_MINUTE] = 0x29;
    chip.registers[RTC_HOUR] = 0x13;
    chip.registers[RTC_DAY_OF_MONTH] = 0x23;
    chip.registers[RTC_MONTH] = 0x11;
    chip.registers[RTC_YEAR] = 0x26;
    chip.registers[RTC_STATUS_B] = RTC_B_24_HOURS;
    chip.registers[RTC_STATUS_D] = RTC_D_VALID;
    chip.registers[CENTURY] = 0x20;
    interrupts_are_on = true;
    century_in_tables = 0;
    rtc_init();
    chip.reads = 0;
    return 0;
}

static void expect(const char *text)
{
    struct rtc_time time;
    char found[RTC_TEXT_SIZE];
    assert_int_equal(rtc_read(&time), 0);
    rtc_format(&time, found, sizeof(found));
    assert_string_equal(found, text);
    assert_true(interrupts_are_on);
    assert_false(chip.index_is_pending);
}

static void expect_error(int error)
{
    struct rtc_time time;
    assert_int_equal(rtc_read(&time), error);
    assert_true(interrupts_are_on);
}

static void reads_decimal_digits(void **state)
{
    (void)state;
    expect("2026-11-23T13:29:59");
}

static void reads_binary_numbers(void **state)
{
    (void)state;
    chip.registers[RTC_STATUS_B] |= RTC_B_BINARY;
    chip.registers[RTC_SECOND] = 58;
    chip.registers[RTC_MINUTE] = 9;
    chip.registers[RTC_HOUR] = 22;
    chip.registers[RTC_DAY_OF_MONTH] = 31;
    chip.registers[RTC_MONTH] = 12;
    chip.registers[RTC_YEAR] = 99;
    expect("2099-12-31T22:09:58");
}

static void expect_hour(uint8_t hour, uint8_t mode, unsigned expected)
{
    struct rtc_time time;
    chip.registers[RTC_HOUR] = hour;
    chip.registers[RTC_STATUS_B] = mode;
    assert_int_equal(rtc_read(&time), 0);
    assert_int_equal(time.hour, expected);
}

static void reads_twelve_hours(void **state)
{
    (void)state;
    expect_hour(0x12, 0, 0);
    expect_hour(0x01, 0, 1);
    expect_hour(0x11, 0, 11);
    expect_hour(0x92, 0, 12);
    expect_hour(0x81, 0, 13);
    expect_hour(0x91, 0, 23);
    memset(chip.registers, 1, RTC_STATUS_A); /* a time that is right in both forms */
    expect_hour(12, RTC_B_BINARY, 0);
    expect_hour(0x80 | 12, RTC_B_BINARY, 12);
    expect_hour(0x80 | 11, RTC_B_BINARY, 23);
    chip.registers[RTC_HOUR] = 0;
    expect_error(-ERROR_INVALID);
    chip.registers[RTC_HOUR] = 13;
    expect_error(-ERROR_INVALID);
}

static void expect_year(uint8_t register_index, uint8_t century, unsigned expected)
{
    struct rtc_time time;
    century_in_tables = register_index;
    chip.registers[CENTURY] = century;
    rtc_init();
    assert_int_equal(rtc_read(&time), 0);
    assert_int_equal(time.year, expected);
}

static void reads_the_century_only_where_the_tables_say(void **state)
{
    (void)state;
    expect_year(0, 0x19, 2026);
    expect_year(CENTURY, 0x19, 1926);
    expect_year(CENTURY, 0x20, 2026);
    expect_year(CENTURY, 0x21, 2126);
    expect_year(CENTURY, 0x00, 2026); /* something else is there */
    expect_year(CENTURY, 0xFF, 2026);
    expect_year(CENTURY, 0x1A, 2026);
}

static void waits_for_the_end_of_an_update(void **state)
{
    (void)state;
    chip.update_ends_at = 200;
    expect("2026-11-23T13:29:59");
    assert_true(chip.reads > 200);
}

/* Wherever in a reading the time changes, what comes out is the time before or the time after. */
static void survives_an_update_at_any_moment(void **state)
{
    for (unsigned at = 1; at < 40; at++) {
        struct rtc_time time;
        set_up(state);
        chip.update_comes_at = at;
        assert_int_equal(rtc_read(&time), 0);
        assert_int_equal(time.minute * 60 + time.second, time.second ? 29 * 60 + 59 : 30 * 60);
    }
}

static void gives_up_on_a_clock_that_does_not_rest(void **state)
{
    (void)state;
    chip.update_ends_at = NEVER;
    expect_error(-ERROR_IO);
    chip.update_ends_at = 0;
    chip.changes_every = 1 + 6; /* reads of a reading, and of the status before */
    expect_error(-ERROR_IO);
}

static void notices_that_there_is_none(void **state)
{
    struct rtc_time time;
    (void)state;
    chip.is_absent = true;
    expect_error(-ERROR_NOT_SUPPORTED);
    assert_int_equal(rtc_init(), -ERROR_NOT_SUPPORTED);
    assert_int_equal(rtc_boot_time(&time), -ERROR_NOT_SUPPORTED);
}

static void notices_an_empty_battery(void **state)
{
    (void)state;
    chip.registers[RTC_STATUS_D] = 0;
    expect_error(-ERROR_INVALID);
}

static void refuses_what_is_no_date(void **state)
{
    static const struct {
        uint8_t index, value;
    } wrong[] = {
        {RTC_SECOND, 0x60}, {RTC_SECOND, 0x5A},    {RTC_MINUTE, 0x60}, {RTC_MINUTE, 0xFF},
        {RTC_HOUR, 0x24},   {RTC_DAY_OF_MONTH, 0}, {RTC_MONTH, 0},     {RTC_DAY_OF_MONTH, 0x31},
        {RTC_MONTH, 0x13},  {RTC_YEAR, 0xA0},      {RTC_YEAR, 0xFF},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        set_up(state);
        chip.registers[wrong[i].index] = wrong[i].value;
        expect_error(-ERROR_INVALID);
    }
}

static void knows_leap_years(void **state)
{
    (void)state;
    chip.registers[RTC_MONTH] = 0x02;
    chip.registers[RTC_DAY_OF_MONTH] = 0x29;
    expect_error(-ERROR_INVALID);
    chip.registers[RTC_YEAR] = 0x28;
    expect("2028-02-29T13:29:59");
    chip.registers[RTC_YEAR] = 0x00;
    expect("2000-02-29T13:29:59");
    expect_year(CENTURY, 0x20, 2000);
    chip.registers[CENTURY] = 0x21;
    expect_error(-ERROR_INVALID);
}

static void keeps_the_time_of_the_boot(void **state)
{
    struct rtc_time time;
    (void)state;
    chip.registers[RTC_HOUR] = 0x20;
    assert_int_equal(rtc_boot_time(&time), 0);
    assert_int_equal(time.hour, 13);
    expect("2026-11-23T20:29:59");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_decimal_digits, set_up),
        cmocka_unit_test_setup(reads_binary_numbers, set_up),
        cmocka_unit_test_setup(reads_twelve_hours, set_up),
        cmocka_unit_test_setup(reads_the_century_only_where_the_tables_say, set_up),
        cmocka_unit_test_setup(waits_for_the_end_of_an_update, set_up),
        cmocka_unit_test_setup(survives_an_update_at_any_moment, set_up),
        cmocka_unit_test_setup(gives_up_on_a_clock_that_does_not_rest, set_up),
        cmocka_unit_test_setup(notices_that_there_is_none, set_up),
        cmocka_unit_test_setup(notices_an_empty_battery, set_up),
        cmocka_unit_test_setup(refuses_what_is_no_date, set_up),
        cmocka_unit_test_setup(knows_leap_years, set_up),
        cmocka_unit_test_setup(keeps_the_time_of_the_boot, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
