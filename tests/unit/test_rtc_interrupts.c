/* The real-time clock's interrupts, raised by a clock made up here. */
#include <string.h>

#include "drivers/clock/rtc_interrupts.c"
#include "tests/unit/unit_test.h"

static uint8_t registers[RTC_REGISTERS];
static bool is_absent, is_unmasked, is_requested;
static void (*handler)(void);
static unsigned ticks, seconds, ticks_at_last_second;

uint8_t rtc_register_read(uint8_t index)
{
    uint8_t value = registers[index];
    if (index == RTC_STATUS_C)
        registers[RTC_STATUS_C] = 0;
    return is_absent ? RTC_NOTHING : value;
}

void rtc_register_write(uint8_t index, uint8_t value)
{
    assert_true(index == RTC_STATUS_A || index == RTC_STATUS_B);
    registers[index] = value;
}

int irq_register(unsigned line, void (*function)(void), const char *name)
{
    assert_int_equal(line, 8);
    assert_string_equal(name, "rtc");
    handler = function;
    return 0;
}

void pic_unmask(unsigned line)
{
    assert_int_equal(line, 8);
    assert_int_equal(registers[RTC_STATUS_C], 0); /* its edge would be lost */
    is_unmasked = true;
}

bool pic_is_requested(unsigned line)
{
    assert_int_equal(line, 8);
    return is_requested;
}

static void count_tick(void)
{
    ticks++;
}

static void count_second(void)
{
    seconds++;
    ticks_at_last_second = ticks;
}

static int set_up(void **state)
{
    (void)state;
    memset(registers, 0, sizeof(registers));
    registers[RTC_STATUS_A] = 0x2F; /* another rate */
    registers[RTC_STATUS_B] = RTC_B_PERIODIC | RTC_B_UPDATE_ENDED | RTC_B_24_HOURS | 0x20;
    registers[RTC_STATUS_C] = 0xF0;
    is_absent = is_unmasked = is_requested = false;
    handler = NULL;
    second_function = tick_function = NULL;
    tick_fraction = ticks = seconds = 0;
    return 0;
}

static void interrupt(uint8_t causes)
{
    registers[RTC_STATUS_C] = causes;
    handler();
    assert_int_equal(registers[RTC_STATUS_C], 0); /* or there would be no other one */
}

static void is_silent_at_first(void **state)
{
    (void)state;
    assert_int_equal(rtc_interrupts_init(), 0);
    assert_true(is_unmasked);
    /* The firmware's alarm, and the form of the time, are left alone. */
    assert_int_equal(registers[RTC_STATUS_B], RTC_B_24_HOURS | 0x20);
    interrupt(0xF0);
    assert_int_equal(ticks + seconds, 0);
}

static void tells_that_there_is_none(void **state)
{
    (void)state;
    is_absent = true;
    assert_int_equal(rtc_interrupts_init(), -ERROR_NOT_SUPPORTED);
    assert_false(is_unmasked);
}

static void watches_seconds(void **state)
{
    (void)state;
    rtc_interrupts_init();
    rtc_watch_seconds(count_second);
    assert_int_equal(registers[RTC_STATUS_B], RTC_B_UPDATE_ENDED | RTC_B_24_HOURS | 0x20);
    interrupt(0x80 | RTC_C_UPDATE_ENDED);
    interrupt(0xF0);
    assert_int_equal(seconds, 2);
    rtc_watch_seconds(NULL);
    assert_int_equal(registers[RTC_STATUS_B], RTC_B_24_HOURS | 0x20);
    interrupt(0xF0);
    assert_int_equal(seconds, 2);
    assert_int_equal(ticks, 0);
}

/* 1024 interrupts are 1000 ticks, and at no time is it off by more than one. */
static void ticks_evenly(void **state)
{
    static const unsigned rates[] = {1000, 1024, 100, 19};
    for (unsigned i = 0; i < COUNT_OF(rates); i++) {
        set_up(state);
        rtc_interrupts_init();
        rtc_start_ticks(rates[i], count_tick);
        assert_int_equal(registers[RTC_STATUS_A], 0x26);
        assert_int_equal(registers[RTC_STATUS_B], RTC_B_PERIODIC | RTC_B_24_HOURS | 0x20);
        for (unsigned n = 1; n <= 10 * 1024; n++) {
            interrupt(0x80 | RTC_C_PERIODIC);
            assert_int_equal(ticks, n * rates[i] / 1024);
        }
    }
}

static void ticks_and_watches_at_once(void **state)
{
    (void)state;
    rtc_interrupts_init();
    rtc_watch_seconds(count_second);
    rtc_start_ticks(1000, count_tick);
    assert_true(registers[RTC_STATUS_B] & RTC_B_PERIODIC);
    assert_true(registers[RTC_STATUS_B] & RTC_B_UPDATE_ENDED);
    for (unsigned n = 1; n <= 2048; n++)
        interrupt((uint8_t)(RTC_C_PERIODIC | (n % 1024 == 0 ? RTC_C_UPDATE_ENDED : 0)));
    assert_int_equal(seconds, 2);
    assert_int_equal(ticks, 2000);
    assert_int_equal(ticks_at_last_second, 1999);
}

static void starts_a_clock_that_stands_still(void **state)
{
    (void)state;
    registers[RTC_STATUS_B] |= RTC_B_STOP;
    rtc_interrupts_init();
    assert_false(registers[RTC_STATUS_B] & RTC_B_STOP);
    registers[RTC_STATUS_A] = 0xF6; /* an update has been going on ever since */
    rtc_interrupts_init();
    assert_int_equal(registers[RTC_STATUS_A], 0x26);
}

static void waits_for_ticks_but_not_for_ever(void **state)
{
    (void)state;
    rtc_interrupts_init();
    assert_false(rtc_ticks_come());
    is_requested = true;
    assert_true(rtc_ticks_come());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_silent_at_first, set_up),
        cmocka_unit_test_setup(tells_that_there_is_none, set_up),
        cmocka_unit_test_setup(watches_seconds, set_up),
        cmocka_unit_test_setup(ticks_evenly, set_up),
        cmocka_unit_test_setup(ticks_and_watches_at_once, set_up),
        cmocka_unit_test_setup(starts_a_clock_that_stands_still, set_up),
        cmocka_unit_test_setup(waits_for_ticks_but_not_for_ever, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
