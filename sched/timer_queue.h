/*
 * Timers in the order of their deadlines; among equal deadlines the one armed first expires
 * first. Asking whether one is due takes constant time, arming and cancelling O(log n).
 * Pure data structure: the caller has interrupts off, and says what time it is.
 */
#ifndef AETHEL_SCHED_TIMER_QUEUE_H
#define AETHEL_SCHED_TIMER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/priority_queue.h"

struct timer {
    struct priority_queue_node node;
    void (*expire)(struct timer *timer); /* interrupt context; the timer is no longer armed */
};

/* As late as that never comes, and what is later counts as that. */
#define TIMER_NEVER (UINT64_MAX / 2)

struct timer_queue {
    struct priority_queue timers;
};

/* Starts without timers. */
void timer_queue_init(struct timer_queue *queue);

/* Whether `timer` is armed. */
static inline bool timer_is_armed(const struct timer *timer)
{
    return priority_queue_has(&timer->node);
}

/* The absolute tick for which `timer` is armed, or was armed last. */
static inline uint64_t timer_deadline(const struct timer *timer)
{
    return timer->node.key;
}

/* Arms `timer`, which must not be armed, to expire at tick `deadline`. */
void timer_queue_arm(struct timer_queue *queue, struct timer *timer, uint64_t deadline);

/* Disarms `timer`; one that is not armed stays as it is. */
void timer_queue_cancel(struct timer_queue *queue, struct timer *timer);

/* Takes out the first timer whose deadline is `now` or earlier; NULL when none is. */
struct timer *timer_queue_pop_due(struct timer_queue *queue, uint64_t now);

/* The deadline of the first timer, or UINT64_MAX when none is armed. */
static inline uint64_t timer_queue_next_deadline(const struct timer_queue *queue)
{
    const struct priority_queue_node *first = priority_queue_first(&queue->timers);
    return first != NULL ? first->key : UINT64_MAX;
}

/* Whether a timer is due at `now`. */
static inline bool timer_queue_is_due(const struct timer_queue *queue, uint64_t now)
{
    return !priority_queue_is_empty(&queue->timers) && timer_queue_next_deadline(queue) <= now;
}

#endif
