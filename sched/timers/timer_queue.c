/* Timers by deadline. */
#include "sched/timer_queue.h"

void timer_queue_init(struct timer_queue *queue)
{
    *queue = (struct timer_queue){0};
}

void timer_queue_arm(struct timer_queue *queue, struct timer *timer, uint64_t deadline)
{
    uint64_t key = deadline < TIMER_NEVER ? deadline : TIMER_NEVER;
    priority_queue_insert(&queue->timers, &timer->node, key);
}

void timer_queue_cancel(struct timer_queue *queue, struct timer *timer)
{
    if (timer_is_armed(timer))
        priority_queue_remove(&queue->timers, &timer->node);
}

struct timer *timer_queue_pop_due(struct timer_queue *queue, uint64_t now)
{
    if (!timer_queue_is_due(queue, now))
        return NULL;
    return PRIORITY_QUEUE_ENTRY(priority_queue_pop(&queue->timers), struct timer, node);
}
