/* Software timers: when their callbacks come, and in which order. */
#include "sched/software_timer.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

#define CALLS_MAX 16

static struct software_timer timer, other;
static uint64_t called_at[CALLS_MAX];
static volatile unsigned calls;

static void note_call(void *argument)
{
    order_append(*(const char *)argument);
    if (calls < CALLS_MAX)
        called_at[calls] = clock_ticks();
    calls = calls + 1;
}

static void init(struct software_timer *which, const char *letter)
{
    EXPECT_EQUAL(software_timer_init(which, note_call, LETTER(letter)), 0);
    calls = 0;
}

SELF_TEST(a_timer_calls_once_at_its_tick)
{
    init(&timer, "t");
    EXPECT(!software_timer_is_running(&timer));
    uint64_t start_tick = clock_ticks();
    software_timer_start(&timer, 5, 0);
    EXPECT(software_timer_is_running(&timer));
    thread_sleep_ms(20);
    EXPECT_ORDER("t");
    EXPECT(called_at[0] >= start_tick + 5 && called_at[0] <= start_tick + 6);
    EXPECT(!software_timer_is_running(&timer));
    EXPECT(!software_timer_stop(&timer));
}

SELF_TEST(a_timer_without_delay_calls_at_the_next_tick)
{
    init(&timer, "t");
    uint64_t start_tick = clock_ticks();
    software_timer_start(&timer, 0, 0);
    EXPECT_ORDER("");
    thread_sleep_ms(5);
    EXPECT_ORDER("t");
    EXPECT(called_at[0] >= start_tick + 1 && called_at[0] <= start_tick + 2);
}

SELF_TEST(a_periodic_timer_does_not_drift)
{
    init(&timer, "t");
    software_timer_start(&timer, 3, 7);
    thread_sleep_ms(45);
    EXPECT(software_timer_is_running(&timer));
    EXPECT(software_timer_stop(&timer));
    EXPECT(!software_timer_is_running(&timer));
    EXPECT_EQUAL(calls, 7);
    for (unsigned i = 1; i < calls && i < CALLS_MAX; i++)
        EXPECT_EQUAL(called_at[i], called_at[0] + i * 7ul);
    thread_sleep_ms(20);
    EXPECT_EQUAL(calls, 7);
}

SELF_TEST(a_stopped_timer_calls_nobody)
{
    init(&timer, "t");
    EXPECT(!software_timer_stop(&timer));
    software_timer_start(&timer, 3, 0);
    EXPECT(software_timer_stop(&timer));
    EXPECT(!software_timer_stop(&timer));
    thread_sleep_ms(10);
    EXPECT_ORDER("");
}

SELF_TEST(starting_a_timer_that_runs_starts_it_anew)
{
    init(&timer, "t");
    software_timer_start(&timer, 3, 2);
    software_timer_start(&timer, 10, 0);
    thread_sleep_ms(8);
    EXPECT_ORDER("");
    thread_sleep_ms(20);
    EXPECT_ORDER("t");
}

SELF_TEST(timers_call_in_the_order_of_their_ticks_and_of_their_start)
{
    static struct software_timer timers[4];
    const char *letters = "dbca";
    const uint32_t delays[] = {9, 6, 6, 3};
    for (int i = 0; i < 4; i++) {
        init(&timers[i], &letters[i]);
        software_timer_start(&timers[i], delays[i], 0);
    }
    thread_sleep_ms(15);
    EXPECT_ORDER("abcd");
}

SELF_TEST(a_timer_needs_a_callback)
{
    EXPECT_EQUAL(software_timer_init(&timer, NULL, NULL), -ERROR_INVALID);
}

static volatile bool was_in_handler;

static void note_context(void *argument)
{
    (void)argument;
    was_in_handler = interrupts_in_handler();
}

