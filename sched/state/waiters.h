/* Who waits in a queue, in the order in which they are to be woken. For the rooms of sched/ only;
 * interrupts off. */
#ifndef AETHEL_SCHED_STATE_WAITERS_H
#define AETHEL_SCHED_STATE_WAITERS_H

#include "sched/state/control_block.h"

static inline struct thread *waiter_of(const struct priority_list_node *node)
{
    return PRIORITY_LIST_ENTRY(node, struct thread, wait_node);
}

static inline unsigned waiter_priority(const struct priority_list_node *node)
{
    return waiter_of(node)->priority;
}

/* Puts `thread`, which waits nowhere else, behind all in `queue` that are as urgent. */
static inline void waiters_add(struct wait_queue *queue, struct thread *thread)
{
    priority_list_insert(&queue->waiters, &thread->wait_node, waiter_priority);
}

/* Takes `thread` out; its priority may have changed since it came. */
static inline void waiters_remove(struct wait_queue *queue, struct thread *thread)
{
    priority_list_remove(&queue->waiters, &thread->wait_node);
}

#endif
