/*
 * Reader-writer locks. A waiter's wait_data is the lock if it wants to write, else NULL.
 *
 * A thread's control block names the locks that it holds: those for reading in a small array, those
 * for writing in a chain through the locks.
 *
 * Invariant, with preemption on: the most urgent waiter cannot share the lock with those who hold
 * it. Nobody waits for a free lock.
 */
#include "sched/sync/rwlock.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/list.h"
#include "sched/core/core.h"
#include "sched/deadlock.h"
#include "sched/observe/trace_ring.h"
#include "sched/sync/ending.h"
#include "sched/sync/waiting.h"

void rwlock_init(struct rwlock *lock, const char *name)
{
    *lock = (struct rwlock)RWLOCK(name);
}

/* --- Interrupts off -------------------------------------------------------------------------- */

/* Where `thread` has noted that it reads `lock`, or NULL. A free place is where it reads NULL. */
static struct rwlock **find_read(struct thread *thread, const struct rwlock *lock)
{
    for (unsigned i = 0; i < RWLOCK_READS_MAX; i++) {
        if (thread->read_locks[i] == lock)
            return &thread->read_locks[i];
    }
    return NULL;
}

static bool is_held_by(const struct rwlock *lock, struct thread *thread)
{
    return lock->writer == thread->tid || find_read(thread, lock) != NULL;
}

/* Whether those who hold the lock would let one more in. */
static bool is_open(const struct rwlock *lock, bool to_write)
{
    return lock->writer <= 0 && (!to_write || lock->readers == 0);
}

static void add_writer(struct rwlock *lock, struct thread *thread)
{
    lock->writer = thread->tid;
    lock->next_written = thread->written_locks;
    thread->written_locks = lock;
    lock_note_taken(&lock->record);
}

/* A hold that readers share is measured from the first one's coming to the last one's leaving. */
static void add_reader(struct rwlock *lock, struct thread *thread)
{
    *find_read(thread, NULL) = lock;
    if (lock->readers++ == 0)
        lock_note_taken(&lock->record);
    else
        lock->record.acquisitions++;
}

/* `thread`, which has a place for it, holds the lock now. Returns what it is to be told. */
static int grant(struct rwlock *lock, struct thread *thread, bool to_write)
{
    int result = lock->writer == RWLOCK_WRITER_DEAD ? -ERROR_OWNER_DEAD : 0;
    locks_list_if_new(&lock->record);
    if (to_write)
        add_writer(lock, thread);
    else
        add_reader(lock, thread);
    thread->locks_held++;
    return result;
}

static void remove_writer(struct rwlock *lock, struct thread *thread)
{
    struct rwlock **link = &thread->written_locks;
    while (*link != lock)
        link = &(*link)->next_written;
    *link = lock->next_written;
}

static void remove_reader(struct rwlock *lock, struct thread *thread)
{
    *find_read(thread, lock) = NULL;
    lock->readers--;
}

/* `thread` does not hold the lock any more. */
static void take_back(struct rwlock *lock, struct thread *thread)
{
    if (lock->writer == thread->tid)
        remove_writer(lock, thread);
    else
        remove_reader(lock, thread);
    thread->locks_held--;
    if (lock->readers > 0)
        return;
    lock->writer = 0;
    lock_note_released(&lock->record);
}

/* Lets the most urgent waiter in. Returns false if there is none, or it has to wait on. */
static bool admit_first(struct rwlock *lock)
{
    struct thread *thread = waiting_first(&lock->waiters);
    if (thread == NULL || !is_open(lock, thread->wait_data != NULL))
        return false;
    lock_note_waited(&lock->record, thread->wants_since);
    waiting_wake(thread, grant(lock, thread, thread->wait_data != NULL));
    return true;
}

/* A writer that leaves, or is not the most urgent any more, may have been what kept readers out. */
void rwlock_waiters_changed(struct wait_queue *queue)
{
    struct rwlock *lock = LIST_ENTRY(queue, struct rwlock, waiters);
    while (admit_first(lock))
        ;
}

