/*
 * The barrier: threads wait for each other, until all of them have come. Then it starts anew.
 */
#ifndef AETHEL_SCHED_SYNC_BARRIER_H
#define AETHEL_SCHED_SYNC_BARRIER_H

#include <stdint.h>

#include "sched/wait_queue.h"

#define BARRIER_LAST 1 /* what barrier_wait() tells the thread that came last */

struct barrier {
    uint32_t threads; /* how many have to come */
    struct wait_queue waiters;
};

/* A barrier at file scope: static struct barrier everybody = BARRIER(4); */
#define BARRIER(how_many)                                                       \
    {                                                                           \
        .threads = (how_many), .waiters = WAIT_QUEUE_OF(WAIT_FOR_BARRIER, NULL) \
    }

/* Makes a barrier for `threads` threads. Returns 0, or -ERROR_INVALID for 0. Any context. */
int barrier_init(struct barrier *barrier, uint32_t threads);

/*
 * Waits up to `timeout_ms` (0: does not wait, WAIT_FOREVER) until as many threads as the barrier is
 * for have come. Returns BARRIER_LAST in the thread that completes them and 0 in the others;
 * -ERROR_AGAIN (timeout 0) or -ERROR_TIMED_OUT: the caller does not count as come any more, unless
 * its time was up while the barrier opened; or -ERROR_DESTROYED. Blocks; misuse: as
 * wait_queue_wait().
 */
int barrier_wait(struct barrier *barrier, int timeout_ms);

/* Ends the barrier's life before its memory does: all who wait, or come later, get
 * -ERROR_DESTROYED. Threads only. */
void barrier_destroy(struct barrier *barrier);

#endif
