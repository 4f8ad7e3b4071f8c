/* Timers by deadline. */
#include "sched/timer_queue.h"

static bool expires_before(const struct priority_queue_node *first,
                           const struct priority_queue_node *second)
{
    return PRIORITY_QUEUE_ENTRY(first, struct timer, node)->deadline <
           PRIORITY_QUEUE_ENTRY(second, struct timer, node)->deadline;
}

void timer_queue_init(struct timer_queue *queue)
{
    priority_queue_init(&queue->timers, expires_before);
}

void timer_queue_arm(struct timer_queue *queue, struct timer *timer, uint64_t deadline)
{
    timer->deadline = deadline;
    timer->is_armed = true;
    priority_queue_insert(&queue->timers, &timer->node);
}

void timer_queue_cancel(struct timer_queue *queue, struct timer *timer)
{
    if (!timer->is_armed)
        return;
    timer->is_armed = false;
    priority_queue_remove(&queue->timers, &timer->node);
}

struct timer *timer_queue_pop_due(struct timer_queue *queue, uint64_t now)
{
    if (!timer_queue_is_due(queue, now))
        return NULL;
    struct timer *timer =
        PRIORITY_QUEUE_ENTRY(priority_queue_pop(&queue->timers), struct timer, node);
    timer->is_armed = false;
    return timer;
}
