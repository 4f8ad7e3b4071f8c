/* Where ticks come from: drivers/clock/timer over an interval timer and a real-time clock made up
 * here.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "drivers/clock/timer.c"
#include "tests/unit/unit_test.h"

static struct {
    int pit_error;
    bool pit_interrupts;
    bool is_way_closed, has_apic;
    bool has_given_up;
    bool has_rtc, rtc_interrupts, rtc_ticks;
    uint64_t ticks, clocks;
    void (*on_second)(void);
    unsigned warnings;
    char message[LOG_MESSAGE_SIZE];
} machine;

static jmp_buf panicked;
uint64_t fake_tsc;
static uint64_t tsc_hz; /* as it was learnt from the interval timer, it is 1 GHz */

static uint64_t estimated_hz;

static unsigned clock_second;
static uint64_t (*substitute_clock)(void);

void tsc_replace(uint64_t (*clock)(void), uint32_t clock_hz)
{
    assert_int_equal(clock_hz, PIT_INPUT_HZ);
    substitute_clock = clock;
}

bool tsc_is_trusted(void)
{
    return substitute_clock == NULL;
}

bool tsc_is_invariant(void)
{
    return false;
}

unsigned rtc_second(void)
{
    return clock_second;
}

static bool serves_as_clock;

void pit_serve_as_clock(void)
{
    serves_as_clock = true;
}

bool pit_has_counter(void)
{
    return !machine.has_given_up;
}

int pit_init(unsigned hz, void (*on_tick)(void))
{
    assert_int_equal(hz, 1000);
    assert_non_null(on_tick);
    return machine.pit_error;
}

static uint32_t free_clocks;
static unsigned fake_calls;

void pit_count_freely(void)
{
}

uint32_t pit_clocks_since_tick(void)
{
    return free_clocks;
}

/* Once the host stands still for a while. */
uint32_t pit_pass_clocks(uint32_t clocks)
{
    fake_tsc += clocks * (fake_calls++ % ESTIMATES == 1 ? 5000 : 1000);
    return clocks;
}

void interrupts_let_in(void)
{
    if (!machine.is_way_closed)
        machine.ticks++;
}

static bool is_masked;

void pic_mask(unsigned line)
{
    assert_int_equal(line, PIT_IRQ_LINE);
    is_masked = true;
}

void pic_unmask(unsigned line)
{
    assert_int_equal(line, PIT_IRQ_LINE);
    if (is_masked && machine.has_apic) /* a new request */
        machine.is_way_closed = false;
}

bool local_apic_let_through(void)
{
    return machine.has_apic;
}

void tsc_refine(uint64_t cycles, uint64_t nanoseconds)
{
    estimated_hz = cycles * NS_PER_SECOND / nanoseconds;
}

static unsigned calibrations;

void tsc_calibrate(uint64_t cycles, uint64_t nanoseconds)
{
    tsc_refine(cycles, nanoseconds);
    calibrations++;
}

bool tsc_is_settled(void)
{
    return calibrations >= 2;
}

bool pit_interrupts_come(void)
{
    return machine.pit_interrupts;
}

void pit_give_up(unsigned hz)
{
    assert_int_equal(hz, 1000);
    machine.has_given_up = true;
}

uint64_t pit_clocks(uint64_t ticks)
{
    assert_int_equal(ticks, machine.ticks);
    return machine.clocks;
}

int rtc_interrupts_init(void)
{
    return machine.has_rtc ? 0 : -ERROR_NOT_SUPPORTED;
}

void rtc_watch_seconds(void (*on_second_begins)(void))
{
    assert_true(machine.has_rtc);
    machine.on_second = on_second_begins;
}

void rtc_start_ticks(unsigned hz, void (*on_tick)(void))
{
    assert_true(machine.has_rtc);
    assert_int_equal(hz, 1000);
    assert_non_null(on_tick);
    machine.rtc_ticks = true;
}

bool rtc_ticks_come(void)
{
    return machine.rtc_interrupts;
}

int rtc_read(struct rtc_time *time)
{
    memset(time, 0, sizeof(*time));
    return machine.has_rtc ? 0 : -ERROR_NOT_SUPPORTED;
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(machine.message, sizeof(machine.message), format, arguments);
    va_end(arguments);
    machine.warnings += level == LOG_WARNING;
}

