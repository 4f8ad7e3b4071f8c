/*
 * The counting semaphore. A unit that is posted while somebody waits goes to the most urgent
 * waiter, first come first served among equals: nobody can slip in between.
 */
#ifndef AETHEL_SCHED_SYNC_SEMAPHORE_H
#define AETHEL_SCHED_SYNC_SEMAPHORE_H

#include <stdint.h>

#include "sched/wait_queue.h"

#define SEMAPHORE_MAX INT32_MAX

struct semaphore {
    int32_t count; /* units, or -1 while there are waiters */
    struct wait_queue waiters;
};

/* A semaphore at file scope: static struct semaphore free_places = SEMAPHORE(8); */
#define SEMAPHORE(units)                                                                      \
    {                                                                                         \
        .count = (units), .waiters = WAIT_QUEUE_OF(WAIT_FOR_SEMAPHORE, semaphore_waiter_left) \
    }

/* For SEMAPHORE(). */
void semaphore_waiter_left(struct wait_queue *queue);

/* Makes a semaphore of `units` units. Returns 0, or -ERROR_INVALID if that is negative. Any
 * context.
 */
int semaphore_init(struct semaphore *semaphore, int32_t units);

/*
 * Takes one unit, waiting up to `timeout_ms` (0: only tries, WAIT_FOREVER). Returns 0, -ERROR_AGAIN
 * (timeout 0), -ERROR_TIMED_OUT or -ERROR_DESTROYED. Blocks; with timeout 0 any context. Misuse: as
 * wait_queue_wait().
 */
int semaphore_wait(struct semaphore *semaphore, int timeout_ms);

/* Gives one unit. Returns 0, -ERROR_OVERFLOW above SEMAPHORE_MAX, or -ERROR_DESTROYED. Any context.
 */
int semaphore_post(struct semaphore *semaphore);

/* The units that are free; 0 while somebody waits. Any context. */
int32_t semaphore_count(const struct semaphore *semaphore);

/* Ends the semaphore's life before its memory does: all who wait, or use it later, get
 * -ERROR_DESTROYED. Threads only. */
void semaphore_destroy(struct semaphore *semaphore);

#endif
