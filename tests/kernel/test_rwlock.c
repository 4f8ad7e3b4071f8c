/* Reader-writer locks: who gets in beside whom, and in which order. */
#include "sched/sync/rwlock.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct rwlock rwlock;
static struct semaphore gate;

static int read_it(int timeout_ms)
{
    return rwlock_lock_read(&rwlock, timeout_ms);
}

static int write_it(int timeout_ms)
{
    return rwlock_lock_write(&rwlock, timeout_ms);
}

/* One that takes the lock, says so in a small letter, stays inside until the gate opens, and
 * leaves with the capital. */
struct user {
    int (*lock)(int timeout_ms);
    char letter;
    int timeout_ms;
    int result;
};

static void use(void *argument)
{
    struct user *user = argument;
    user->result = user->lock(user->timeout_ms);
    if (user->result != 0 && user->result != -ERROR_OWNER_DEAD)
        return;
    order_append(user->letter);
    EXPECT_EQUAL(semaphore_wait(&gate, WAIT_FOREVER), 0);
    order_append((char)(user->letter - 'a' + 'A'));
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

#define USERS 5

static struct user users[USERS];
static int tids[USERS];

/* Starts user `index`, whose letter follows from that, and returns when it waits for the lock, or
 * is inside and waits at the gate. */
static void start_user(unsigned index, int (*lock)(int timeout_ms), unsigned priority,
                       int timeout_ms)
{
    users[index] = (struct user){.lock = lock,
                                 .letter = (char)('a' + index),
                                 .timeout_ms = timeout_ms,
                                 .result = ATTEMPT_PENDING};
    tids[index] = start(use, &users[index], priority);
    wait_until(tids[index], THREAD_BLOCKED);
}

static void init(void)
{
    rwlock_init(&rwlock, NULL);
    semaphore_init(&gate, 0);
}

/* Lets the users out one by one: who is inside longest leaves first, among equals. */
static void let_out(int count)
{
    for (int i = 0; i < count; i++) {
        EXPECT_EQUAL(semaphore_post(&gate), 0);
        settle();
    }
}

static void expect_free(void)
{
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), 0);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

static void finish_users(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        finish(tids[i]);
    expect_free();
}

SELF_TEST(readers_share_and_a_writer_is_alone)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, read_it, 20, WAIT_FOREVER);
    EXPECT_ORDER("ab");
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), 0);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    let_out(2);
    start_user(2, write_it, 20, WAIT_FOREVER);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 2), -ERROR_TIMED_OUT);
    let_out(1);
    finish_users(3);
    EXPECT_ORDER("abABcC");
}

SELF_TEST(a_rwlock_at_file_scope_needs_no_init)
{
    static struct rwlock at_rest = RWLOCK("at_rest");
    EXPECT_EQUAL(rwlock_lock_read(&at_rest, 0), 0);
    EXPECT_EQUAL(rwlock_unlock(&at_rest), 0);
    EXPECT_EQUAL(rwlock_lock_write(&at_rest, 0), 0);
    EXPECT_EQUAL(rwlock_unlock(&at_rest), 0);
}

SELF_TEST(a_reader_does_not_pass_a_writer_that_waits_and_is_as_urgent)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, write_it, 20, WAIT_FOREVER);
    start_user(2, read_it, 20, WAIT_FOREVER);
    EXPECT_ORDER("a");
    EXPECT_EQUAL(users[2].result, ATTEMPT_PENDING);
    let_out(3);
    finish_users(3);
    EXPECT_ORDER("aAbBcC");
}

SELF_TEST(a_more_urgent_reader_passes_a_writer_that_waits)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, write_it, 20, WAIT_FOREVER);
    start_user(2, read_it, 21, WAIT_FOREVER);
    EXPECT_ORDER("ac");
    let_out(3);
    finish_users(3);
    EXPECT_ORDER("acCAbB");
}

SELF_TEST(waiting_readers_enter_together_up_to_the_next_writer)
{
    init();
    start_user(0, write_it, 20, WAIT_FOREVER);
    start_user(1, read_it, 20, WAIT_FOREVER);
    start_user(2, read_it, 20, WAIT_FOREVER);
    start_user(3, write_it, 20, WAIT_FOREVER);
    start_user(4, read_it, 20, WAIT_FOREVER);
    let_out(1);
    EXPECT_ORDER("aAbc");
    let_out(2);
    EXPECT_ORDER("aAbcBCd");
    let_out(2);
    finish_users(5);
    EXPECT_ORDER("aAbcBCdDeE");
}

SELF_TEST(a_writer_that_gives_up_lets_the_readers_behind_it_in)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, write_it, 20, 10);
    start_user(2, read_it, 20, WAIT_FOREVER);
    EXPECT_ORDER("a");
    finish(tids[1]);
    EXPECT_EQUAL(users[1].result, -ERROR_TIMED_OUT);
    settle();
    EXPECT_ORDER("ac");
    let_out(2);
    finish(tids[0]);
    finish(tids[2]);
    expect_free();
}

