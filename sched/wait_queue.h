/*
 * The wait queue: what lies under everything that blocks. It wakes the most urgent waiter
 * first, first come first served among equals, and carries a result from the waker to the woken.
 */
#ifndef AETHEL_SCHED_WAIT_QUEUE_H
#define AETHEL_SCHED_WAIT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/priority_queue.h"

struct thread;

struct wait_queue {
    struct priority_queue waiters; /* the most urgent first */
    uint32_t count;
    bool is_destroyed;
    /*
     * Called, unless NULL, after a waiter has left without having been woken: its time was up, or
     * it was killed. Interrupts off, perhaps in a handler.
     */
    void (*on_leave)(struct wait_queue *queue);
};

/* For static initialisers. */
priority_queue_before wait_queue_is_more_urgent;

#define WAIT_QUEUE(leave_function)                                                     \
    {                                                                                  \
        .waiters = {.before = wait_queue_is_more_urgent}, .on_leave = (leave_function) \
    }

/* Makes an empty queue without on_leave. Any context. */
void wait_queue_init(struct wait_queue *queue);

static inline bool wait_queue_is_empty(const struct wait_queue *queue)
{
    return queue->waiters.root == NULL;
}

/*
 * Blocks until woken or until `timeout_ms` has passed (0: does not wait, WAIT_FOREVER). To lose no
 * wakeup the caller turns interrupts off (interrupts_save), finds its condition false, and calls
 * this; they are still off when it returns, and the condition has to be tested again. Returns the
 * waker's `result`, -ERROR_AGAIN (timeout 0), -ERROR_TIMED_OUT, or -ERROR_DESTROYED. Threads only,
 * no spinlock held, preemption not disabled: else it panics in debug builds, and returns
 * -ERROR_NOT_PERMITTED in others.
 */
int wait_queue_wait(struct wait_queue *queue, int timeout_ms);

/* Makes the most urgent waiter ready; its wait returns `result`. Returns whether there was one. Any
 * context. */
bool wait_queue_wake_one(struct wait_queue *queue, int result);

/*
 * Wakes all that wait now, most urgent first. Returns how many. Any context. In a thread,
 * interrupts are let in between one and the next, and nobody runs before the last is awake.
 */
unsigned wait_queue_wake_all(struct wait_queue *queue, int result);

/* Wakes all with -ERROR_DESTROYED; from now on nobody can wait here. Threads only. */
void wait_queue_destroy(struct wait_queue *queue);

#endif
