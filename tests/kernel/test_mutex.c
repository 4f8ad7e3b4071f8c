/* Mutexes: who may lock and unlock, handing over, and holders that end. */
#include "sched/sync/mutex.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/sync/rwlock.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct mutex mutex;

static int lock_it(int timeout_ms)
{
    return mutex_lock(&mutex, timeout_ms);
}

static int unlock_it(int unused)
{
    (void)unused;
    return mutex_unlock(&mutex);
}

static int lock_and_unlock(int timeout_ms)
{
    int result = mutex_lock(&mutex, timeout_ms);
    if (result == 0 || result == -ERROR_OWNER_DEAD)
        EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    return result;
}

/* Runs `operation` in a thread of its own, and returns its result. */
static int in_another_thread(int (*operation)(int timeout_ms), int timeout_ms)
{
    struct attempt attempt = {.operation = operation, .letter = 'o', .timeout_ms = timeout_ms};
    finish(start_attempt(&attempt, THREAD_PRIORITY_DEFAULT));
    return attempt.result;
}

static void expect_free(void)
{
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
}

SELF_TEST(a_mutex_knows_its_holder)
{
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    expect_free();
}

SELF_TEST(a_mutex_at_file_scope_needs_no_init)
{
    static struct mutex at_rest = MUTEX("at_rest");
    EXPECT_EQUAL(mutex_lock(&at_rest, 0), 0);
    EXPECT_EQUAL(mutex_holder(&at_rest), thread_self());
    EXPECT_EQUAL(mutex_unlock(&at_rest), 0);
}

SELF_TEST(a_stranger_cannot_unlock)
{
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_unlock(&mutex), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(in_another_thread(unlock_it, 0), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    EXPECT_EQUAL(mutex_unlock(&mutex), -ERROR_NOT_PERMITTED);
}

SELF_TEST(a_waiter_cannot_unlock)
{
    struct attempt wait = {.operation = lock_and_unlock, .timeout_ms = WAIT_FOREVER};
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    int waiter = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(in_another_thread(unlock_it, 0), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    finish(waiter);
    expect_free();
}

SELF_TEST(the_holder_cannot_lock_twice)
{
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_DEADLOCK);
    EXPECT_EQUAL(mutex_lock(&mutex, 5), -ERROR_DEADLOCK);
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), -ERROR_DEADLOCK);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    expect_free();
}

SELF_TEST(an_unlocked_mutex_belongs_to_the_waiter_at_once)
{
    struct attempt wait = {.operation = lock_and_unlock, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    int waiter = start_waiting(&wait, 10);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    EXPECT_EQUAL(mutex_holder(&mutex), waiter);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_AGAIN);
    EXPECT_ORDER("");
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    order_append('m');
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    finish(waiter);
    EXPECT_ORDER("wm");
}

SELF_TEST(a_holder_that_locks_again_queues_behind_the_waiters)
{
    struct attempt waits[2];
    int tids[2];
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    for (int i = 0; i < 2; i++) {
        waits[i] = (struct attempt){
            .operation = lock_and_unlock, .letter = (char)('a' + i), .timeout_ms = WAIT_FOREVER};
        tids[i] = start_waiting(&waits[i], THREAD_PRIORITY_DEFAULT);
    }
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    order_append('m');
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    for (int i = 0; i < 2; i++)
        finish(tids[i]);
    EXPECT_ORDER("abm");
}

SELF_TEST(a_mutex_that_its_last_holder_did_not_unlock_says_so)
{
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(in_another_thread(lock_it, 0), 0); /* and it ends holding it */
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    expect_free();
}

/* Holds the mutex until it is killed, or resumed. */
static void hold_it(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    thread_suspend(thread_self());
}

static int start_holder(unsigned priority)
{
    mutex_init(&mutex, NULL);
    int holder = start(hold_it, NULL, priority);
    wait_until(holder, THREAD_SUSPENDED);
    return holder;
}

SELF_TEST(a_killed_holder_leaves_a_free_mutex_that_says_so)
{
    stop(start_holder(THREAD_PRIORITY_DEFAULT));
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    expect_free();
}