void panic(const char *format, ...)
{
    assert_true(strstr(format, "no ticks") != NULL);
    longjmp(panicked, 1);
}

static void tick(void)
{
}

static uint64_t get_ticks(void)
{
    return machine.ticks;
}

static int set_up(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof(machine));
    machine.pit_interrupts = machine.has_rtc = machine.rtc_interrupts = true;
    machine.ticks = machine.clocks = 1;
    source = TIMER_NONE;
    pit_check = (struct frequency_check){.nominal_hz = PIT_INPUT_HZ};
    ticks_at_second = silent_seconds = 0;
    tsc_watch = (struct rate_watch){0};
    tsc_at_second = 0;
    fake_tsc = 1;
    tsc_hz = 1000000000;
    last_second = clock_second = 58;
    substitute_clock = NULL;
    serves_as_clock = false;
    estimated_hz = 0;
    memset(&estimate, 0, sizeof(estimate));
    return 0;
}

static int start(bool prefers_rtc)
{
    return timer_start(1000, tick, get_ticks, prefers_rtc);
}

static void second(unsigned per_mille)
{
    machine.ticks += per_mille;
    machine.clocks += (uint64_t)PIT_INPUT_HZ * per_mille / 1000;
    clock_second = (clock_second + 1) % 60;
    fake_tsc += tsc_hz;
    machine.on_second();
}

/* 1000 cycles a clock; the counter has 65536 of them. */
static void estimate_over(uint32_t clocks)
{
    timer_begin_estimate();
    fake_tsc += 1000ul * clocks;
    free_clocks = clocks % 65536;
    timer_end_estimate();
    fake_calls = 0;
}

static void the_boot_tells_the_rate_of_the_tsc(void **state)
{
    (void)state;
    estimate_over(7001);
    assert_int_equal(start(false), 0);
    assert_uint_in_range(estimated_hz / 1000, PIT_INPUT_HZ - 20, PIT_INPUT_HZ + 20);
    assert_int_equal(fake_calls, 1);
}

static void a_boot_that_was_too_short_or_too_long_does_not(void **state)
{
    static const uint32_t clocks[] = {0, ESTIMATE_CLOCKS - 1, 65536 + 500, 3 * 65536};
    for (size_t i = 0; i < COUNT_OF(clocks); i++) {
        set_up(state);
        estimate_over(clocks[i]);
        assert_int_equal(start(false), 0);
        assert_uint_in_range(estimated_hz / 1000, PIT_INPUT_HZ - 20, PIT_INPUT_HZ + 20);
    }
}

static void ticks_come_from_the_interval_timer(void **state)
{
    struct timer_information information;
    (void)state;
    assert_int_equal(start(false), 0);
    assert_uint_in_range(estimated_hz / 1000, PIT_INPUT_HZ,
                         PIT_INPUT_HZ + 20); /* 1000 cycles a clock */
    timer_ensure_ticks();
    timer_get_information(&information);
    assert_int_equal(information.source, TIMER_PIT);
    assert_int_equal(information.pit_hz, 0);
    for (int i = 0; i < 20; i++)
        second(1000);
    timer_get_information(&information);
    assert_int_equal(information.pit_hz, PIT_INPUT_HZ);
    assert_false(information.pit_is_wrong);
    assert_false(machine.has_given_up || machine.rtc_ticks);
    assert_int_equal(machine.warnings, 0);
}

static void a_counter_that_stands_is_replaced(void **state)
{
    (void)state;
    machine.pit_error = -ERROR_IO;
    assert_int_equal(start(false), 0);
    assert_true(machine.has_given_up && machine.rtc_ticks);
    assert_int_equal(machine.warnings, 1);
    timer_ensure_ticks();
    struct timer_information information;
    timer_get_information(&information);
    assert_int_equal(information.source, TIMER_RTC);
    second(0); /* nobody looks at the other one any more */
    second(0);
    second(0);
    assert_int_equal(machine.warnings, 1);
}

static void a_timer_that_does_not_interrupt_is_replaced(void **state)
{
    (void)state;
    machine.pit_interrupts = false;
    assert_int_equal(start(false), 0);
    assert_false(machine.rtc_ticks);
    timer_ensure_ticks();
    assert_true(machine.has_given_up && machine.rtc_ticks);
    assert_int_equal(machine.warnings, 1);
}

