/* Suspending and resuming, in every state that a thread can be in. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

static void suspend_itself(void *argument)
{
    (void)argument;
    order_append('a');
    EXPECT_EQUAL(thread_suspend(thread_self()), 0);
    order_append('b');
}

SELF_TEST(a_thread_created_suspended_waits_to_be_resumed)
{
    int tid = start_suspended(append_letter, LETTER("x"), ABOVE);
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    settle();
    EXPECT_ORDER("");
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_STATE(tid, THREAD_READY);
    finish(tid);
    EXPECT_ORDER("x");
}

SELF_TEST(a_thread_suspends_itself)
{
    int tid = start(suspend_itself, NULL, THREAD_PRIORITY_DEFAULT);
    settle();
    EXPECT_ORDER("a");
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_join(tid, 3, NULL), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(thread_resume(tid), 0);
    finish(tid);
    EXPECT_ORDER("ab");
}

SELF_TEST(a_ready_thread_is_resumed_behind_its_equals)
{
    int a = start(append_letter, LETTER("a"), THREAD_PRIORITY_DEFAULT);
    int b = start(append_letter, LETTER("b"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(a), 0);
    EXPECT_STATE(a, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(a), 0);
    EXPECT_STATE(a, THREAD_READY);
    finish(a);
    finish(b);
    EXPECT_ORDER("ba");
}

SELF_TEST(a_suspended_ready_thread_does_not_run)
{
    int a = start(append_letter, LETTER("a"), ABOVE);
    int b = start(append_letter, LETTER("b"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(a), 0);
    settle();
    EXPECT_ORDER("b");
    EXPECT_EQUAL(thread_resume(a), 0);
    finish(a);
    finish(b);
    EXPECT_ORDER("ba");
}

SELF_TEST(suspending_does_not_nest)
{
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_EQUAL(thread_resume(tid), -ERROR_INVALID);
    finish(tid);
    EXPECT_ORDER("x");
}

SELF_TEST(a_sleeper_resumed_in_time_sleeps_on)
{
    struct attempt sleep = {.operation = sleep_for, .letter = 's', .timeout_ms = 20};
    uint64_t before = clock_ticks();
    int tid = start_attempt(&sleep, THREAD_PRIORITY_DEFAULT);
    wait_until(tid, THREAD_SLEEPING);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    thread_sleep_ms(5);
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_STATE(tid, THREAD_SLEEPING);
    finish(tid);
    uint64_t slept = clock_ticks() - before;
    EXPECT(slept >= 20 && slept <= 22);
}

SELF_TEST(a_sleeper_resumed_too_late_runs_at_once)
{
    struct attempt sleep = {.operation = sleep_for, .letter = 's', .timeout_ms = 5};
    int tid = start_attempt(&sleep, THREAD_PRIORITY_DEFAULT);
    wait_until(tid, THREAD_SLEEPING);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    thread_sleep_ms(20);
    EXPECT_ORDER("");
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_STATE(tid, THREAD_READY);
    settle();
    EXPECT_ORDER("s");
    finish(tid);
}

SELF_TEST(a_waiter_resumed_before_it_is_woken_waits_on)
{
    struct attempt wait = {
        .operation = wait_for_semaphore, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_STATE(tid, THREAD_BLOCKED);
    settle();
    EXPECT_ORDER("");
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    finish(tid);
    EXPECT_EQUAL(wait.result, 0);
}

SELF_TEST(a_suspended_waiter_is_given_what_it_waits_for)
{
    struct attempt wait = {.operation = wait_for_semaphore, .letter = 'w', .timeout_ms = 10};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, ABOVE);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    EXPECT_EQUAL(semaphore_wait(&attempted_semaphore, 0), -ERROR_AGAIN);
    thread_sleep_ms(20); /* its time-out passes: but it has what it wanted */
    EXPECT_ORDER("");
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(tid), 0);
    finish(tid);
    EXPECT_EQUAL(wait.result, 0);
}

SELF_TEST(a_wait_times_out_while_suspended)
{
    struct attempt wait = {.operation = wait_for_semaphore, .letter = 'w', .timeout_ms = 5};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, ABOVE);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    thread_sleep_ms(10);
    EXPECT_STATE(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    EXPECT_EQUAL(semaphore_count(&attempted_semaphore), 1);
    EXPECT_ORDER("");
    EXPECT_EQUAL(thread_resume(tid), 0);
    finish(tid);
    EXPECT_EQUAL(wait.result, -ERROR_TIMED_OUT);
}

SELF_TEST(a_mutex_is_handed_to_a_suspended_waiter)
{
    struct attempt wait = {.operation = lock_and_unlock, .letter = 'w', .timeout_ms = 50};
    mutex_init(&attempted_mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, 0), 0);
    int tid = start_waiting(&wait, ABOVE);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
    EXPECT_EQUAL(mutex_holder(&attempted_mutex), tid);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, 5), -ERROR_TIMED_OUT);
    EXPECT_ORDER("");
    EXPECT_EQUAL(thread_resume(tid), 0);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, WAIT_FOREVER), 0);
    EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
    finish(tid);
    EXPECT_EQUAL(wait.result, 0);
}

