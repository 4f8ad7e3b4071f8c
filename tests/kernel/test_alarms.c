/* Alarms: sleeping until a tick, alone and together with others. */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

struct sleeper {
    char letter;
    uint64_t until;
};

static void sleep_until(void *argument)
{
    const struct sleeper *sleeper = argument;
    thread_sleep_until(sleeper->until);
    order_append(sleeper->letter);
}

SELF_TEST(zero_and_negative_sleeps_return_at_once)
{
    uint64_t before = clock_ticks();
    thread_sleep_ms(0);
    thread_sleep_ms(-100);
    thread_sleep_until(0);
    thread_sleep_until(before);
    EXPECT(clock_ticks() - before <= 1);
}

SELF_TEST(zero_and_negative_sleeps_do_not_yield)
{
    int other = start(append_letter, LETTER("o"), THREAD_PRIORITY_HIGHEST);
    thread_sleep_ms(0);
    thread_sleep_ms(-1);
    thread_sleep_until(clock_ticks());
    order_append('m');
    finish(other);
    EXPECT_ORDER("mo");
}

SELF_TEST(a_sleep_ends_at_its_tick)
{
    for (int milliseconds = 1; milliseconds < 20; milliseconds++) {
        uint64_t before = clock_ticks();
        thread_sleep_ms(milliseconds);
        uint64_t slept = clock_ticks() - before;
        EXPECT(slept >= (uint64_t)milliseconds && slept <= (uint64_t)milliseconds + 1);
    }
}

SELF_TEST(sleepers_wake_in_the_order_of_their_ticks)
{
    uint64_t now = clock_ticks();
    struct sleeper sleepers[] = {
        {'c', now + 30}, {'a', now + 10}, {'d', now + 40}, {'b', now + 20}};
    int tids[4];
    for (int i = 0; i < 4; i++)
        tids[i] = start(sleep_until, &sleepers[i], THREAD_PRIORITY_DEFAULT);
    for (int i = 0; i < 4; i++)
        finish(tids[i]);
    EXPECT_ORDER("abcd");
}

SELF_TEST(simultaneous_sleepers_wake_first_come_first_served)
{
    struct sleeper sleepers[8];
    int tids[8];
    uint64_t until = clock_ticks() + 10;
    for (int i = 0; i < 8; i++) {
        sleepers[i] = (struct sleeper){(char)('a' + i), until};
        tids[i] = start(sleep_until, &sleepers[i], THREAD_PRIORITY_DEFAULT);
    }
    for (int i = 0; i < 8; i++)
        finish(tids[i]);
    EXPECT_ORDER("abcdefgh");
}

SELF_TEST(simultaneous_sleepers_run_by_priority)
{
    const unsigned priorities[] = {20, 40, 10, 30};
    struct sleeper sleepers[] = {{'c', 0}, {'a', 0}, {'d', 0}, {'b', 0}};
    int tids[4];
    uint64_t until = clock_ticks() + 10;
    for (int i = 0; i < 4; i++) {
        sleepers[i].until = until;
        tids[i] = start(sleep_until, &sleepers[i], priorities[i]);
    }
    for (int i = 0; i < 4; i++)
        finish(tids[i]);
    EXPECT_ORDER("abcd");
}

#define ROUNDS 3

struct periodic_sleeper {
    char letter;
    uint64_t start;
    uint64_t period;
};

static void sleep_periodically(void *argument)
{
    const struct periodic_sleeper *sleeper = argument;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        thread_sleep_until(sleeper->start + round * sleeper->period);
        order_append(sleeper->letter);
    }
}

/* At one and the same tick, whose alarm was set first comes first: at 20 that is b's, of tick 0,
 * before a's, of tick 10. */
SELF_TEST(repeated_alarms_keep_their_order)
{
    uint64_t now = clock_ticks() + 5;
    struct periodic_sleeper sleepers[] = {{'a', now, 10}, {'b', now, 20}, {'c', now, 30}};
    int tids[3];
    for (int i = 0; i < 3; i++)
        tids[i] = start(sleep_periodically, &sleepers[i], THREAD_PRIORITY_DEFAULT);
    for (int i = 0; i < 3; i++)
        finish(tids[i]);
    EXPECT_ORDER("abacabcbc");
}