static void a_timer_that_stops_is_replaced(void **state)
{
    (void)state;
    start(false);
    second(1000);
    second(0);
    second(1); /* a machine that was stopped for a while */
    second(0);
    assert_false(machine.rtc_ticks);
    second(0);
    assert_true(machine.has_given_up && machine.rtc_ticks);
    assert_int_equal(machine.warnings, 1);
}

static void a_wrong_frequency_is_told_once(void **state)
{
    struct timer_information information;
    (void)state;
    tsc_hz = 950000000;
    start(false);
    for (unsigned i = 0; i < 1 + FREQUENCY_SECONDS; i++) {
        assert_int_equal(machine.warnings, 0);
        second(950);
    }
    assert_int_equal(machine.warnings, 1);
    assert_non_null(strstr(machine.message, "ticks come at 950 Hz"));
    for (int i = 0; i < 20; i++)
        second(950);
    assert_int_equal(machine.warnings, 1);
    timer_get_information(&information);
    assert_true(information.pit_is_wrong);
    assert_int_equal(information.source, TIMER_PIT);
}

static void lost_ticks_are_not_the_timers_fault(void **state)
{
    (void)state;
    start(false);
    for (unsigned i = 0; i < 100; i++)
        second(930 + i * 37 % 50);
    assert_int_equal(machine.warnings, 0);
    assert_int_equal(pit_check.verdict, FREQUENCY_NOT_KNOWN_YET);
    second(1000);
    assert_int_equal(pit_check.verdict, FREQUENCY_RIGHT);
}

static void the_clock_ticks_where_that_is_preferred(void **state)
{
    (void)state;
    assert_int_equal(start(true), 0);
    assert_true(machine.has_given_up && machine.rtc_ticks);
    assert_int_equal(machine.warnings, 0);
    timer_ensure_ticks();
}

static void without_a_clock_there_is_the_interval_timer(void **state)
{
    (void)state;
    machine.has_rtc = false;
    assert_int_equal(start(true), 0);
    assert_int_equal(machine.warnings, 1);
    assert_null(machine.on_second);
    timer_ensure_ticks();
    assert_int_equal(source, TIMER_PIT);
}

static void with_neither_it_says_so(void **state)
{
    (void)state;
    machine.pit_error = -ERROR_IO;
    machine.has_rtc = false;
    assert_int_equal(start(false), -ERROR_NOT_SUPPORTED);
    set_up(state);
    machine.pit_error = -ERROR_IO;
    machine.has_rtc = false;
    assert_int_equal(start(true), -ERROR_NOT_SUPPORTED);
}

static void expect_panic(void)
{
    static bool has_returned;
    has_returned = false;
    assert_int_equal(start(false), 0);
    if (setjmp(panicked) == 0) {
        timer_ensure_ticks();
        has_returned = true;
    }
    assert_false(has_returned);
}

static void with_neither_interrupting_it_panics(void **state)
{
    (void)state;
    machine.pit_interrupts = machine.rtc_interrupts = false;
    expect_panic();
    set_up(state);
    machine.pit_interrupts = machine.has_rtc = false;
    expect_panic();
}

static void an_apic_that_keeps_interrupts_back_is_opened(void **state)
{
    (void)state;
    machine.ticks = 0;
    machine.is_way_closed = machine.has_apic = true;
    assert_int_equal(start(false), 0);
    timer_ensure_ticks();
    assert_int_equal(machine.warnings, 1);
    assert_non_null(strstr(machine.message, "APIC"));
}

static void interrupts_that_do_not_arrive_panic(void **state)
{
    (void)state;
    machine.ticks = 0;
    machine.is_way_closed = true;
    expect_panic();
}

/* Whoever was stopped for a while learns from the clock that it was more than one. */
static void a_missed_second_is_not_held_against_anybody(void **state)
{
    (void)state;
    start(false);
    for (int i = 0; i < 200; i++) {
        clock_second += 2;
        second(3000);
        assert_int_equal(pit_check.verdict, FREQUENCY_NOT_KNOWN_YET);
    }
    second(1000);
    assert_int_equal(pit_check.verdict, FREQUENCY_RIGHT);
    assert_int_equal(machine.warnings, 0);
    assert_true(tsc_is_trusted());
}