SELF_TEST(a_suspended_thread_takes_a_new_priority_along)
{
    int low = start_suspended(append_letter, LETTER("l"), BELOW);
    int other = start(append_letter, LETTER("o"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_set_priority(low, ABOVE), 0);
    EXPECT_PRIORITY(low, ABOVE);
    EXPECT_EQUAL(thread_resume(low), 0);
    finish(low);
    finish(other);
    EXPECT_ORDER("lo");
}

SELF_TEST(a_suspended_waiter_takes_a_new_priority_along)
{
    struct attempt waits[] = {
        {.operation = wait_for_semaphore, .letter = 'a', .timeout_ms = WAIT_FOREVER},
        {.operation = wait_for_semaphore, .letter = 'b', .timeout_ms = WAIT_FOREVER}};
    semaphore_init(&attempted_semaphore, 0);
    int a = start_waiting(&waits[0], 20);
    int b = start_waiting(&waits[1], 10);
    EXPECT_EQUAL(thread_suspend(b), 0);
    EXPECT_EQUAL(thread_set_priority(b, 25), 0);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    settle();
    EXPECT_ORDER("");
    EXPECT_EQUAL(thread_resume(b), 0);
    finish(b);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    finish(a);
    EXPECT_ORDER("ba");
}

SELF_TEST(what_has_ended_or_never_was_cannot_be_suspended)
{
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    settle();
    EXPECT_STATE(tid, THREAD_ENDED);
    EXPECT_EQUAL(thread_suspend(tid), -ERROR_NOT_FOUND);
    finish(tid);
    EXPECT_EQUAL(thread_suspend(tid), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_resume(tid), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_resume(thread_self()), -ERROR_INVALID);
}

SELF_TEST(protected_threads_cannot_be_suspended)
{
    EXPECT_EQUAL(thread_suspend(0), -ERROR_NOT_PERMITTED);
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_protect(tid), 0);
    EXPECT_EQUAL(thread_suspend(tid), -ERROR_NOT_PERMITTED);
    finish(tid);
    EXPECT_ORDER("x");
}

SELF_TEST(suspended_threads_can_be_killed_whatever_they_wait_for)
{
    struct attempt attempts[] = {
        {.operation = sleep_for, .letter = 's', .timeout_ms = 5},
        {.operation = wait_for_semaphore, .letter = 'w', .timeout_ms = WAIT_FOREVER},
        {.operation = wait_for_semaphore, .letter = 't', .timeout_ms = 5}};
    int tids[5];
    semaphore_init(&attempted_semaphore, 0);
    for (int i = 0; i < 3; i++)
        tids[i] = start_attempt(&attempts[i], THREAD_PRIORITY_DEFAULT);
    tids[3] = start_suspended(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    tids[4] = start(suspend_itself, NULL, THREAD_PRIORITY_DEFAULT);
    settle();
    for (int i = 0; i < 5; i++) {
        EXPECT_EQUAL(thread_suspend(tids[i]), 0);
        EXPECT_STATE(tids[i], THREAD_SUSPENDED);
        stop(tids[i]);
    }
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    EXPECT_EQUAL(semaphore_count(&attempted_semaphore), 1);
    thread_sleep_ms(10); /* sleep and time-out pass, and nothing happens */
    EXPECT_ORDER("a");
}

/* Woken and handed its unit, but not resumed: the unit ends with the thread. */
SELF_TEST(a_suspended_waiter_can_be_killed_after_it_was_woken)
{
    struct attempt wait = {
        .operation = wait_for_semaphore, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    stop(tid);
    EXPECT_EQUAL(semaphore_count(&attempted_semaphore), 0);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    EXPECT_EQUAL(semaphore_wait(&attempted_semaphore, 0), 0);
    EXPECT_ORDER("");
}

SELF_TEST(a_suspended_holder_can_be_killed)
{
    struct attempt wait = {.operation = lock_and_unlock, .letter = 'w', .timeout_ms = 50};
    mutex_init(&attempted_mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, 0), 0);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
    stop(tid);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
    EXPECT_ORDER("");
}

#if CONFIG_PREEMPT

static volatile uint64_t turns;
static volatile bool must_stop;

static void spin_until_stopped(void *argument)
{
    (void)argument;
    while (!must_stop)
        turns = turns + 1;
}

SELF_TEST(a_preempted_thread_can_be_suspended_and_goes_on_when_resumed)
{
    preemption_set(true);
    must_stop = false;
    turns = 0;
    int tid = start(spin_until_stopped, NULL, BELOW);
    thread_sleep_ms(3);
    EXPECT(turns > 0);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    uint64_t seen = turns;
    thread_sleep_ms(3);
    EXPECT_EQUAL(turns, seen);
    EXPECT_EQUAL(thread_resume(tid), 0);
    thread_sleep_ms(3);
    EXPECT(turns > seen);
    must_stop = true;
    finish(tid);
}

SELF_TEST(a_preempted_thread_can_be_killed_while_suspended)
{
    preemption_set(true);
    must_stop = false;
    int tid = start(spin_until_stopped, NULL, BELOW);
    thread_sleep_ms(3);
    EXPECT_EQUAL(thread_suspend(tid), 0);
    stop(tid);
}

SELF_TEST(resuming_a_more_urgent_thread_switches_at_once)
{
    preemption_set(true);
    int tid = start_suspended(append_letter, LETTER("h"), ABOVE);
    order_append('1');
    EXPECT_EQUAL(thread_resume(tid), 0);
    order_append('2');
    finish(tid);
    EXPECT_ORDER("1h2");
}

SELF_TEST(suspending_itself_lets_the_less_urgent_run)
{
    preemption_set(true);
    int tid = start(suspend_itself, NULL, ABOVE);
    order_append('m');
    EXPECT_EQUAL(thread_resume(tid), 0);
    order_append('n');
    finish(tid);
    EXPECT_ORDER("ambn");
}

#endif
