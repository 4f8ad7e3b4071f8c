/* Killing threads, wherever they stand; the objects they wait for are in test_blocking.c. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

static struct mutex mutex;
static struct rwlock rwlock;

static void expect_killed(int tid)
{
    int status = 0;
    EXPECT_EQUAL(thread_kill(tid), 0);
    EXPECT_STATE(tid, THREAD_ENDED);
    EXPECT_EQUAL(thread_join(tid, 0, &status), 0);
    EXPECT_EQUAL(status, -ERROR_KILLED);
    EXPECT_STATE(tid, -1);
}

SELF_TEST(a_ready_thread_can_be_killed_before_it_ran)
{
    int tids[3];
    for (int i = 0; i < 3; i++)
        tids[i] = start(append_letter, LETTER(&"abc"[i]), THREAD_PRIORITY_DEFAULT);
    expect_killed(tids[1]);
    finish(tids[0]);
    finish(tids[2]);
    EXPECT_ORDER("ac");
}

SELF_TEST(the_only_thread_of_its_priority_can_be_killed)
{
    int tid = start(append_letter, LETTER("x"), 50);
    expect_killed(tid);
    int low = start(append_letter, LETTER("l"), BELOW);
    finish(low);
    EXPECT_ORDER("l");
}

static void yield_for_ever(void *argument)
{
    (void)argument;
    for (;;)
        thread_yield();
}

SELF_TEST(a_thread_that_has_run_and_is_ready_can_be_killed)
{
    int a = start(yield_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    int b = start(yield_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    for (int i = 0; i < 5; i++)
        thread_yield();
    expect_killed(a);
    thread_yield();
    expect_killed(b);
}

static void hold_everything(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), 0);
    thread_sleep_ms(1000);
}

SELF_TEST(what_a_killed_thread_held_is_free)
{
    mutex_init(&mutex, NULL);
    rwlock_init(&rwlock, NULL);
    int tid = start(hold_everything, NULL, THREAD_PRIORITY_DEFAULT);
    wait_until(tid, THREAD_SLEEPING);
    expect_killed(tid);
    EXPECT_EQUAL(mutex_lock(&mutex, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

static struct mutex wanted;

/* Holds one mutex, which somebody waits for, and waits for another. */
static int hold_and_want(int timeout_ms)
{
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    return mutex_lock(&wanted, timeout_ms);
}

static int take_over_and_unlock(int timeout_ms)
{
    int result = mutex_lock(&mutex, timeout_ms);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    return result;
}

SELF_TEST(a_thread_that_holds_and_waits_can_be_killed)
{
    struct attempt both = {.operation = hold_and_want, .letter = 'b', .timeout_ms = WAIT_FOREVER};
    struct attempt wait = {
        .operation = take_over_and_unlock, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    mutex_init(&mutex, NULL);
    mutex_init(&wanted, NULL);
    EXPECT_EQUAL(mutex_lock(&wanted, 0), 0);
    int both_tid = start_waiting(&both, 20);
    int wait_tid = start_waiting(&wait, 40);
    EXPECT_PRIORITY(thread_self(), 40);
    expect_killed(both_tid);
    EXPECT_PRIORITY(thread_self(), THREAD_PRIORITY_DEFAULT);
    finish(wait_tid);
    EXPECT_EQUAL(wait.result, -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&wanted), 0);
    EXPECT_ORDER("w");
}

SELF_TEST(a_thread_that_was_woken_but_has_not_run_can_be_killed)
{
    struct attempt wait = {.operation = wait_for_semaphore, .letter = 'w', .timeout_ms = 5};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, ABOVE);
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
    EXPECT_STATE(tid, THREAD_READY);
    expect_killed(tid);
    thread_sleep_ms(10);
    EXPECT_ORDER("");
}

static int victim_tid;
static int killer_result;

static void kill_the_victim(void *argument)
{
    (void)argument;
    killer_result = thread_kill(victim_tid);
}

static void note_end(void *argument)
{
    (void)argument;
    order_append('e');
}

SELF_TEST(of_two_killers_one_is_told_that_it_came_too_late)
{
    victim_tid = thread_create(&(struct thread_attributes){.name = "victim",
                                                           .entry = yield_for_ever,
                                                           .priority = THREAD_PRIORITY_DEFAULT,
                                                           .on_end = note_end});
    EXPECT(victim_tid > 0);
    int killer = start(kill_the_victim, NULL, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_kill(victim_tid), 0);
    finish(killer);
    EXPECT_EQUAL(killer_result, -ERROR_NOT_FOUND);
    finish(victim_tid);
    EXPECT_ORDER("e");
}

