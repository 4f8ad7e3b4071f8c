/* Counting semaphores: counts, their limits, and handing units over. */
#include "sched/sync/semaphore.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct semaphore semaphore;

static int wait_for_it(int timeout_ms)
{
    return semaphore_wait(&semaphore, timeout_ms);
}

SELF_TEST(a_semaphore_counts_its_units)
{
    EXPECT_EQUAL(semaphore_init(&semaphore, 2), 0);
    EXPECT_EQUAL(semaphore_count(&semaphore), 2);
    EXPECT_EQUAL(semaphore_wait(&semaphore, WAIT_FOREVER), 0);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), 0);
    EXPECT_EQUAL(semaphore_count(&semaphore), 0);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(semaphore_post(&semaphore), 0);
    EXPECT_EQUAL(semaphore_count(&semaphore), 1);
}

SELF_TEST(a_semaphore_at_file_scope_needs_no_init)
{
    static struct semaphore at_rest = SEMAPHORE(1);
    EXPECT_EQUAL(semaphore_wait(&at_rest, 0), 0);
    EXPECT_EQUAL(semaphore_wait(&at_rest, 2), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(semaphore_post(&at_rest), 0);
    EXPECT_EQUAL(semaphore_count(&at_rest), 1);
}

SELF_TEST(a_semaphore_has_limits)
{
    EXPECT_EQUAL(semaphore_init(&semaphore, -1), -ERROR_INVALID);
    EXPECT_EQUAL(semaphore_init(&semaphore, SEMAPHORE_MAX), 0);
    EXPECT_EQUAL(semaphore_post(&semaphore), -ERROR_OVERFLOW);
    EXPECT_EQUAL(semaphore_count(&semaphore), SEMAPHORE_MAX);
}

SELF_TEST(a_posted_unit_belongs_to_the_waiter_at_once)
{
    struct attempt wait = {.operation = wait_for_it, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&semaphore, 0);
    int tid = start_waiting(&wait, 10);
    EXPECT_EQUAL(semaphore_count(&semaphore), 0);
    EXPECT_EQUAL(semaphore_post(&semaphore), 0);
    EXPECT_EQUAL(semaphore_count(&semaphore), 0);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), -ERROR_AGAIN);
    EXPECT_ORDER("");
    EXPECT_EQUAL(semaphore_post(&semaphore), 0);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), 0);
    finish(tid);
    EXPECT_EQUAL(wait.result, 0);
}

/* The count must not remember waiters that gave up or were killed. */
SELF_TEST(units_are_counted_again_when_the_last_waiter_has_left)
{
    struct attempt timed = {.operation = wait_for_it, .letter = 't', .timeout_ms = 3};
    struct attempt killed = {.operation = wait_for_it, .letter = 'k', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&semaphore, 0);
    int killed_tid = start_waiting(&killed, THREAD_PRIORITY_DEFAULT);
    finish(start_attempt(&timed, THREAD_PRIORITY_DEFAULT));
    EXPECT_EQUAL(timed.result, -ERROR_TIMED_OUT);
    stop(killed_tid);
    EXPECT_EQUAL(semaphore_count(&semaphore), 0);
    EXPECT_EQUAL(semaphore_post(&semaphore), 0);
    EXPECT_EQUAL(semaphore_count(&semaphore), 1);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), 0);
    EXPECT_ORDER("t");
}

SELF_TEST(a_destroyed_semaphore_takes_no_units)
{
    semaphore_init(&semaphore, 1);
    semaphore_destroy(&semaphore);
    EXPECT_EQUAL(semaphore_post(&semaphore), -ERROR_DESTROYED);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), -ERROR_DESTROYED);
    EXPECT_EQUAL(semaphore_init(&semaphore, 1), 0);
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), 0);
}

#define ROUNDS 1000

static struct semaphore ping, pong;

static void answer(void *argument)
{
    uint64_t *rounds = argument;
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT_EQUAL(semaphore_wait(&ping, WAIT_FOREVER), 0);
        *rounds = *rounds + 1;
        EXPECT_EQUAL(semaphore_post(&pong), 0);
    }
}

static void play(unsigned priority)
{
    uint64_t rounds = 0;
    semaphore_init(&ping, 0);
    semaphore_init(&pong, 0);
    int tid = start(answer, &rounds, priority);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        EXPECT_EQUAL(semaphore_post(&ping), 0);
        EXPECT_EQUAL(semaphore_wait(&pong, WAIT_FOREVER), 0);
        EXPECT_EQUAL(rounds, i + 1);
    }
    finish(tid);
    EXPECT_EQUAL(semaphore_count(&ping), 0);
    EXPECT_EQUAL(semaphore_count(&pong), 0);
}

SELF_TEST(two_threads_play_ping_pong)
{
    play(THREAD_PRIORITY_DEFAULT);
}

#if CONFIG_PREEMPT

SELF_TEST(two_threads_play_ping_pong_under_preemption)
{
    preemption_set(true);
    quantum_set_ms(1);
    play(THREAD_PRIORITY_DEFAULT - 1);
    play(THREAD_PRIORITY_DEFAULT);
    play(THREAD_PRIORITY_DEFAULT + 1);
}

#endif
