/* Barriers: nobody goes on before all have come. */
#include "sched/sync/barrier.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct barrier barrier;

static int wait_for_all(int timeout_ms)
{
    return barrier_wait(&barrier, timeout_ms);
}

SELF_TEST(the_last_to_come_lets_all_go_on_by_priority)
{
    struct attempt waits[3];
    const unsigned priorities[] = {20, 30, 20};
    int tids[3];
    EXPECT_EQUAL(barrier_init(&barrier, 4), 0);
    for (int i = 0; i < 3; i++) {
        waits[i] = (struct attempt){
            .operation = wait_for_all, .letter = (char)('a' + i), .timeout_ms = WAIT_FOREVER};
        tids[i] = start_waiting(&waits[i], priorities[i]);
    }
    EXPECT_ORDER("");
    EXPECT_EQUAL(barrier_wait(&barrier, 100), BARRIER_LAST);
    for (int i = 0; i < 3; i++) {
        finish(tids[i]);
        EXPECT_EQUAL(waits[i].result, 0);
    }
    EXPECT_ORDER("bac");
}

SELF_TEST(a_barrier_starts_anew)
{
    static struct barrier pair = BARRIER(2);
    EXPECT_EQUAL(barrier_wait(&pair, 2), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(barrier_init(&barrier, 2), 0);
    for (int round = 0; round < 3; round++) {
        struct attempt wait = {
            .operation = wait_for_all, .letter = 'w', .timeout_ms = WAIT_FOREVER};
        int tid = start_waiting(&wait, 20);
        EXPECT_EQUAL(barrier_wait(&barrier, 100), BARRIER_LAST);
        finish(tid);
        EXPECT_EQUAL(wait.result, 0);
    }
    EXPECT_ORDER("www");
}

SELF_TEST(a_barrier_for_one_holds_nobody_up)
{
    EXPECT_EQUAL(barrier_init(&barrier, 0), -ERROR_INVALID);
    EXPECT_EQUAL(barrier_init(&barrier, 1), 0);
    EXPECT_EQUAL(barrier_wait(&barrier, 100), BARRIER_LAST);
    EXPECT_EQUAL(barrier_wait(&barrier, 0), BARRIER_LAST);
}

SELF_TEST(who_does_not_wait_has_not_come)
{
    EXPECT_EQUAL(barrier_init(&barrier, 2), 0);
    EXPECT_EQUAL(barrier_wait(&barrier, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(barrier_wait(&barrier, 2), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(barrier_wait(&barrier, 2), -ERROR_TIMED_OUT);
}

SELF_TEST(a_killed_waiter_has_not_come)
{
    struct attempt waits[2];
    int tids[2];
    EXPECT_EQUAL(barrier_init(&barrier, 3), 0);
    for (int i = 0; i < 2; i++) {
        waits[i] = (struct attempt){
            .operation = wait_for_all, .letter = (char)('a' + i), .timeout_ms = WAIT_FOREVER};
        tids[i] = start_waiting(&waits[i], 20);
    }
    stop(tids[0]);
    EXPECT_EQUAL(barrier_wait(&barrier, 2), -ERROR_TIMED_OUT);
    EXPECT_ORDER("");
    tids[0] = start_waiting(&waits[0], 20);
    EXPECT_EQUAL(barrier_wait(&barrier, 100), BARRIER_LAST);
    for (int i = 0; i < 2; i++)
        finish(tids[i]);
    EXPECT_ORDER("ba");
}

SELF_TEST(a_destroyed_barrier_lets_its_waiters_go)
{
    struct attempt wait = {.operation = wait_for_all, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    EXPECT_EQUAL(barrier_init(&barrier, 2), 0);
    int tid = start_waiting(&wait, 20);
    barrier_destroy(&barrier);
    finish(tid);
    EXPECT_EQUAL(wait.result, -ERROR_DESTROYED);
    EXPECT_EQUAL(barrier_wait(&barrier, WAIT_FOREVER), -ERROR_DESTROYED);
}

#if CONFIG_PREEMPT

#define WALKERS 4
#define STEPS   50

static volatile int steps_done[WALKERS];
static volatile unsigned lasts;

static void walk_in_step(void *argument)
{
    uint64_t self = (uint64_t)argument;
    for (int step = 1; step <= STEPS; step++) {
        steps_done[self] = step;
        int result = barrier_wait(&barrier, WAIT_FOREVER);
        EXPECT(result == 0 || result == BARRIER_LAST);
        if (result == BARRIER_LAST)
            lasts = lasts + 1;
        for (int i = 0; i < WALKERS; i++)
            EXPECT(steps_done[i] == step || steps_done[i] == step + 1);
    }
}

SELF_TEST(threads_walk_in_step)
{
    int tids[WALKERS];
    EXPECT_EQUAL(barrier_init(&barrier, WALKERS), 0);
    lasts = 0;
    preemption_set(true);
    quantum_set_ms(1);
    for (uint64_t i = 0; i < WALKERS; i++) {
        steps_done[i] = 0;
        tids[i] = start(walk_in_step, (void *)i, (unsigned)(20 + i % 2));
    }
    for (int i = 0; i < WALKERS; i++)
        finish(tids[i]);
    EXPECT_EQUAL(lasts, STEPS);
}

#endif
