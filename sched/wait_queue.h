/*
 * The wait queue: what lies under everything that blocks. It wakes the most urgent waiter
 * first, first come first served among equals, and carries a result from the waker to the woken.
 */
#ifndef AETHEL_SCHED_WAIT_QUEUE_H
#define AETHEL_SCHED_WAIT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/priority_queue.h"

struct wait_queue {
    struct priority_queue waiters; /* the most urgent first */
};

/* Any context. */
void wait_queue_init(struct wait_queue *queue);

/*
 * Blocks until woken or until `timeout_ms` has passed (0: does not wait, WAIT_FOREVER). To lose no
 * wakeup the caller turns interrupts off (interrupts_save), finds its condition false, and calls
 * this; they are still off when it returns, and the condition has to be tested again. Returns the
 * waker's `result`, -ERROR_AGAIN (timeout 0), or -ERROR_TIMED_OUT. Threads only, no spinlock held,
 * preemption not disabled.
 */
int wait_queue_wait(struct wait_queue *queue, int timeout_ms);

/* Makes the most urgent waiter ready; its wait returns `result`. Returns whether there was one. Any
 * context. */
bool wait_queue_wake_one(struct wait_queue *queue, int result);

/* Wakes all of them, most urgent first. Returns how many. Threads only: takes as long as there are
 * waiters. */
unsigned wait_queue_wake_all(struct wait_queue *queue, int result);

#endif