SELF_TEST(absolute_alarms_do_not_drift)
{
    uint64_t first = clock_ticks();
    uint64_t next = first;
    for (int i = 0; i < 20; i++) {
        next += 3;
        thread_sleep_until(next);
        spin_ticks(1);
    }
    uint64_t elapsed = clock_ticks() - first;
    EXPECT(elapsed >= 60 && elapsed <= 63);
}

#define MANY 200

static uint64_t woken_at[MANY];
static uint64_t alarm_base;

static uint64_t alarm_of(uint64_t index)
{
    return alarm_base + 20 + index * 7 % 50;
}

static void note_waking(void *argument)
{
    uint64_t index = (uint64_t)argument;
    thread_sleep_until(alarm_of(index));
    woken_at[index] = clock_ticks();
}

SELF_TEST(many_alarms_each_go_off_at_their_tick)
{
    static int tids[MANY];
    alarm_base = clock_ticks();
    for (uint64_t i = 0; i < MANY; i++)
        tids[i] = start(note_waking, (void *)i, THREAD_PRIORITY_DEFAULT);
    thread_yield();
    EXPECT(clock_ticks() < alarm_base + 20);
    for (uint64_t i = 0; i < MANY; i++) {
        finish(tids[i]);
        EXPECT(woken_at[i] >= alarm_of(i) && woken_at[i] <= alarm_of(i) + 1);
    }
}

#define CROWD 2000

static void sleep_until_argument(void *argument)
{
    thread_sleep_until((uint64_t)argument);
}

/* Waking them all takes several ticks, in which interrupts have to come through. */
SELF_TEST(a_crowd_that_wakes_at_one_tick_costs_the_clock_no_tick)
{
    static int tids[CROWD];
    uint64_t until = clock_ticks() + 200;
    for (int i = 0; i < CROWD; i++)
        tids[i] = start(sleep_until_argument, (void *)until, THREAD_PRIORITY_DEFAULT);
    thread_sleep_until(until - 10);
    uint64_t ticks_before = clock_ticks();
    uint64_t tsc_before = tsc_read();
    for (int i = 0; i < CROWD; i++)
        finish(tids[i]);
    uint64_t ticks = clock_ticks() - ticks_before;
    uint64_t elapsed = tsc_to_ns(tsc_read() - tsc_before) / 1000000;
    EXPECT(ticks > 15);
    EXPECT_EQUAL(elapsed, ticks);
}

SELF_TEST(a_killed_sleeper_never_wakes)
{
    struct sleeper sleepers[] = {{'a', clock_ticks() + 5}, {'b', clock_ticks() + 5}};
    int killed = start(sleep_until, &sleepers[0], THREAD_PRIORITY_DEFAULT);
    int other = start(sleep_until, &sleepers[1], THREAD_PRIORITY_DEFAULT);
    thread_yield();
    EXPECT_STATE(killed, THREAD_SLEEPING);
    stop(killed);
    finish(other);
    EXPECT_ORDER("b");
}

#if CONFIG_PREEMPT

SELF_TEST(an_alarm_of_a_more_urgent_thread_preempts)
{
    preemption_set(true);
    struct sleeper sleeper = {'s', clock_ticks() + 3};
    int tid = start(sleep_until, &sleeper, THREAD_PRIORITY_DEFAULT + 1);
    order_append('1');
    spin_ticks(6);
    order_append('2');
    finish(tid);
    EXPECT_ORDER("1s2");
}

SELF_TEST(an_alarm_of_a_less_urgent_thread_waits_for_its_turn)
{
    preemption_set(true);
    struct sleeper sleeper = {'s', clock_ticks() + 3};
    int tid = start(sleep_until, &sleeper, THREAD_PRIORITY_DEFAULT + 1);
    EXPECT_EQUAL(thread_set_priority(tid, THREAD_PRIORITY_DEFAULT - 1), 0);
    spin_ticks(6);
    order_append('m');
    finish(tid);
    EXPECT_ORDER("ms");
}

#endif
