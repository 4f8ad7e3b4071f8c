/* Who runs when: priorities, quanta, preemption on and off. */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

static void append_three_times(void *argument)
{
    for (int i = 0; i < 3; i++) {
        order_append(*(const char *)argument);
        thread_yield();
    }
}

SELF_TEST(yield_goes_round_among_equals)
{
    int a = start(append_three_times, LETTER("a"), THREAD_PRIORITY_DEFAULT);
    int b = start(append_three_times, LETTER("b"), THREAD_PRIORITY_DEFAULT);
    int c = start(append_three_times, LETTER("c"), THREAD_PRIORITY_DEFAULT);
    finish(a);
    finish(b);
    finish(c);
    EXPECT_ORDER("abcabcabc");
}

SELF_TEST(who_is_put_first_is_next_at_a_yield)
{
    int first = start(append_letter, LETTER("1"), THREAD_PRIORITY_DEFAULT);
    int second = start(append_letter, LETTER("2"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_put_first(second), 0);
    order_append('m');
    thread_yield();
    order_append('n');
    finish(first);
    finish(second);
    EXPECT_ORDER("m21n");
}

SELF_TEST(yield_does_not_serve_the_less_urgent)
{
    int low = start(append_letter, LETTER("l"), BELOW);
    thread_yield();
    order_append('m');
    finish(low);
    EXPECT_ORDER("ml");
}

SELF_TEST(the_most_urgent_runs_first)
{
    int low = start(append_letter, LETTER("1"), 10);
    int high = start(append_letter, LETTER("3"), 30);
    int middle = start(append_letter, LETTER("2"), 20);
    finish(low);
    finish(middle);
    finish(high);
    EXPECT_ORDER("321");
}

#if CONFIG_PREEMPT

/* Where the order among equals is the subject, the stress build has another one: there, equals take
 * turns wherever they can. */

static volatile bool must_stop;

static void spin_until_stopped(void *argument)
{
    volatile uint64_t *count = argument;
    while (!must_stop)
        *count = *count + 1;
}

SELF_TEST(a_more_urgent_thread_preempts_its_creator)
{
    preemption_set(true);
    int high = start(append_letter, LETTER("h"), ABOVE);
    order_append('m');
    finish(high);
    EXPECT_ORDER("hm");
}

SELF_TEST(raising_another_thread_switches_at_once)
{
    preemption_set(true);
    int other = start(append_letter, LETTER("o"), BELOW);
    order_append('m');
    EXPECT_EQUAL(thread_set_priority(other, ABOVE), 0);
    order_append('n');
    finish(other);
    EXPECT_ORDER("mon");
}

SELF_TEST(lowering_oneself_switches_at_once)
{
    preemption_set(true);
    int other = start(append_letter, LETTER("o"), BELOW);
    order_append('m');
    EXPECT_EQUAL(thread_set_priority(thread_self(), BELOW - 1), 0);
    order_append('n');
    finish(other);
    EXPECT_ORDER("mon");
}

SELF_TEST(lowering_oneself_to_equals_does_not_switch)
{
    preemption_set(true);
    int other = start(append_letter, LETTER("o"), BELOW);
    EXPECT_EQUAL(thread_set_priority(thread_self(), BELOW), 0);
    order_append('m');
    finish(other);
    EXPECT_ORDER(CONFIG_STRESS ? "om" : "mo");
}

SELF_TEST(preempt_disable_puts_a_switch_off_until_the_last_enable)
{
    preemption_set(true);
    preempt_disable();
    preempt_disable();
    int high = start(append_letter, LETTER("h"), ABOVE);
    order_append('1');
    preempt_enable();
    order_append('2');
    preempt_enable();
    order_append('3');
    finish(high);
    EXPECT_ORDER("12h3");
}

SELF_TEST(a_spinlock_puts_a_switch_off_until_it_is_released)
{
    static struct spinlock lock = SPINLOCK("test");
    preemption_set(true);
    spin_lock(&lock);
    int high = start(append_letter, LETTER("h"), ABOVE);
    order_append('1');
    spin_unlock(&lock);
    order_append('2');
    finish(high);
    EXPECT_ORDER("1h2");
}

SELF_TEST(switching_preemption_on_lets_the_more_urgent_run)
{
    int high = start(append_letter, LETTER("h"), ABOVE);
    order_append('1');
    preemption_set(true);
    order_append('2');
    finish(high);
    EXPECT_ORDER("1h2");
}

SELF_TEST(going_cooperative_takes_a_request_back)
{
    preemption_set(true);
    preempt_disable();
    int high = start(append_letter, LETTER("h"), ABOVE);
    preemption_set(false);
    preempt_enable();
    order_append('m');
    finish(high);
    EXPECT_ORDER("mh");
}

SELF_TEST(who_is_put_first_runs_before_its_equals)
{
    preemption_set(true);
    int first = start(append_letter, LETTER("1"), THREAD_PRIORITY_DEFAULT);
    int second = start(append_letter, LETTER("2"), THREAD_PRIORITY_DEFAULT);
    order_append('m');
    EXPECT_EQUAL(thread_put_first(second), 0);
    order_append('n');
    finish(first);
    finish(second);
    EXPECT_ORDER(CONFIG_STRESS ? "12mn" : "m2n1");
    EXPECT_EQUAL(thread_put_first(second), -ERROR_NOT_FOUND);
}

SELF_TEST(hogs_take_turns_under_preemption)
{
    static uint64_t counts[3];
    preemption_set(true);
    quantum_set_ms(5);
    must_stop = false;
    int tids[3];
    for (int i = 0; i < 3; i++)
        tids[i] = start(spin_until_stopped, &counts[i], BELOW);
    thread_sleep_ms(300);
    must_stop = true;
    struct thread_information information[3];
    for (int i = 0; i < 3; i++)
        EXPECT_EQUAL(thread_get_information(tids[i], &information[i]), 0);
    for (int i = 0; i < 3; i++) {
        finish(tids[i]);
        EXPECT(counts[i] > 0);
        EXPECT(information[i].involuntary_switches >= 15);
        EXPECT_EQUAL(information[i].voluntary_switches, 0);
        EXPECT(information[i].run_time_ns > 90000000 && information[i].run_time_ns < 110000000);
    }
}

static void take_two_quanta(void *argument)
{
    const char *letter = argument;
    order_append(letter[0]);
    spin_ticks(15);
    order_append(letter[1]);
}

static void interrupt_briefly(void *argument)
{
    (void)argument;
    thread_sleep_ms(3);
    order_append('!');
}

/* Two threads of 15 ticks each, a quantum of 10: each loses the CPU once, at its quantum's end.
 * The interruption at tick 3 moves neither of them. */
SELF_TEST(a_preempted_thread_keeps_its_place_and_its_quantum)
{
    preemption_set(true);
    quantum_set_ms(10);
    int high = start(interrupt_briefly, NULL, ABOVE);
    int a = start(take_two_quanta, LETTER("aA"), BELOW);
    int b = start(take_two_quanta, LETTER("bB"), BELOW);
    finish(a);
    finish(b);
    finish(high);
    EXPECT_ORDER(CONFIG_STRESS ? "ab!AB" : "a!bAB");
}

#endif

SELF_TEST(cooperative_mode_never_takes_the_cpu_away)
{
    quantum_set_ms(1);
    struct scheduler_statistics before, after;
    scheduler_get_statistics(&before);
    int high = start(append_letter, LETTER("h"), THREAD_PRIORITY_HIGHEST);
    spin_ticks(20);
    order_append('m');
    scheduler_get_statistics(&after);
    EXPECT_EQUAL(after.involuntary_switches, before.involuntary_switches);
    finish(high);
    EXPECT_ORDER("mh");
}

SELF_TEST(quantum_limits)
{
    EXPECT_EQUAL(quantum_set_ms(0), -ERROR_INVALID);
    EXPECT_EQUAL(quantum_set_ms(1001), -ERROR_INVALID);
    EXPECT_EQUAL(quantum_get_ms(), QUANTUM_MS_DEFAULT);
    EXPECT_EQUAL(quantum_set_ms(1), 0);
    EXPECT_EQUAL(quantum_set_ms(1000), 0);
    EXPECT_EQUAL(quantum_get_ms(), 1000);
}

SELF_TEST(preemption_says_whether_it_is_built_in)
{
    EXPECT_EQUAL(preemption_is_built_in(), CONFIG_PREEMPT);
    EXPECT_EQUAL(preemption_set(true), CONFIG_PREEMPT ? 0 : -ERROR_NOT_SUPPORTED);
    EXPECT_EQUAL(preemption_is_on(), CONFIG_PREEMPT);
}

SELF_TEST(spinlocks_may_be_released_in_any_order)
{
    static struct spinlock one = SPINLOCK("one");
    static struct spinlock other = SPINLOCK("other");
    spin_lock(&one);
    spin_lock(&other);
    spin_unlock(&one);
    EXPECT(!interrupts_are_enabled());
    spin_unlock(&other);
    EXPECT(interrupts_are_enabled());
    uint64_t flags = interrupts_save();
    spin_lock(&one);
    spin_unlock(&one);
    EXPECT(!interrupts_are_enabled());
    interrupts_restore(flags);
    EXPECT(interrupts_are_enabled());
}
