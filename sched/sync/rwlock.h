/*
 * The reader-writer lock: any number of readers, or one writer. Waiters are served in the order of
 * their priorities, first come first served among equals, readers and writers alike: a reader gets
 * in beside other readers unless a writer that is at least as urgent waits. It does not inherit
 * priorities.
 */
#ifndef AETHEL_SCHED_SYNC_RWLOCK_H
#define AETHEL_SCHED_SYNC_RWLOCK_H

#include <stdint.h>

#include "kernel/locks.h"
#include "sched/thread.h"
#include "sched/wait_queue.h"

/* How many locks one thread can hold for reading at the same time. */
#define RWLOCK_READS_MAX THREAD_READ_LOCKS_MAX

/* The last writer ended without unlocking it. Until the next one, or the last of the next readers,
 * unlocks it. */
#define RWLOCK_WRITER_DEAD (-1)

struct rwlock {
    int writer;       /* tid of the thread that holds it for writing, 0, or RWLOCK_WRITER_DEAD */
    uint32_t readers; /* threads that hold it for reading */
    struct rwlock *next_written; /* held for writing by the same thread */
    struct wait_queue waiters;
    struct lock_record record;
};

/* A lock at file scope: static struct rwlock lock = RWLOCK("name"); */
#define RWLOCK(lock_name)                                                  \
    {                                                                      \
        .waiters = WAIT_QUEUE_OF(WAIT_FOR_RWLOCK, rwlock_waiters_changed), \
        .record = LOCK_RECORD(LOCK_RWLOCK, (lock_name))                    \
    }

/* For RWLOCK(), and for sched/sync/inheritance.c: a waiter has left, or its priority has changed.
 * Whoever the lock is open for now is let in. Interrupts off. */
void rwlock_waiters_changed(struct wait_queue *queue);

/* Makes a free lock. `name` is for `locks` and must live as long as the lock; NULL: it is not
 * listed. Any context. */
void rwlock_init(struct rwlock *lock, const char *name);

/*
 * Take the lock, waiting up to `timeout_ms` (0: only try, WAIT_FOREVER). Block. Return 0,
 * -ERROR_OWNER_DEAD (the caller holds it, but its last writer ended without unlocking it: told to
 * the next writer, or to all the readers that share it next), -ERROR_AGAIN (timeout 0),
 * -ERROR_TIMED_OUT, -ERROR_DEADLOCK (the caller holds it already, either way), -ERROR_DESTROYED,
 * and, for reading, -ERROR_NO_MEMORY (the caller holds RWLOCK_READS_MAX locks for reading).
 * Threads only; misuse: as mutex_lock().
 */
int rwlock_lock_read(struct rwlock *lock, int timeout_ms);
int rwlock_lock_write(struct rwlock *lock, int timeout_ms);

/* Gives it back, held either way. Returns 0, or -ERROR_NOT_PERMITTED if the caller does not hold
 * it: then nothing happens. Does not block. Threads only. */
int rwlock_unlock(struct rwlock *lock);

/* Ends the lock's life before its memory does: waiters, and all who try to take it later, get
 * -ERROR_DESTROYED. Returns 0, or -ERROR_BUSY while anybody holds it. Threads only. */
int rwlock_destroy(struct rwlock *lock);

#endif
