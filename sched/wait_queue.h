/*
 * The wait queue: what lies under everything that blocks. It wakes the most urgent waiter
 * first, first come first served among equals, and carries a result from the waker to the woken.
 */
#ifndef AETHEL_SCHED_WAIT_QUEUE_H
#define AETHEL_SCHED_WAIT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/priority_list.h"

struct thread;

/* What a queue's threads wait for, as the trace tells it. */
enum wait_kind {
    WAIT_FOR_EVENT, /* whatever it is */
    WAIT_FOR_MUTEX,
    WAIT_FOR_RWLOCK,
    WAIT_FOR_SEMAPHORE,
    WAIT_FOR_CONDITION,
    WAIT_FOR_MESSAGE,
    WAIT_FOR_MESSAGE_ROOM,
    WAIT_FOR_EVENT_FLAGS,
    WAIT_FOR_BARRIER,
    WAIT_FOR_MEMORY_BLOCK,
    WAIT_FOR_JOIN,
    WAIT_FOR_INPUT,
    WAIT_FOR_OUTPUT,
    WAIT_KINDS,
};

struct wait_queue {
    struct priority_list waiters; /* the most urgent first */
    uint32_t count;
    bool is_destroyed;
    uint8_t kind; /* enum wait_kind */
    /*
     * Called, unless NULL, after a waiter has left without having been woken: its time was up, or
     * it was killed. Interrupts off, perhaps in a handler.
     */
    void (*on_leave)(struct wait_queue *queue);
};

/* For static initialisers. */
#define WAIT_QUEUE_OF(wait_kind, leave_function)          \
    {                                                     \
        .kind = (wait_kind), .on_leave = (leave_function) \
    }
#define WAIT_QUEUE(leave_function) WAIT_QUEUE_OF(WAIT_FOR_EVENT, leave_function)

/* Makes an empty queue without on_leave. Any context. */
void wait_queue_init(struct wait_queue *queue);

static inline bool wait_queue_is_empty(const struct wait_queue *queue)
{
    return priority_list_is_empty(&queue->waiters);
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
 * context. With interrupts off, a switch that this makes due is taken by interrupts_restore(). */
bool wait_queue_wake_one(struct wait_queue *queue, int result);

/*
 * Wakes all that wait now, most urgent first. Returns how many. Any context. In a thread,
 * interrupts are let in between one and the next, and nobody runs before the last is awake.
 */
unsigned wait_queue_wake_all(struct wait_queue *queue, int result);

/* Wakes all with -ERROR_DESTROYED; from now on nobody can wait here. Threads only. */
void wait_queue_destroy(struct wait_queue *queue);

#endif
