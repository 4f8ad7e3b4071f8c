/*
 * The mutex: one holder at a time, who alone may unlock it.
 *
 * A thread that waits lends its priority to the holder, and to whom that one waits for, and so on
 * (priority inheritance); what was lent ends exactly at the unlock. A mutex that is unlocked is
 * handed to the most urgent waiter, first come first served among equals: nobody can slip in
 * between. A cycle of waiters is reported in the log when it closes (sched/deadlock.h).
 *
 * Mutexes lie where their user wants them, are initialised in place and need no destroying.
 */
#ifndef AETHEL_SCHED_SYNC_MUTEX_H
#define AETHEL_SCHED_SYNC_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/priority_list.h"
#include "kernel/locks.h"
#include "sched/wait_queue.h"

#define MUTEX_TID_SHIFT 1u
#define MUTEX_NEW       (UINT32_MAX - 1) /* free, and nobody has ever locked it */

struct mutex {
    /* The holder's tid << MUTEX_TID_SHIFT, and bit 0 while there are waiters; 0: free. */
    uint32_t owner;
    struct wait_queue waiters;
    struct priority_list_node contended_node; /* among the holder's, while there are waiters */
    uint8_t lent_priority;                    /* the most urgent waiter's, likewise */
    struct lock_record record;
};

/* A mutex at file scope: static struct mutex lock = MUTEX("name"); */
#define MUTEX(lock_name)                                                                 \
    {                                                                                    \
        .owner = MUTEX_NEW, .waiters = WAIT_QUEUE_OF(WAIT_FOR_MUTEX, mutex_waiter_left), \
        .record = LOCK_RECORD(LOCK_MUTEX, (lock_name))                                   \
    }

/* For MUTEX(). */
void mutex_waiter_left(struct wait_queue *queue);

/*
 * Makes a free mutex. `name` is for `locks` and must live as long as the mutex; NULL: it is not
 * listed. Not for one that is held. Any context.
 */
void mutex_init(struct mutex *mutex, const char *name);

/*
 * Takes the mutex, waiting up to `timeout_ms` (0: only tries, WAIT_FOREVER). Blocks. Returns
 *   0                     the caller holds it;
 *   -ERROR_OWNER_DEAD     the caller holds it, but its last holder ended without unlocking: what
 *                         it guards may be half-changed;
 *   -ERROR_AGAIN          timeout 0: somebody else holds it;
 *   -ERROR_TIMED_OUT      nobody unlocked it in time;
 *   -ERROR_DEADLOCK       the caller holds it already;
 *   -ERROR_DESTROYED.
 * Threads only, without spinlocks and with preemption not disabled: else debug builds panic, and
 * others return -ERROR_NOT_PERMITTED where they would have to wait.
 */
int mutex_lock(struct mutex *mutex, int timeout_ms);

/*
 * Gives the mutex to the most urgent waiter, who runs at once if it is more urgent than the
 * caller (under preemption). Returns 0, or -ERROR_NOT_PERMITTED if the caller does not hold it:
 * then nothing happens. Does not block. Threads only.
 */
int mutex_unlock(struct mutex *mutex);

/* The holder's tid, or 0. A holder that ended without unlocking is still named, until the next one
 * comes. Any context. */
int mutex_holder(const struct mutex *mutex);

/*
 * Ends the mutex's life before its memory does: waiters, and all who try to lock it later, get
 * -ERROR_DESTROYED. Returns 0, or -ERROR_BUSY while another thread holds it. Threads only.
 */
int mutex_destroy(struct mutex *mutex);

/*
 * Switches priority inheritance on or off, for all mutexes and at once: it is on after the boot,
 * and off it shows what priority inversion does. Threads only.
 */
void mutex_set_inheritance(bool on);
bool mutex_has_inheritance(void);

#endif
