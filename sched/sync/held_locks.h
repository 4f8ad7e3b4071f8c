/*
 * Who holds which locks, and what becomes of them when the holder ends. For the rooms of sched/
 * only.
 */
#ifndef AETHEL_SCHED_SYNC_HELD_LOCKS_H
#define AETHEL_SCHED_SYNC_HELD_LOCKS_H

#include <stdbool.h>

#include "kernel/locks.h"
#include "sched/state/control_block.h"
#include "sched/sync/mutex.h"

/* `thread`, a new one that has its tid, can hold locks from now on. */
static inline void held_locks_init(struct thread *thread)
{
    thread->lock_word = (uint32_t)thread->tid << MUTEX_TID_SHIFT;
}

/*
 * The thread that alone holds the mutex, or for writing the reader-writer lock, that `record`
 * belongs to; NULL if nobody does, or who did has ended. Interrupts off.
 */
struct thread *held_lock_holder(const struct lock_record *record);

/* Of held_locks_part_with() the case of a thread that holds some. */
void held_locks_report_and_release(struct thread *thread, bool was_interrupted);

/*
 * Names in the log what `thread`, which is about to end, still holds, and passes it on to those who
 * wait for it. One that was interrupted and has not run since may have stood within taking or
 * giving back a mutex: then one more is counted than it holds. Afterwards no lock names `thread` as
 * one to wait for, and none of their memory is looked at for its sake again. Threads only,
 * preemption off.
 */
static inline void held_locks_part_with(struct thread *thread, bool was_interrupted)
{
    if (thread->locks_held == 0)
        thread->has_passed_locks_on = true;
    else
        held_locks_report_and_release(thread, was_interrupted);
}

#endif