/* Whether the caller comes before all who wait. */
static bool is_most_urgent(const struct rwlock *lock)
{
    const struct thread *first = waiting_first(&lock->waiters);
    return first == NULL || first->priority < this_cpu()->running->priority;
}

static int wait_for(struct rwlock *lock, bool to_write, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    int error = waiting_check(&lock->waiters, timeout_ms);
    if (error != 0)
        return error;
    lock->record.contentions++;
    trace_contention(lock->record.name);
    self->wait_data = to_write ? lock : NULL;
    waiting_enter(&lock->waiters, self);
    self->wanted_lock = &lock->record;
    self->wants_since = tsc_read();
    deadlock_report_if_closed(self);
    return waiting_block(timeout_ms);
}

static int acquire(struct rwlock *lock, bool to_write, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    if (lock->waiters.is_destroyed)
        return -ERROR_DESTROYED;
    if (is_held_by(lock, self))
        return -ERROR_DEADLOCK;
    if (!to_write && find_read(self, NULL) == NULL)
        return -ERROR_NO_MEMORY;
    if (is_open(lock, to_write) && is_most_urgent(lock))
        return grant(lock, self, to_write);
    return wait_for(lock, to_write, timeout_ms);
}

/* --- Threads, preemption off ------------------------------------------------------------------ */

/* Lets in all that the lock is open for. Interrupts are let in between one and the next. */
static void admit(struct rwlock *lock)
{
    bool was_admitted;
    do {
        uint64_t flags = critical_enter();
        was_admitted = admit_first(lock);
        critical_exit(flags);
    } while (was_admitted);
}

/* `thread`, which ends, passes the lock on. */
static void abandon(struct rwlock *lock, struct thread *thread)
{
    uint64_t flags = critical_enter();
    bool was_writing = lock->writer == thread->tid;
    take_back(lock, thread);
    if (was_writing)
        lock->writer = RWLOCK_WRITER_DEAD;
    critical_exit(flags);
    admit(lock);
}

/* --- Threads --------------------------------------------------------------------------------- */

static int lock_either_way(struct rwlock *lock, bool to_write, int timeout_ms)
{
    core_assert_may_block();
    uint64_t flags = critical_enter();
    int result = acquire(lock, to_write, timeout_ms);
    critical_exit(flags);
    return result;
}

int rwlock_lock_read(struct rwlock *lock, int timeout_ms)
{
    return lock_either_way(lock, false, timeout_ms);
}

int rwlock_lock_write(struct rwlock *lock, int timeout_ms)
{
    return lock_either_way(lock, true, timeout_ms);
}

int rwlock_unlock(struct rwlock *lock)
{
    struct thread *self = this_cpu()->running;
    preempt_disable();
    uint64_t flags = critical_enter();
    bool is_holder = is_held_by(lock, self);
    if (is_holder)
        take_back(lock, self);
    critical_exit(flags);
    if (is_holder)
        admit(lock);
    preempt_enable();
    return is_holder ? 0 : -ERROR_NOT_PERMITTED;
}

int rwlock_destroy(struct rwlock *lock)
{
    uint64_t flags = critical_enter();
    bool is_free = is_open(lock, true);
    if (is_free) { /* and so nobody waits */
        lock->record.magic = 0;
        waiting_close(&lock->waiters);
    }
    critical_exit(flags);
    return is_free ? 0 : -ERROR_BUSY;
}

void rwlock_release_all(struct thread *thread)
{
    preempt_disable();
    while (thread->written_locks != NULL)
        abandon(thread->written_locks, thread);
    for (unsigned i = 0; i < RWLOCK_READS_MAX; i++) {
        if (thread->read_locks[i] != NULL)
            abandon(thread->read_locks[i], thread);
    }
    preempt_enable();
}
