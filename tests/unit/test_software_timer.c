/* Software timers on a clock that the test moves on. */
#include <string.h>

#include "kernel/config.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/log.h"
#include "kernel/symbols.h"
#include "sched/clock.h"
#include "sched/software_timer.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"
#include "tests/unit/unit_test.h"

#define CALLS_MAX 64u

uint64_t fake_tsc;

static uint64_t now;
static uint64_t left_out_ticks; /* what the idle CPU has yet to add to the time */
static struct timer_queue queue;

uint64_t clock_ticks(void)
{
    return now;
}

void tick_resume(void)
{
    now += left_out_ticks;
    left_out_ticks = 0;
}

void timers_arm(struct timer *timer, uint64_t deadline)
{
    timer_queue_arm(&queue, timer, deadline);
}

void timers_cancel(struct timer *timer)
{
    timer_queue_cancel(&queue, timer);
}

#define NS_PER_TICK 1000000u

static uint64_t expiring_since;
static unsigned lines_logged;
static char logged[LOG_MESSAGE_SIZE];

uint64_t timers_busy_ticks(void)
{
    return (fake_tsc - expiring_since) / NS_PER_TICK;
}

uint64_t timers_now(void)
{
    return now + timers_busy_ticks();
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_arguments(logged, sizeof(logged), format, arguments);
    va_end(arguments);
    assert_int_equal(level, LOG_WARNING);
    lines_logged++;
}

bool symbol_lookup(uint64_t address, char name[SYMBOL_NAME_SIZE], uint64_t *offset)
{
    (void)address;
    strcpy(name, "callback");
    *offset = 0;
    return true;
}

/* Returns how many ticks passed while callbacks ran: they are counted when all are through. */
static uint64_t expire_due_timers(void)
{
    struct timer *due;
    expiring_since = fake_tsc;
    while ((due = timer_queue_pop_due(&queue, now + timers_busy_ticks())) != NULL)
        due->expire(due);
    return timers_busy_ticks();
}

static void advance(uint64_t ticks)
{
    now += ticks;
    now += expire_due_timers();
}

static void pass(unsigned ticks)
{
    while (ticks-- > 0)
        advance(1);
}

static struct software_timer timer;
static uint64_t calls[CALLS_MAX]; /* when they came */
static unsigned call_count;

static void note_call(void *argument)
{
    assert_ptr_equal(argument, &timer);
    assert_true(call_count < CALLS_MAX);
    calls[call_count++] = now;
}

static int start_at_100(void **state)
{
    (void)state;
    now = 100;
    left_out_ticks = 0;
    call_count = lines_logged = 0;
    fake_tsc = 0;
    timer_queue_init(&queue);
    return software_timer_init(&timer, note_call, &timer);
}

static void expect_calls(const uint64_t *expected, unsigned count)
{
    assert_int_equal(call_count, count);
    assert_memory_equal(calls, expected, count * sizeof(*expected));
}

#define EXPECT_CALLS(...)                                       \
    do {                                                        \
        const uint64_t expected_calls[] = {__VA_ARGS__};        \
        expect_calls(expected_calls, COUNT_OF(expected_calls)); \
    } while (0)

static void test_a_timer_needs_a_callback(void **state)
{
    (void)state;
    assert_int_equal(software_timer_init(&timer, NULL, NULL), -ERROR_INVALID);
}

static void test_a_one_shot_timer_calls_once(void **state)
{
    (void)state;
    assert_false(software_timer_is_running(&timer));
    software_timer_start(&timer, 5, 0);
    assert_true(software_timer_is_running(&timer));
    pass(20);
    EXPECT_CALLS(105);
    assert_false(software_timer_is_running(&timer));
    assert_false(software_timer_stop(&timer));
}

static void test_a_delay_of_zero_is_the_next_tick(void **state)
{
    (void)state;
    software_timer_start(&timer, 0, 0);
    pass(3);
    EXPECT_CALLS(101);
}

static void test_the_first_period_follows_the_delay(void **state)
{
    (void)state;
    software_timer_start(&timer, 2, 5);
    pass(20);
    EXPECT_CALLS(102, 107, 112, 117);
    assert_true(software_timer_stop(&timer));
    pass(20);
    assert_int_equal(call_count, 4);
}