SELF_TEST(a_killed_waiting_writer_lets_the_readers_behind_it_in)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, write_it, 20, WAIT_FOREVER);
    start_user(2, read_it, 20, WAIT_FOREVER);
    stop(tids[1]);
    settle();
    EXPECT_ORDER("ac");
    let_out(2);
    finish(tids[0]);
    finish(tids[2]);
    expect_free();
}

SELF_TEST(a_killed_writer_is_told_to_the_next_holder)
{
    init();
    start_user(0, write_it, 20, WAIT_FOREVER);
    start_user(1, read_it, 20, WAIT_FOREVER);
    stop(tids[0]);
    settle();
    EXPECT_EQUAL(users[1].result, -ERROR_OWNER_DEAD);
    let_out(1);
    finish(tids[1]);
    expect_free();
}

SELF_TEST(a_killed_writer_is_told_to_the_next_holder_that_comes)
{
    init();
    start_user(0, write_it, 20, WAIT_FOREVER);
    stop(tids[0]);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    expect_free();
}

SELF_TEST(killed_readers_leave_the_lock)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    start_user(1, read_it, 20, WAIT_FOREVER);
    start_user(2, write_it, 20, WAIT_FOREVER);
    stop(tids[0]);
    settle();
    EXPECT_EQUAL(users[2].result, ATTEMPT_PENDING);
    stop(tids[1]);
    settle();
    EXPECT_EQUAL(users[2].result, 0);
    let_out(1);
    finish(tids[2]);
    expect_free();
}

SELF_TEST(who_holds_a_rwlock_cannot_take_it_again)
{
    init();
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), 0);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), -ERROR_DEADLOCK);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), -ERROR_DEADLOCK);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), 0);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), -ERROR_DEADLOCK);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), -ERROR_DEADLOCK);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    expect_free();
}

SELF_TEST(a_stranger_cannot_unlock_a_rwlock)
{
    init();
    EXPECT_EQUAL(rwlock_unlock(&rwlock), -ERROR_NOT_PERMITTED);
    start_user(0, read_it, 20, WAIT_FOREVER);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), -ERROR_NOT_PERMITTED);
    let_out(1);
    start_user(1, write_it, 20, WAIT_FOREVER);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), -ERROR_NOT_PERMITTED);
    let_out(1);
    finish_users(2);
}

SELF_TEST(a_thread_reads_only_so_many_locks_at_the_same_time)
{
    static struct rwlock locks[RWLOCK_READS_MAX + 1];
    for (unsigned i = 0; i <= RWLOCK_READS_MAX; i++)
        rwlock_init(&locks[i], NULL);
    for (unsigned i = 0; i < RWLOCK_READS_MAX; i++)
        EXPECT_EQUAL(rwlock_lock_read(&locks[i], 0), 0);
    EXPECT_EQUAL(rwlock_lock_read(&locks[RWLOCK_READS_MAX], 0), -ERROR_NO_MEMORY);
    EXPECT_EQUAL(rwlock_lock_write(&locks[RWLOCK_READS_MAX], 0), 0);
    EXPECT_EQUAL(rwlock_unlock(&locks[RWLOCK_READS_MAX]), 0);
    for (unsigned i = 0; i < RWLOCK_READS_MAX; i++)
        EXPECT_EQUAL(rwlock_unlock(&locks[i]), 0);
}

SELF_TEST(a_rwlock_is_not_destroyed_while_somebody_holds_it)
{
    init();
    start_user(0, read_it, 20, WAIT_FOREVER);
    EXPECT_EQUAL(rwlock_destroy(&rwlock), -ERROR_BUSY);
    let_out(1);
    finish(tids[0]);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, 0), 0);
    EXPECT_EQUAL(rwlock_destroy(&rwlock), -ERROR_BUSY);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    EXPECT_EQUAL(rwlock_destroy(&rwlock), 0);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), -ERROR_DESTROYED);
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), -ERROR_DESTROYED);
}

#if CONFIG_PREEMPT

#define ROUNDS 200

static volatile uint64_t one, other;

static void spend_time(void)
{
    for (volatile int delay = 0; delay < 100; delay = delay + 1)
        ;
}

static void change_both(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), 0);
        one = one + 1;
        spend_time();
        other = other + 1;
        EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    }
}

static void compare_both(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), 0);
        uint64_t seen = one;
        spend_time();
        EXPECT_EQUAL(other, seen);
        EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    }
}

SELF_TEST(readers_never_see_a_change_half_made)
{
    init();
    one = other = 0;
    preemption_set(true);
    quantum_set_ms(1);
    for (unsigned i = 0; i < 4; i++)
        tids[i] = start(i < 2 ? change_both : compare_both, NULL, 20);
    finish_users(4);
    EXPECT_EQUAL(one, 2 * ROUNDS);
}

#endif
