/*
 * Who holds which locks, and what becomes of them when the holder ends. For the rooms of sched/
 * only.
 */
#ifndef AETHEL_SCHED_SYNC_HELD_LOCKS_H
#define AETHEL_SCHED_SYNC_HELD_LOCKS_H

#include <stdbool.h>

#include "kernel/locks.h"

struct thread;

/* `thread`, a new one that has its tid, can hold locks from now on. */
void held_locks_init(struct thread *thread);

/*
 * The thread that alone holds the mutex, or for writing the reader-writer lock, that `record`
 * belongs to; NULL if nobody does, or who did has ended. Interrupts off.
 */
struct thread *held_lock_holder(const struct lock_record *record);

/* Names in the log what `thread`, which is about to end, still holds. One that was interrupted and
 * has not run since may have stood within taking or giving back a mutex: then one more is counted
 * than it holds. Threads only, preemption off. */
void held_locks_report(const struct thread *thread, bool was_interrupted);

/* Passes all that `thread` holds on to those who wait for it. Likewise: afterwards no lock names
 * `thread` as one to wait for, and none of their memory is looked at for its sake again. */
void held_locks_release(struct thread *thread);

#endif
