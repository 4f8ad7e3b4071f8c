/* Policies are changed while threads are in every state there is, and none is lost. */
#include <stddef.h>

#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/policy_test.h"

#define MANY 3000u

/* --- A crowd of threads that do all they can ------------------------------------------------- */

enum member { COMPUTING, COMPUTING_TOO, SLEEPING, LOCKING, LOCKING_TOO, POSTING, WAITING, MEMBERS };

#define PROGRESS_MS 3000 /* for all of them */
#define PROGRESS    3u   /* rounds of each */

static volatile unsigned rounds[MEMBERS];
static volatile bool must_stop;
static int tids[MEMBERS];
static int suspended;

static void do_a_round(enum member member)
{
    switch (member) {
    case LOCKING:
    case LOCKING_TOO:
        mutex_lock(&attempted_mutex, WAIT_FOREVER);
        thread_yield();
        mutex_unlock(&attempted_mutex);
        break;
    case SLEEPING:
        thread_sleep_ms(2);
        break;
    case POSTING:
        semaphore_post(&attempted_semaphore);
        thread_sleep_ms(1);
        break;
    case WAITING:
        semaphore_wait(&attempted_semaphore, WAIT_FOREVER);
        break;
    default:
        spin_ticks(1);
        thread_yield();
    }
}

static void live(void *argument)
{
    enum member member = (enum member)(uintptr_t)argument;
    while (!must_stop) {
        do_a_round(member);
        rounds[member] = rounds[member] + 1;
    }
}

/* The caller stands above them from now on. */
static void start_crowd(void)
{
    stand_above_policies();
    semaphore_init(&attempted_semaphore, 0);
    mutex_init(&attempted_mutex, NULL);
    must_stop = false;
    for (unsigned i = 0; i < MEMBERS; i++)
        tids[i] = start(live, (void *)(uintptr_t)i, THREAD_PRIORITY_DEFAULT);
    suspended = start_suspended(append_letter, LETTER("s"), THREAD_PRIORITY_DEFAULT);
}

static void end_crowd(void)
{
    must_stop = true;
    semaphore_post(&attempted_semaphore);
    for (unsigned i = 0; i < MEMBERS; i++)
        finish(tids[i]);
    EXPECT_STATE(suspended, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(suspended), 0);
    finish(suspended);
    EXPECT_ORDER("s");
}

static bool have_all_progressed(const unsigned *before)
{
    for (unsigned i = 0; i < MEMBERS; i++)
        if (rounds[i] - before[i] < PROGRESS)
            return false;
    return true;
}

static bool all_progress(void)
{
    unsigned before[MEMBERS];
    uint64_t deadline = clock_ticks() + PROGRESS_MS;
    for (unsigned i = 0; i < MEMBERS; i++)
        before[i] = rounds[i];
    while (!have_all_progressed(before)) {
        if (clock_ticks() > deadline)
            return false;
        thread_sleep_ms(1);
    }
    return true;
}

SELF_TEST(no_thread_is_lost_when_the_policy_changes)
{
    quantum_set_ms(1);
    preemption_set(true);
    start_crowd();
    for (unsigned i = 0; i < 5; i++)
        UNDER_EACH_POLICY(policy)
    EXPECT_UNDER(policy, all_progress());
    end_crowd();
}

SELF_TEST(no_thread_is_lost_when_the_policy_changes_in_cooperative_mode)
{
    start_crowd();
    UNDER_EACH_POLICY(policy)
    EXPECT_UNDER(policy, all_progress());
    end_crowd();
}

SELF_TEST(no_thread_is_lost_when_policies_change_quickly)
{
    preemption_set(true);
    start_crowd();
    for (unsigned i = 0; i < 40; i++)
        UNDER_EACH_POLICY(policy)
    thread_sleep_ms(i % 2 == 0 ? 1 : 0);
    EXPECT(all_progress());
    end_crowd();
}

SELF_TEST(preemption_is_toggled_under_every_policy)
{
    start_crowd();
    UNDER_EACH_POLICY(policy)
    {
        for (unsigned i = 0; i < 20; i++) {
            preemption_set(i % 2 == 0);
            thread_sleep_ms(1);
        }
        EXPECT_UNDER(policy, all_progress());
    }
    end_crowd();
}