SELF_TEST(a_protected_thread_survives_its_killer)
{
    victim_tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_protect(victim_tid), 0);
    finish(start(kill_the_victim, NULL, ABOVE));
    EXPECT_EQUAL(killer_result, -ERROR_NOT_PERMITTED);
    finish(victim_tid);
    EXPECT_ORDER("x");
}

#if CONFIG_PREEMPT

static void spin_for_ever(void *argument)
{
    volatile uint64_t *count = argument;
    for (;;)
        *count = *count + 1;
}

SELF_TEST(a_running_thread_can_be_killed_by_one_that_preempts_it)
{
    uint64_t count = 0;
    preemption_set(true);
    victim_tid = start(spin_for_ever, &count, BELOW);
    thread_sleep_ms(3);
    EXPECT(count > 0);
    expect_killed(victim_tid);
}

/* The main thread waits for the killer, which comes while the victim runs. */
static void kill_after_a_while(void *argument)
{
    (void)argument;
    thread_sleep_ms(5);
    killer_result = thread_kill(victim_tid);
}

SELF_TEST(a_running_thread_can_be_killed_by_an_alarm_of_another)
{
    uint64_t count = 0;
    preemption_set(true);
    victim_tid = start(spin_for_ever, &count, 10);
    int killer = start(kill_after_a_while, NULL, 20);
    finish(killer);
    EXPECT_EQUAL(killer_result, 0);
    EXPECT(count > 0);
    finish(victim_tid);
}

static void hold_and_spin(void *argument)
{
    EXPECT_EQUAL(mutex_lock(&mutex, 0), 0);
    spin_for_ever(argument);
}

SELF_TEST(a_running_holder_that_is_lent_a_priority_can_be_killed)
{
    uint64_t count = 0;
    struct attempt wait = {
        .operation = take_over_and_unlock, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    mutex_init(&mutex, NULL);
    preemption_set(true);
    victim_tid = start(hold_and_spin, &count, 10);
    thread_sleep_ms(2);
    int killer = start(kill_after_a_while, NULL, 60);
    int waiter = start_attempt(&wait, 50); /* now the victim runs, with priority 50 */
    finish(killer);
    finish(waiter);
    EXPECT_EQUAL(wait.result, -ERROR_OWNER_DEAD);
    finish(victim_tid);
    EXPECT_ORDER("w");
}

static struct semaphore semaphore;

#define VICTIMS 8
#define ROUNDS  20

static void work_with_everything(void *argument)
{
    (void)argument;
    for (;;) {
        int locked = mutex_lock(&mutex, 3);
        thread_yield();
        semaphore_wait(&semaphore, 1);
        if (locked == 0 || locked == -ERROR_OWNER_DEAD)
            EXPECT_EQUAL(mutex_unlock(&mutex), 0);
        semaphore_post(&semaphore);
        int read = rwlock_lock_read(&rwlock, 2);
        for (volatile int delay = 0; delay < 300; delay = delay + 1)
            ;
        if (read == 0 || read == -ERROR_OWNER_DEAD)
            EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
        int written = rwlock_lock_write(&rwlock, 2);
        thread_sleep_ms(1);
        if (written == 0 || written == -ERROR_OWNER_DEAD)
            EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    }
}

SELF_TEST(killing_again_and_again_leaves_everything_usable)
{
    int tids[VICTIMS];
    mutex_init(&mutex, NULL);
    rwlock_init(&rwlock, NULL);
    semaphore_init(&semaphore, 1);
    preemption_set(true);
    quantum_set_ms(1);
    for (int round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < VICTIMS; i++)
            tids[i] = start(work_with_everything, NULL, 10 + i % 3);
        thread_sleep_ms(5 + round % 7);
        for (int i = 0; i < VICTIMS; i++)
            expect_killed(tids[(i * 3 + round) % VICTIMS]);
    }
    int result = mutex_lock(&mutex, 0);
    EXPECT(result == 0 || result == -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    result = rwlock_lock_write(&rwlock, 0);
    EXPECT(result == 0 || result == -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

#endif
