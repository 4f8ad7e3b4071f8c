/*
 * Event flags: 32 bits that threads wait for, any or all of a choice of them.
 */
#ifndef AETHEL_SCHED_SYNC_EVENT_FLAGS_H
#define AETHEL_SCHED_SYNC_EVENT_FLAGS_H

#include <stdint.h>

#include "sched/wait_queue.h"

struct event_flags {
    uint32_t flags;
    struct wait_queue waiters;
};

/* How to wait: one of the first two, and perhaps the third. */
#define EVENT_ANY   0u        /* until at least one of the wanted flags is set */
#define EVENT_ALL   (1u << 0) /* until all of them are set at the same time */
#define EVENT_CLEAR (1u << 1) /* and clear the wanted ones when the wait ends well */

/* Event flags at file scope, all of them clear: static struct event_flags events = EVENT_FLAGS; */
#define EVENT_FLAGS                                          \
    {                                                        \
        .waiters = WAIT_QUEUE_OF(WAIT_FOR_EVENT_FLAGS, NULL) \
    }

/* Makes flags that are all clear. Any context. */
void event_flags_init(struct event_flags *events);

/*
 * Sets the flags in `flags` as well, and wakes everyone whose wait that fulfils, most urgent
 * first; what they asked to be cleared is cleared after all of them were looked at. Returns 0 or
 * -ERROR_DESTROYED. Any context; takes as long as there are waiters, with interrupts off.
 */
int event_flags_set(struct event_flags *events, uint32_t flags);

/* Clears the flags in `flags`. Returns all flags as they were before. Any context. */
uint32_t event_flags_clear(struct event_flags *events, uint32_t flags);

/* The flags that are set. Any context. */
uint32_t event_flags_get(const struct event_flags *events);

/*
 * Waits up to `timeout_ms` (0: only looks, WAIT_FOREVER) for the flags in `wanted`, as `mode` says.
 * Stores all flags as they were when the wait ended where `seen` points, unless that is NULL.
 * Returns 0, -ERROR_INVALID (nothing wanted, unknown mode), -ERROR_AGAIN (timeout 0),
 * -ERROR_TIMED_OUT or -ERROR_DESTROYED. Blocks; with timeout 0 any context. Misuse: as
 * wait_queue_wait().
 */
int event_flags_wait(struct event_flags *events, uint32_t wanted, unsigned mode, int timeout_ms,
                     uint32_t *seen);

/* Ends their life before their memory does: all who wait, or use them later, get
 * -ERROR_DESTROYED. Threads only. */
void event_flags_destroy(struct event_flags *events);

#endif