/* Where ticks come late and several at once, none is lost, and the next period is not shifted. */
static void test_periods_do_not_drift(void **state)
{
    (void)state;
    software_timer_start(&timer, 10, 10);
    advance(13);
    advance(9);
    advance(20);
    pass(10);
    EXPECT_CALLS(113, 122, 142, 142, 150);
}

static void test_starting_anew_forgets_the_first_start(void **state)
{
    (void)state;
    software_timer_start(&timer, 5, 5);
    pass(4);
    software_timer_start(&timer, 5, 0);
    pass(20);
    EXPECT_CALLS(109);
}

static void test_a_stopped_timer_does_not_call(void **state)
{
    (void)state;
    software_timer_start(&timer, 5, 5);
    pass(4);
    assert_true(software_timer_stop(&timer));
    assert_false(software_timer_is_running(&timer));
    assert_false(software_timer_stop(&timer));
    pass(20);
    assert_int_equal(call_count, 0);
}

static void stop_at_third_call(void *argument)
{
    note_call(argument);
    if (call_count == 3)
        assert_true(software_timer_stop(&timer));
}

static void test_a_callback_may_stop_its_timer(void **state)
{
    (void)state;
    software_timer_init(&timer, stop_at_third_call, &timer);
    software_timer_start(&timer, 1, 2);
    pass(20);
    EXPECT_CALLS(101, 103, 105);
    assert_false(software_timer_is_running(&timer));
}

static void start_longer(void *argument)
{
    note_call(argument);
    if (call_count < 4)
        software_timer_start(&timer, 1u << call_count, 0);
}

static void test_a_callback_may_start_its_timer(void **state)
{
    (void)state;
    software_timer_init(&timer, start_longer, &timer);
    software_timer_start(&timer, 1, 0);
    pass(40);
    EXPECT_CALLS(101, 103, 107, 115);
}

static void start_at_once(void *argument)
{
    note_call(argument);
    if (call_count < 3)
        software_timer_start(&timer, 0, 0);
}

static void test_a_callback_that_starts_its_timer_at_once_is_called_at_the_next_tick(void **state)
{
    (void)state;
    software_timer_init(&timer, start_at_once, &timer);
    software_timer_start(&timer, 0, 0);
    pass(10);
    EXPECT_CALLS(101, 102, 103);
}

static void slow_down(void *argument)
{
    note_call(argument);
    if (call_count == 2)
        software_timer_start(&timer, 10, 7);
}

static void test_a_callback_may_change_its_period(void **state)
{
    (void)state;
    software_timer_init(&timer, slow_down, &timer);
    software_timer_start(&timer, 1, 1);
    pass(25);
    EXPECT_CALLS(101, 102, 112, 119);
}

/* A handler that wakes an idle CPU sees the clock of the last tick that was not left out. */
static void test_ticks_that_were_left_out_do_not_shorten_a_delay(void **state)
{
    (void)state;
    left_out_ticks = 30;
    software_timer_start(&timer, 5, 0);
    pass(10);
    EXPECT_CALLS(135);
}

/* --- Callbacks that take too long ------------------------------------------------------------ */

static struct software_timer second_timer;
static unsigned callback_ms;
static unsigned slow_calls;

static void take_long(void *argument)
{
    (void)argument;
    slow_calls++;
    assert_true(slow_calls < 10000); /* or nobody else would ever run */
    fake_tsc += callback_ms * NS_PER_TICK;
}

static void start_taking_long(uint32_t period_ms, unsigned takes_ms)
{
    slow_calls = 0;
    callback_ms = takes_ms;
    software_timer_init(&timer, take_long, &timer);
    software_timer_start(&timer, period_ms, period_ms);
}

/* Runs for `ticks` and returns how many of them the threads have had. */
static uint64_t threads_ticks(uint64_t ticks)
{
    uint64_t end = now + ticks;
    uint64_t had = 0;
    while (now < end) {
        advance(1);
        had++;
    }
    return had;
}

static void test_a_callback_slower_than_its_period_leaves_half_to_threads(void **state)
{
    (void)state;
    start_taking_long(10, 50);
    uint64_t had = threads_ticks(10000);
    assert_uint_in_range(had, 4500, 7000);
    assert_uint_in_range(slow_calls, 60, 110);
    assert_int_equal(lines_logged, 1);
    assert_string_equal(logged,
                        "timer: callback took 50000 us, is due every 10 ms: 27 calls left out");
    threads_ticks(10000);
    assert_int_equal(lines_logged, 2);
    assert_int_equal((timer_deadline(&timer.timer) - 100) % 10, 0);
}