static void seconds(unsigned count)
{
    while (count-- > 0)
        second(1000);
}

static void without_the_timers_counter_seconds_tell_the_rate_of_the_tsc(void **state)
{
    (void)state;
    start(true);
    calibrations = 0;
    seconds(3);
    assert_int_equal(calibrations, 2);
    assert_int_equal(estimated_hz, tsc_hz);
    clock_second += 2;
    seconds(1);
    assert_int_equal(calibrations, 2);
    seconds(1);
    assert_int_equal(calibrations, 3);
}

static void with_the_timers_counter_they_do_not(void **state)
{
    (void)state;
    start(false);
    calibrations = 0;
    seconds(20);
    assert_int_equal(calibrations, 0);
}

static void a_tsc_that_changes_its_rate_is_replaced(void **state)
{
    (void)state;
    start(false);
    seconds(1 + 2 * WATCH_SECONDS);
    tsc_hz = 500000000;
    seconds(2 * WATCH_SECONDS);
    assert_int_equal(machine.warnings, 1);
    assert_non_null(strstr(machine.message, "1000000 kHz"));
    assert_non_null(strstr(machine.message, "500000 kHz"));
    assert_false(tsc_is_trusted());
    assert_true(serves_as_clock);
    assert_int_equal(substitute_clock(), machine.clocks);
    seconds(100);
    assert_int_equal(machine.warnings, 1);
}

static void a_tsc_that_goes_back_is_replaced(void **state)
{
    (void)state;
    start(false);
    seconds(3);
    fake_tsc -= 3 * tsc_hz;
    seconds(1);
    assert_int_equal(machine.warnings, 1);
    assert_false(tsc_is_trusted());
}

static void without_the_timer_ticks_stand_in_for_the_tsc(void **state)
{
    (void)state;
    start(true);
    timer_replace_tsc();
    machine.ticks = 5000;
    assert_int_equal(substitute_clock(), 5ull * PIT_INPUT_HZ);
    this_cpu()->preempt_count =
        PREEMPT_HANDLER; /* the time of a tick belongs to whom it interrupts */
    machine.ticks = 6000;
    assert_int_equal(substitute_clock(), 5ull * PIT_INPUT_HZ);
    this_cpu()->preempt_count = 0;
    assert_int_equal(substitute_clock(), 6ull * PIT_INPUT_HZ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_boot_tells_the_rate_of_the_tsc, set_up),
        cmocka_unit_test_setup(a_boot_that_was_too_short_or_too_long_does_not, set_up),
        cmocka_unit_test_setup(ticks_come_from_the_interval_timer, set_up),
        cmocka_unit_test_setup(a_counter_that_stands_is_replaced, set_up),
        cmocka_unit_test_setup(a_timer_that_does_not_interrupt_is_replaced, set_up),
        cmocka_unit_test_setup(a_timer_that_stops_is_replaced, set_up),
        cmocka_unit_test_setup(a_wrong_frequency_is_told_once, set_up),
        cmocka_unit_test_setup(lost_ticks_are_not_the_timers_fault, set_up),
        cmocka_unit_test_setup(the_clock_ticks_where_that_is_preferred, set_up),
        cmocka_unit_test_setup(without_a_clock_there_is_the_interval_timer, set_up),
        cmocka_unit_test_setup(with_neither_it_says_so, set_up),
        cmocka_unit_test_setup(with_neither_interrupting_it_panics, set_up),
        cmocka_unit_test_setup(an_apic_that_keeps_interrupts_back_is_opened, set_up),
        cmocka_unit_test_setup(interrupts_that_do_not_arrive_panic, set_up),
        cmocka_unit_test_setup(a_missed_second_is_not_held_against_anybody, set_up),
        cmocka_unit_test_setup(without_the_timers_counter_seconds_tell_the_rate_of_the_tsc, set_up),
        cmocka_unit_test_setup(with_the_timers_counter_they_do_not, set_up),
        cmocka_unit_test_setup(a_tsc_that_changes_its_rate_is_replaced, set_up),
        cmocka_unit_test_setup(a_tsc_that_goes_back_is_replaced, set_up),
        cmocka_unit_test_setup(without_the_timer_ticks_stand_in_for_the_tsc, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