/* One that is a policy's own thread itself, and goes through all of them. */
SELF_TEST(a_thread_changes_the_policy_that_it_is_under)
{
    preemption_set(true);
    start_crowd();
    thread_set_priority(thread_self(), THREAD_PRIORITY_DEFAULT);
    UNDER_EACH_POLICY(policy)
    EXPECT_UNDER(policy, all_progress());
    end_crowd();
}

/* --- What is done to threads that are ready -------------------------------------------------- */

enum { READY_THREADS = 24 };

SELF_TEST(ready_threads_are_killed_suspended_and_changed_under_every_policy)
{
    int ready[READY_THREADS];
    stand_above_policies();
    UNDER_EACH_POLICY(policy)
    {
        order_clear();
        for (unsigned i = 0; i < READY_THREADS; i++)
            ready[i] = start(append_letter, LETTER("x"), i * 2);
        for (unsigned i = 0; i < READY_THREADS; i += 4) {
            EXPECT_EQUAL(thread_suspend(ready[i]), 0);
            EXPECT_EQUAL(thread_set_priority(ready[i], 50), 0);
            EXPECT_EQUAL(thread_set_priority(ready[i + 1], 60 - i), 0);
            EXPECT_EQUAL(thread_put_first(ready[i + 2]), 0);
            stop(ready[i + 3]);
        }
        EXPECT_EQUAL(thread_resume(ready[0]), 0);
        stop(ready[4]);
        for (unsigned i = 0; i < READY_THREADS; i++)
            if (i % 4 == 1 || i % 4 == 2 || i == 0)
                finish(ready[i]);
        EXPECT_UNDER(policy, strlen(order_so_far()) == READY_THREADS / 2 + 1);
        for (unsigned i = 8; i < READY_THREADS; i += 4)
            stop(ready[i]);
    }
}

/* A policy with a queue of its own must know where a thread is that goes above it and comes back,
 * waiting or running. */
SELF_TEST(threads_go_above_the_policy_and_come_back)
{
    UNDER_EACH_POLICY(policy)
    {
        order_clear();
        int a = start(append_letter, LETTER("a"), 20);
        int b = start(append_letter, LETTER("b"), 20);
        EXPECT_EQUAL(thread_set_priority(a, THREAD_PRIORITY_HIGHEST), 0);
        stand_above_policies();
        EXPECT_EQUAL(thread_set_priority(a, 10), 0);
        thread_set_priority(thread_self(), THREAD_PRIORITY_DEFAULT);
        EXPECT_EQUAL(thread_set_priority(b, THREAD_PRIORITY_HIGHEST), 0);
        thread_yield();
        EXPECT_UNDER(policy, order_so_far()[0] == 'b');
        finish(a);
        finish(b);
        EXPECT_UNDER(policy, strlen(order_so_far()) == 2);
    }
}

SELF_TEST(a_mutex_lends_weight_under_every_policy)
{
    struct attempt wait = {.operation = lock_and_unlock, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    UNDER_EACH_POLICY(policy)
    {
        mutex_init(&attempted_mutex, NULL);
        EXPECT_EQUAL(mutex_lock(&attempted_mutex, 0), 0);
        int tid = start_waiting(&wait, 50);
        EXPECT_UNDER(policy, thread_get_priority(thread_self()) == 50);
        EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
        EXPECT_UNDER(policy, thread_get_priority(thread_self()) == THREAD_PRIORITY_DEFAULT);
        finish(tid);
        EXPECT_UNDER(policy, wait.result == 0);
    }
}

/* --- Thousands of them ----------------------------------------------------------------------- */

static volatile unsigned ended;

static void yield_and_end(void *argument)
{
    (void)argument;
    thread_yield();
    ended = ended + 1;
}

static void start_many(int *many)
{
    ended = 0;
    for (unsigned i = 0; i < MANY; i++)
        many[i] = start(yield_and_end, NULL, i % THREAD_PRIORITY_HIGHEST);
}

static void finish_many(const int *many)
{
    for (unsigned i = 0; i < MANY; i++)
        finish(many[i]);
    EXPECT_EQUAL(ended, MANY);
}

SELF_TEST(thousands_of_threads_run_and_end_under_every_policy)
{
    static int many[MANY];
    UNDER_EACH_POLICY(policy)
    {
        start_many(many);
        finish_many(many);
    }
}

SELF_TEST(the_policy_changes_with_thousands_of_threads_ready)
{
    static int many[MANY];
    stand_above_policies();
    start_many(many);
    UNDER_EACH_POLICY(policy)
    EXPECT_UNDER(policy, ended == 0);
    finish_many(many);
}
