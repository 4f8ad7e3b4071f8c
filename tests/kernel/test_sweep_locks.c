/* The interruption sweep over what threads hold: mutexes, with conditions, and reader-writer locks.
 */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/sync/condition.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "tests/kernel/sweep.h"

/* With names: of those without, the log of an end says only how many there were, after a long look
 * at all that have one. */
static struct mutex mutex, other_mutex;
static struct condition condition;
static struct rwlock rwlock;

static bool is_alive(int tid)
{
    int state = state_of(tid);
    return state >= 0 && state != THREAD_ENDED;
}

/* --- Who is inside ---------------------------------------------------------------------------- */

static int inside; /* who went in last, and has not come out or has ended in there */

static void go_in_and_out(void)
{
    EXPECT(inside == 0 || !is_alive(inside));
    inside = thread_self();
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    inside = 0;
}

static bool has(int result)
{
    return result == 0 || result == -ERROR_OWNER_DEAD;
}

static void take_and_give_back(void *unused)
{
    (void)unused;
    if (!has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        return;
    go_in_and_out();
    mutex_unlock(&mutex);
}

static void wait_for_the_condition(void *unused)
{
    (void)unused;
    if (!has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        return;
    condition_wait(&condition, &mutex, SWEEP_PATIENCE_MS);
    if (mutex_holder(&mutex) != thread_self())
        return;
    go_in_and_out();
    mutex_unlock(&mutex);
}

static void init_mutexes(void)
{
    inside = 0;
    mutex_init(&mutex, "swept");
    mutex_init(&other_mutex, "other");
    condition_init(&condition);
}

static void signal_condition(void)
{
    condition_signal(&condition);
}

/* A mutex that nobody alive holds has no waiters. */
static bool mutex_is_at_rest(void)
{
    return wait_queue_is_empty(&mutex.waiters) || is_alive(mutex_holder(&mutex));
}

static void let_all_go(void)
{
    condition_broadcast(&condition);
    condition_destroy(&condition);
}

/* --- Mutexes ---------------------------------------------------------------------------------- */

static void lock_and_unlock_mutex(void)
{
    if (!has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        return;
    go_in_and_out();
    mutex_unlock(&mutex);
}

SWEEP(a_free_mutex_taken_and_given_back, .prepare = init_mutexes,
      .operation = lock_and_unlock_mutex, .is_sound = mutex_is_at_rest)

/* The holder goes on only when the subject waits. */
static void hold_for_a_while(void *unused)
{
    (void)unused;
    EXPECT(has(mutex_lock(&mutex, 0)));
    inside = thread_self();
    thread_set_priority(thread_self(), SWEEP_BELOW);
    inside = 0;
    mutex_unlock(&mutex);
}

static void hold_below(void)
{
    init_mutexes();
    sweep_cast(hold_for_a_while, NULL, SWEEP_ABOVE);
}

SWEEP(a_mutex_waited_for, .prepare = hold_below, .operation = lock_and_unlock_mutex,
      .is_sound = mutex_is_at_rest)

/* The subject holds the mutex; one waits for the condition, and two for the mutex. */
static void hold_what_three_want(void)
{
    init_mutexes();
    sweep_cast(wait_for_the_condition, NULL, SWEEP_ABOVE);
    EXPECT(has(mutex_lock(&mutex, 0)));
    sweep_cast(take_and_give_back, NULL, SWEEP_ABOVE);
    sweep_cast(take_and_give_back, NULL, SWEEP_BELOW);
    sweep_settle();
}

static void unlock_mutex(void)
{
    mutex_unlock(&mutex);
}

SWEEP(a_contended_mutex_given_back, .prepare = hold_what_three_want, .operation = unlock_mutex,
      .signal = signal_condition, .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void destroy_mutex(void)
{
    mutex_destroy(&mutex);
}

static bool mutex_is_gone_or_at_rest(void)
{
    return mutex.waiters.is_destroyed ? wait_queue_is_empty(&mutex.waiters) : mutex_is_at_rest();
}

SWEEP(a_mutex_destroyed, .prepare = hold_what_three_want, .operation = destroy_mutex,
      .is_sound = mutex_is_gone_or_at_rest, .clean_up = let_all_go)

/* The subject holds one, which the first wants, and wants the other, whose holder waits for the
 * first. */
static void take_both(void *unused)
{
    (void)unused;
    if (!has(mutex_lock(&other_mutex, SWEEP_PATIENCE_MS)))
        return;
    if (has(mutex_lock(&mutex, SWEEP_PATIENCE_MS))) {
        go_in_and_out();
        mutex_unlock(&mutex);
    }
    mutex_unlock(&other_mutex);
}

static void stand_in_a_chain(void)
{
    init_mutexes();
    EXPECT(has(mutex_lock(&mutex, 0)));
    sweep_cast(take_both, NULL, SWEEP_ABOVE);
    sweep_cast(take_both, NULL, SWEEP_ABOVE);
    sweep_cast(take_and_give_back, NULL, SWEEP_BELOW);
    sweep_settle();
}

SWEEP(a_mutex_at_the_end_of_a_chain, .prepare = stand_in_a_chain, .operation = unlock_mutex,
      .is_sound = mutex_is_at_rest)

static void end_as_the_holder(void)
{
    thread_exit(0);
}

SWEEP(the_end_of_a_holder, .prepare = hold_what_three_want, .operation = end_as_the_holder,
      .signal = signal_condition, .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void change_inheritance(void)
{
    mutex_set_inheritance(false);
    mutex_set_inheritance(true);
    mutex_unlock(&mutex);
}

static void have_inheritance_again(void)
{
    mutex_set_inheritance(true);
}

static void let_all_inherit_and_go(void)
{
    have_inheritance_again();
    let_all_go();
}

SWEEP(inheritance_switched, .prepare = hold_what_three_want, .operation = change_inheritance,
      .clean_up = let_all_inherit_and_go)

/* --- Conditions ------------------------------------------------------------------------------- */

static void two_wait_for_the_condition(void)
{
    init_mutexes();
    sweep_cast(wait_for_the_condition, NULL, SWEEP_ABOVE);
    sweep_cast(wait_for_the_condition, NULL, SWEEP_BELOW);
    sweep_settle();
}

static void signal_twice(void)
{
    condition_signal(&condition);
    condition_broadcast(&condition);
}

SWEEP(a_condition_signalled, .prepare = two_wait_for_the_condition, .operation = signal_twice,
      .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void signal_as_the_holder(void)
{
    if (!has(mutex_lock(&mutex, SWEEP_PATIENCE_MS)))
        return;
    condition_broadcast(&condition);
    go_in_and_out();
    mutex_unlock(&mutex);
}

SWEEP(a_condition_signalled_by_the_holder, .prepare = two_wait_for_the_condition,
      .operation = signal_as_the_holder, .signal = signal_condition, .is_sound = mutex_is_at_rest,
      .clean_up = let_all_go)

static void wait_as_well(void)
{
    wait_for_the_condition(NULL);
}

SWEEP(a_condition_waited_for, .prepare = two_wait_for_the_condition, .operation = wait_as_well,
      .signal = signal_condition, .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

static void destroy_condition(void)
{
    condition_destroy(&condition);
}

SWEEP(a_condition_destroyed, .prepare = two_wait_for_the_condition, .operation = destroy_condition,
      .is_sound = mutex_is_at_rest, .clean_up = let_all_go)

/* --- Reader-writer locks ---------------------------------------------------------------------- */

static void read_once(void *unused)
{
    (void)unused;
    if (has(rwlock_lock_read(&rwlock, SWEEP_PATIENCE_MS)))
        rwlock_unlock(&rwlock);
}

static void write_once(void *unused)
{
    (void)unused;
    if (has(rwlock_lock_write(&rwlock, SWEEP_PATIENCE_MS)))
        rwlock_unlock(&rwlock);
}

/* Nobody waits for what is free, nor the first waiter to read beside readers. */
static bool rwlock_is_at_rest(void)
{
    if (wait_queue_is_empty(&rwlock.waiters))
        return true;
    return rwlock.readers > 0 || (rwlock.writer > 0 && is_alive(rwlock.writer));
}

static void init_rwlock(void)
{
    rwlock_init(&rwlock, "swept");
}

static void wait_behind_the_subject(void)
{
    sweep_cast(write_once, NULL, SWEEP_ABOVE);
    sweep_cast(read_once, NULL, SWEEP_BELOW);
    sweep_cast(read_once, NULL, SWEEP_BELOW);
    sweep_settle();
}

static void read_before_others(void)
{
    init_rwlock();
    EXPECT(has(rwlock_lock_read(&rwlock, 0)));
    wait_behind_the_subject();
}

static void write_before_others(void)
{
    init_rwlock();
    EXPECT(has(rwlock_lock_write(&rwlock, 0)));
    wait_behind_the_subject();
}

static void unlock_rwlock(void)
{
    rwlock_unlock(&rwlock);
}

SWEEP(a_reader_that_leaves, .prepare = read_before_others, .operation = unlock_rwlock,
      .is_sound = rwlock_is_at_rest)
SWEEP(a_writer_that_leaves, .prepare = write_before_others, .operation = unlock_rwlock,
      .is_sound = rwlock_is_at_rest)
SWEEP(a_reader_that_ends, .prepare = read_before_others, .operation = end_as_the_holder,
      .is_sound = rwlock_is_at_rest)
SWEEP(a_writer_that_ends, .prepare = write_before_others, .operation = end_as_the_holder,
      .is_sound = rwlock_is_at_rest)

static void read_for_a_while(void *unused)
{
    (void)unused;
    EXPECT(has(rwlock_lock_read(&rwlock, 0)));
    thread_set_priority(thread_self(), SWEEP_BELOW);
    rwlock_unlock(&rwlock);
}

static void a_reader_is_there(void)
{
    init_rwlock();
    sweep_cast(read_for_a_while, NULL, SWEEP_ABOVE);
}

static void read_and_write(void)
{
    read_once(NULL);
    write_once(NULL);
}

SWEEP(a_lock_read_and_written, .prepare = a_reader_is_there, .operation = read_and_write,
      .is_sound = rwlock_is_at_rest)

static void destroy_rwlock(void)
{
    EXPECT_EQUAL(rwlock_destroy(&rwlock), 0);
}

SWEEP(a_lock_destroyed, .prepare = init_rwlock, .operation = destroy_rwlock)
