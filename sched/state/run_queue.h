/*
 * The run queue: every thread that can run, the running one among them.
 *
 * Each of the 64 levels is a circle of nodes with a pointer to its head; one bitmap says which
 * levels are not empty. Since the running thread stays in the queue, as the head of its level,
 *  - its quantum's end, or its yield, is one step of the circle: the head becomes the tail;
 *  - being preempted by a more urgent thread needs nothing at all: it keeps its place.
 * Every operation takes constant time. The caller has interrupts off.
 */
#ifndef AETHEL_SCHED_STATE_RUN_QUEUE_H
#define AETHEL_SCHED_STATE_RUN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/list.h"

#define RUN_QUEUE_LEVELS 64u

struct run_queue {
    uint64_t levels_in_use; /* bit p: level p has a head */
    uint32_t count;
    struct list_node *heads[RUN_QUEUE_LEVELS]; /* valid only where the bit is set */
};

static inline bool run_queue_has_level(const struct run_queue *queue, unsigned priority)
{
    return queue->levels_in_use >> priority & 1;
}

/* Puts `node`, which is in no queue, behind all others of its priority. */
static inline void run_queue_append(struct run_queue *queue, struct list_node *node,
                                    unsigned priority)
{
    if (run_queue_has_level(queue, priority)) {
        list_insert_before(queue->heads[priority], node);
    } else {
        list_init(node);
        queue->heads[priority] = node;
        queue->levels_in_use |= 1ul << priority;
    }
    queue->count++;
}

/* Puts `node`, which is in no queue, in front of all others of its priority. */
static inline void run_queue_prepend(struct run_queue *queue, struct list_node *node,
                                     unsigned priority)
{
    run_queue_append(queue, node, priority);
    queue->heads[priority] = node;
}

/* Takes `node` out. */
static inline void run_queue_remove(struct run_queue *queue, struct list_node *node,
                                    unsigned priority)
{
    if (list_is_empty(node)) { /* it is alone on its circle */
        queue->levels_in_use &= ~(1ul << priority);
    } else {
        if (queue->heads[priority] == node)
            queue->heads[priority] = node->next;
        list_unlink(node);
    }
    queue->count--;
}

/* `heir`, which is in no queue, takes the place of `node`, which goes. */
static inline void run_queue_replace(struct run_queue *queue, struct list_node *node,
                                     struct list_node *heir, unsigned priority)
{
    if (queue->heads[priority] == node)
        queue->heads[priority] = heir;
    list_insert_after(node, heir);
    list_unlink(node);
}

/* The head of level `priority`, which must not be empty. */
static inline struct list_node *run_queue_head(const struct run_queue *queue, unsigned priority)
{
    return queue->heads[priority];
}

/* The head of level `priority`, which must not be empty, becomes its tail. */
static inline void run_queue_rotate(struct run_queue *queue, unsigned priority)
{
    queue->heads[priority] = queue->heads[priority]->next;
}

/* `node`, which is in level `priority`, goes behind all others there. */
static inline void run_queue_move_back(struct run_queue *queue, struct list_node *node,
                                       unsigned priority)
{
    if (queue->heads[priority] == node) {
        run_queue_rotate(queue, priority);
    } else {
        list_unlink(node);
        list_insert_before(queue->heads[priority], node);
    }
}

/* All nodes of level `from`, which must not be empty, go behind those of level `to`, another one.
 */
static inline void run_queue_splice(struct run_queue *queue, unsigned from, unsigned to)
{
    struct list_node *head = queue->heads[from];
    if (run_queue_has_level(queue, to)) {
        list_join(queue->heads[to], head);
    } else {
        queue->heads[to] = head;
        queue->levels_in_use |= 1ul << to;
    }
    queue->levels_in_use &= ~(1ul << from);
}

static inline bool run_queue_is_empty(const struct run_queue *queue)
{
    return queue->levels_in_use == 0;
}

/* The first node of the most urgent level. The queue must not be empty. */
static inline struct list_node *run_queue_first(const struct run_queue *queue)
{
    return queue->heads[RUN_QUEUE_LEVELS - 1 - (unsigned)__builtin_clzl(queue->levels_in_use)];
}

#endif
