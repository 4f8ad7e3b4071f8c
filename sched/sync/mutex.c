/*
 * Mutexes. A free mutex is taken, and one that nobody waits for is given back, by a single
 * compare-and-exchange of the owner's word; all else happens with interrupts off.
 *
 * Invariant, with interrupts on: bit 0 of the word is set if and only if there are waiters; then
 * the holder exists, if only to pass the mutex on, and the mutex is among its contended ones, in
 * the place that the most urgent waiter's priority gives it.
 */
#include "sched/sync/mutex.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "sched/core/core.h"
#include "sched/deadlock.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/thread_table.h"
#include "sched/sync/contended.h"
#include "sched/sync/ending.h"
#include "sched/sync/handover.h"
#include "sched/sync/holder.h"
#include "sched/sync/inheritance.h"
#include "sched/sync/waiting.h"

#define DESTROYED UINT32_MAX /* nobody's word: neither free nor anybody's to unlock */

static struct mutex *mutex_of(struct wait_queue *waiters)
{
    return LIST_ENTRY(waiters, struct mutex, waiters);
}

void mutex_init(struct mutex *mutex, const char *name)
{
    *mutex = (struct mutex)MUTEX(name);
}

int mutex_holder(const struct mutex *mutex)
{
    bool is_held = mutex->owner != DESTROYED && mutex->owner != MUTEX_NEW;
    return is_held ? (int)(mutex->owner >> MUTEX_TID_SHIFT) : 0;
}

/* --- Interrupts off -------------------------------------------------------------------------- */

/* Who ends keeps each mutex that somebody waits for until it has been passed on: whoever wants it
 * meanwhile joins the others, in the order of their urgency. */
struct thread *mutex_holding_thread(const struct mutex *mutex)
{
    int tid = mutex_holder(mutex);
    if (tid > 0 && (mutex->owner & MUTEX_CONTENDED))
        return thread_table_find(tid);
    return thread_table_find_holder(tid);
}

/* The mutex, which nobody holds any more, goes to `thread`, and with it whoever waits. */
static void give(struct mutex *mutex, struct thread *thread)
{
    mutex->owner = thread->lock_word;
    thread->locks_held++;
    lock_note_taken(&mutex->record);
    if (!wait_queue_is_empty(&mutex->waiters))
        contended_join(mutex, thread);
}

/* `holder` gives the mutex to the most urgent waiter, or frees it; its own priority ends being
 * lent before anybody is made ready. */
static void hand_over(struct mutex *mutex, struct thread *holder, int result)
{
    struct thread *next = waiting_first(&mutex->waiters);
    lock_note_released(&mutex->record);
    contended_leave(mutex, holder);
    holder->locks_held--;
    mutex->owner = 0;
    if (next == NULL)
        return;
    lock_note_waited(&mutex->record, next->wants_since);
    waiting_remove(next);
    give(mutex, next);
    inheritance_update(holder);
    next->wait_result = result;
    core_make_ready(next);
}

/* `thread` joins those who wait for the mutex, which somebody holds. */
static void enter(struct mutex *mutex, struct thread *thread)
{
    struct thread *holder = mutex_holding_thread(mutex);
    mutex->record.contentions++;
    trace_contention(mutex->record.name);
    waiting_enter(&mutex->waiters, thread);
    contended_find_place(mutex, holder);
    thread->wanted_lock = &mutex->record;
    thread->wants_since = tsc_read();
    inheritance_update(holder);
    deadlock_report_if_closed(thread);
}

void mutex_waiter_left(struct wait_queue *queue)
{
    struct mutex *mutex = mutex_of(queue);
    struct thread *holder = mutex_holding_thread(mutex);
    contended_find_place(mutex, holder);
    inheritance_update(holder);
}

void mutex_abandon(struct mutex *mutex, struct thread *thread)
{
    hand_over(mutex, thread, -ERROR_OWNER_DEAD);
}

/* Gives the mutex to `thread` if nobody holds it. Returns 0, -ERROR_OWNER_DEAD if somebody did who
 * is no more, or -ERROR_BUSY. */
static int give_if_free(struct mutex *mutex, struct thread *thread)
{
    if (mutex->owner == MUTEX_NEW) {
        mutex->owner = 0;
        locks_list(&mutex->record);
    }
    int result = mutex->owner == 0 ? 0 : -ERROR_OWNER_DEAD;
    if (mutex_holding_thread(mutex) != NULL)
        return -ERROR_BUSY;
    give(mutex, thread);
    return result;
}