static void expect_inherited_from(int holder, void (*end)(int tid))
{
    struct attempt first = {
        .operation = lock_and_unlock, .letter = 'f', .timeout_ms = WAIT_FOREVER};
    struct attempt second = first;
    second.letter = 's';
    int second_tid = start_waiting(&second, 20);
    int first_tid = start_waiting(&first, 25);
    EXPECT_PRIORITY(holder, 25);
    end(holder);
    finish(first_tid);
    finish(second_tid);
    EXPECT_EQUAL(first.result, -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(second.result, 0);
    EXPECT_ORDER("fs");
    expect_free();
}

SELF_TEST(the_waiters_of_a_killed_holder_get_its_mutex)
{
    expect_inherited_from(start_holder(10), stop);
}

static void let_end(int tid)
{
    EXPECT_EQUAL(thread_resume(tid), 0);
    finish(tid);
}

SELF_TEST(the_waiters_of_a_holder_that_ends_get_its_mutex)
{
    expect_inherited_from(start_holder(10), let_end);
}

#define HELD 5

static struct mutex held[HELD];

static void hold_several(void *argument)
{
    (void)argument;
    for (int i = 0; i < HELD; i++)
        EXPECT_EQUAL(mutex_lock(&held[i], 0), 0);
    thread_exit(0);
}

SELF_TEST(all_mutexes_of_a_thread_that_ends_are_free)
{
    for (int i = 0; i < HELD; i++)
        mutex_init(&held[i], NULL);
    finish(start(hold_several, NULL, THREAD_PRIORITY_DEFAULT));
    for (int i = 0; i < HELD; i++) {
        EXPECT_EQUAL(mutex_lock(&held[i], 0), -ERROR_OWNER_DEAD);
        EXPECT_EQUAL(mutex_unlock(&held[i]), 0);
    }
}

SELF_TEST(a_mutex_is_not_destroyed_while_another_holds_it)
{
    int holder = start_holder(THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(mutex_destroy(&mutex), -ERROR_BUSY);
    stop(holder);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    EXPECT_EQUAL(mutex_destroy(&mutex), 0);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_DESTROYED);
    mutex_init(&mutex, NULL);
    expect_free();
}

#if CONFIG_PREEMPT

static struct rwlock rwlock;

static void hold_both_and_end(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), 0);
    EXPECT_EQUAL(thread_suspend(thread_self()), 0);
}

static int lock_one_after_the_other(int timeout_ms)
{
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, timeout_ms), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    return lock_and_unlock(timeout_ms);
}

/* The waiter is let in by the holder's end, and runs, before that is over: then it wants the other
 * lock, which nobody waited for until now. */
SELF_TEST(a_mutex_wanted_while_its_holder_ends_is_passed_on)
{
    struct attempt wait = {.operation = lock_one_after_the_other, .letter = 'w', .timeout_ms = 100};
    mutex_init(&mutex, NULL);
    rwlock_init(&rwlock, NULL);
    preemption_set(true);
    int holder = start(hold_both_and_end, NULL, 20);
    wait_until(holder, THREAD_SUSPENDED);
    int waiter = start_waiting(&wait, 25);
    EXPECT_EQUAL(thread_resume(holder), 0);
    finish(waiter);
    EXPECT_EQUAL(wait.result, -ERROR_OWNER_DEAD);
    finish(holder);
}

#define COUNTERS 4
#define COUNTS   200

static volatile uint64_t counted;

static void count_under_the_mutex(void *argument)
{
    (void)argument;
    for (int i = 0; i < COUNTS; i++) {
        EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
        uint64_t seen = counted;
        for (volatile int delay = 0; delay < 200; delay = delay + 1)
            ;
        counted = seen + 1;
        EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    }
}

SELF_TEST(what_is_counted_under_a_mutex_is_exact)
{
    int tids[COUNTERS];
    mutex_init(&mutex, NULL);
    counted = 0;
    preemption_set(true);
    quantum_set_ms(1);
    for (int i = 0; i < COUNTERS; i++)
        tids[i] = start(count_under_the_mutex, NULL, THREAD_PRIORITY_DEFAULT - 1);
    for (int i = 0; i < COUNTERS; i++)
        finish(tids[i]);
    EXPECT_EQUAL(counted, COUNTERS * COUNTS);
    expect_free();
}

#endif