SELF_TEST(a_callback_runs_in_interrupt_context)
{
    was_in_handler = false;
    EXPECT_EQUAL(software_timer_init(&timer, note_context, NULL), 0);
    software_timer_start(&timer, 1, 0);
    thread_sleep_ms(5);
    EXPECT(was_in_handler);
    EXPECT(!interrupts_in_handler());
}

static void stop_after_three(void *argument)
{
    note_call(argument);
    if (calls == 3)
        EXPECT(software_timer_stop(&timer));
}

SELF_TEST(a_callback_may_stop_its_own_timer)
{
    init(&timer, "t");
    EXPECT_EQUAL(software_timer_init(&timer, stop_after_three, LETTER("t")), 0);
    software_timer_start(&timer, 2, 2);
    thread_sleep_ms(20);
    EXPECT_ORDER("ttt");
    EXPECT(!software_timer_is_running(&timer));
}

static void start_again(void *argument)
{
    note_call(argument);
    if (calls < 4)
        software_timer_start(&timer, calls, 0);
}

SELF_TEST(a_callback_may_start_its_own_timer)
{
    init(&timer, "t");
    EXPECT_EQUAL(software_timer_init(&timer, start_again, LETTER("t")), 0);
    software_timer_start(&timer, 1, 0);
    thread_sleep_ms(20);
    EXPECT_ORDER("tttt");
    EXPECT_EQUAL(called_at[3] - called_at[0], 1 + 2 + 3);
}

static void stop_the_other(void *argument)
{
    note_call(argument);
    EXPECT(software_timer_stop(&other));
}

SELF_TEST(a_callback_may_stop_another_timer_of_the_same_tick)
{
    init(&other, "o");
    EXPECT_EQUAL(software_timer_init(&timer, stop_the_other, LETTER("t")), 0);
    software_timer_start(&timer, 3, 0);
    software_timer_start(&other, 3, 0);
    thread_sleep_ms(10);
    EXPECT_ORDER("t");
}

static volatile unsigned slow_calls;

static void take_20_ms(void *argument)
{
    (void)argument;
    uint64_t since = tsc_read();
    slow_calls = slow_calls + 1;
    while (tsc_to_ns(tsc_read() - since) < 20 * 1000000ul)
        cpu_relax();
}

static bool log_has(const char *text, uint64_t from)
{
    struct log_entry entry;
    for (uint64_t sequence = from; log_get(sequence, &entry); sequence = entry.sequence + 1) {
        if (strncmp(entry.message, text, strlen(text)) == 0)
            return true;
    }
    return false;
}

SELF_TEST(a_callback_slower_than_its_period_leaves_time_to_threads_and_is_named)
{
    uint64_t log_from = log_end();
    uint64_t start_tick = clock_ticks();
    slow_calls = 0;
    EXPECT_EQUAL(software_timer_init(&timer, take_20_ms, NULL), 0);
    software_timer_start(&timer, 5, 5);
    for (int i = 0; i < 10; i++)
        thread_sleep_ms(20);
    uint64_t ran_from = tsc_read();
    spin_ticks(100);
    EXPECT(tsc_to_ns(tsc_read() - ran_from) > 0);
    EXPECT(software_timer_stop(&timer));
    EXPECT(clock_ticks() - start_tick < 1000);
    EXPECT(slow_calls > 4);
    EXPECT(timer.left_out > slow_calls);
    EXPECT(log_has("timer: take_20_ms took 20", log_from));
}

#if CONFIG_PREEMPT

static void post(void *argument)
{
    (void)argument;
    semaphore_post(&attempted_semaphore);
}

SELF_TEST(a_callback_that_wakes_a_more_urgent_thread_preempts)
{
    struct attempt wait = {
        .operation = wait_for_semaphore, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&attempted_semaphore, 0);
    EXPECT_EQUAL(software_timer_init(&timer, post, NULL), 0);
    preemption_set(true);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT + 1);
    software_timer_start(&timer, 3, 0);
    order_append('1');
    spin_ticks(6);
    order_append('2');
    finish(tid);
    EXPECT_ORDER("1w2");
}

#endif