static int acquire(struct mutex *mutex, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    if (mutex->waiters.is_destroyed)
        return -ERROR_DESTROYED;
    if (mutex_holding_thread(mutex) == self)
        return -ERROR_DEADLOCK;
    int result = give_if_free(mutex, self);
    if (result != -ERROR_BUSY)
        return result;
    result = waiting_check(&mutex->waiters, timeout_ms);
    if (result != 0)
        return result;
    enter(mutex, self);
    return waiting_block(timeout_ms);
}

int mutex_release_to_wait(struct mutex *mutex)
{
    if (mutex_holder(mutex) != this_cpu()->running->tid)
        return -ERROR_NOT_PERMITTED;
    hand_over(mutex, this_cpu()->running, 0);
    return 0;
}

int mutex_acquire_again(struct mutex *mutex)
{
    return acquire(mutex, WAIT_FOREVER);
}

void mutex_pass_to(struct mutex *mutex, struct thread *thread)
{
    int result = mutex->waiters.is_destroyed ? -ERROR_DESTROYED : give_if_free(mutex, thread);
    if (result == -ERROR_BUSY) {
        enter(mutex, thread);
    } else {
        thread->wait_result = result;
        core_make_ready(thread);
    }
}

/* --- Threads --------------------------------------------------------------------------------- */

/* Apart from the fast path, which so needs no stack frame. */
static __attribute__((noinline)) int lock_slowly(struct mutex *mutex, int timeout_ms)
{
    uint64_t flags = critical_enter();
    this_cpu()->running->locks_held--; /* it was counted, and not taken */
    int result = acquire(mutex, timeout_ms);
    critical_exit(flags);
    return result;
}

/* Counted before it is taken, and taken off the count after it has been given back: so who is
 * killed in between is found to hold one too many, never one too few. */
int mutex_lock(struct mutex *mutex, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    core_assert_may_block();
    self->locks_held++;
    if (!cpu_compare_exchange(&mutex->owner, 0, self->lock_word))
        return lock_slowly(mutex, timeout_ms);
    lock_note_taken(&mutex->record);
    return 0;
}

static __attribute__((noinline)) int unlock_slowly(struct mutex *mutex)
{
    uint64_t flags = critical_enter();
    int result = mutex_release_to_wait(mutex);
    critical_exit(flags);
    return result;
}

/* Once it has been given back, the mutex may be no more: so whatever is to be noted has to be
 * before, and by its holder. */
int mutex_unlock(struct mutex *mutex)
{
    struct thread *self = this_cpu()->running;
    if (__builtin_expect(lock_is_held_longest(&mutex->record), false) ||
        !cpu_compare_exchange(&mutex->owner, self->lock_word, 0))
        return unlock_slowly(mutex);
    self->locks_held--;
    return 0;
}

/* From now on nobody can have the mutex. Returns 0, or -ERROR_BUSY. */
static int close(struct mutex *mutex)
{
    int error = 0;
    uint64_t flags = critical_enter();
    struct thread *holder = mutex_holding_thread(mutex);
    if (holder != NULL && holder != this_cpu()->running) {
        error = -ERROR_BUSY;
    } else {
        if (holder != NULL) {
            contended_leave(mutex, holder);
            holder->locks_held--;
        }
        mutex->owner = DESTROYED;
        mutex->record.magic = 0;
        waiting_close(&mutex->waiters);
        inheritance_update(this_cpu()->running);
    }
    critical_exit(flags);
    return error;
}

/* With preemption off: what the caller was lent ends before the waiters are awake, and nobody kills
 * it in between. */
int mutex_destroy(struct mutex *mutex)
{
    preempt_disable();
    int error = close(mutex);
    if (error == 0)
        wait_queue_wake_all(&mutex->waiters, -ERROR_DESTROYED);
    preempt_enable();
    return error;
}

void mutex_set_inheritance(bool on)
{
    preempt_disable();
    inheritance_set(on);
    for (struct thread *thread = thread_table_next(0); thread != NULL;
         thread = thread_table_next(thread->tid)) {
        uint64_t flags = critical_enter();
        inheritance_update(thread);
        critical_exit(flags);
    }
    preempt_enable();
}

bool mutex_has_inheritance(void)
{
    return inheritance_is_on();
}