/* The host of an emulator has been away. */
static void test_one_that_was_slow_twice_is_not_told_of(void **state)
{
    (void)state;
    start_taking_long(10, 50);
    while (slow_calls < 2)
        advance(1);
    callback_ms = 0;
    threads_ticks(20000);
    callback_ms = 50;
    slow_calls = 0;
    while (slow_calls < 2)
        advance(1);
    callback_ms = 0;
    threads_ticks(1000);
    assert_int_equal(lines_logged, 0);
    assert_true(timer.left_out > 0);
}

static void test_a_callback_as_slow_as_its_period_does_so_too(void **state)
{
    (void)state;
    start_taking_long(1, 1);
    assert_uint_in_range(threads_ticks(10000), 4500, 7000);
    assert_true(lines_logged > 0);
}

static void test_two_that_are_too_slow_together_do_so_too(void **state)
{
    (void)state;
    start_taking_long(10, 6);
    software_timer_init(&second_timer, take_long, &second_timer);
    software_timer_start(&second_timer, 10, 10);
    assert_uint_in_range(threads_ticks(10000), 1500, 7000);
}

static void test_one_that_takes_most_of_its_period_is_left_alone(void **state)
{
    (void)state;
    start_taking_long(10, 9);
    threads_ticks(1000);
    assert_int_equal(lines_logged, 0);
    assert_uint_in_range(slow_calls, 99, 100);
}

static void start_at_once_after_long(void *argument)
{
    take_long(argument);
    software_timer_start(&timer, 0, 0);
}

static void test_one_that_starts_itself_again_cannot_help_it(void **state)
{
    (void)state;
    callback_ms = 20;
    slow_calls = 0;
    software_timer_init(&timer, start_at_once_after_long, &timer);
    software_timer_start(&timer, 0, 0);
    assert_uint_in_range(threads_ticks(10000), 4500, 7000);
}

static void test_quick_ones_that_are_late_catch_up(void **state)
{
    (void)state;
    start_taking_long(1, 0);
    advance(5000);
    assert_int_equal(slow_calls, 5000);
    assert_int_equal(timer.left_out, 0);
    assert_int_equal(lines_logged, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_timer_needs_a_callback, start_at_100),
        cmocka_unit_test_setup(test_a_one_shot_timer_calls_once, start_at_100),
        cmocka_unit_test_setup(test_a_delay_of_zero_is_the_next_tick, start_at_100),
        cmocka_unit_test_setup(test_the_first_period_follows_the_delay, start_at_100),
        cmocka_unit_test_setup(test_periods_do_not_drift, start_at_100),
        cmocka_unit_test_setup(test_starting_anew_forgets_the_first_start, start_at_100),
        cmocka_unit_test_setup(test_a_stopped_timer_does_not_call, start_at_100),
        cmocka_unit_test_setup(test_a_callback_may_stop_its_timer, start_at_100),
        cmocka_unit_test_setup(test_a_callback_may_start_its_timer, start_at_100),
        cmocka_unit_test_setup(
            test_a_callback_that_starts_its_timer_at_once_is_called_at_the_next_tick, start_at_100),
        cmocka_unit_test_setup(test_a_callback_may_change_its_period, start_at_100),
        cmocka_unit_test_setup(test_ticks_that_were_left_out_do_not_shorten_a_delay, start_at_100),
        cmocka_unit_test_setup(test_a_callback_slower_than_its_period_leaves_half_to_threads,
                               start_at_100),
        cmocka_unit_test_setup(test_one_that_was_slow_twice_is_not_told_of, start_at_100),
        cmocka_unit_test_setup(test_a_callback_as_slow_as_its_period_does_so_too, start_at_100),
        cmocka_unit_test_setup(test_two_that_are_too_slow_together_do_so_too, start_at_100),
        cmocka_unit_test_setup(test_one_that_takes_most_of_its_period_is_left_alone, start_at_100),
        cmocka_unit_test_setup(test_one_that_starts_itself_again_cannot_help_it, start_at_100),
        cmocka_unit_test_setup(test_quick_ones_that_are_late_catch_up, start_at_100),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
