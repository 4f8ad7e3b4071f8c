/*
 * A priority queue of nodes that live inside the objects they queue: the node of the least key
 * comes out first. Nodes of equal keys come out in the order they went in. Keys may wrap round:
 * what counts is the difference, which must be less than 2^63 for any two that are in the queue.
 *
 * Nothing is allocated, nothing recurses, and every operation takes at most O(log n) steps, so a
 * timer can be started or stopped in an interrupt handler. The caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_PRIORITY_QUEUE_H
#define AETHEL_KERNEL_LIB_PRIORITY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: it is in no queue. */
struct priority_queue_node {
    struct priority_queue_node *children[2]; /* those that come out before it, and behind it */
    uint64_t parent_and_marks;               /* its parent's address, 0 at the root; and marks */
    uint64_t key;                            /* stays what it was when the node has come out */
};

#define PRIORITY_QUEUE_RED    1ul /* a mark: the node is red */
#define PRIORITY_QUEUE_QUEUED 2ul /* it is in a queue */

/* All zero: it is empty. */
struct priority_queue {
    struct priority_queue_node *root;
    struct priority_queue_node *first; /* the one that comes out next */
};

/* The object of type `type` whose member `member` is the node at `node`. */
#define PRIORITY_QUEUE_ENTRY(node, type, member) \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline bool priority_queue_is_empty(const struct priority_queue *queue)
{
    return queue->first == NULL;
}

/* The node that comes out next, or NULL when the queue is empty. It stays in the queue. */
static inline struct priority_queue_node *priority_queue_first(const struct priority_queue *queue)
{
    return queue->first;
}

/* Whether `node` is in a queue. */
static inline bool priority_queue_has(const struct priority_queue_node *node)
{
    return node->parent_and_marks != 0;
}

/* Whether a node of key `first` comes out before one of key `second`. */
static inline bool priority_queue_is_before(uint64_t first, uint64_t second)
{
    return (int64_t)(first - second) < 0;
}

/* Of priority_queue_insert() the case of a queue that is not empty. */
void priority_queue_insert_among(struct priority_queue *queue, struct priority_queue_node *node,
                                 uint64_t key);

/* Puts `node`, which must be in no queue, behind all whose keys are not greater than `key`. */
static inline void priority_queue_insert(struct priority_queue *queue,
                                         struct priority_queue_node *node, uint64_t key)
{
    if (!priority_queue_is_empty(queue)) {
        priority_queue_insert_among(queue, node, key);
        return;
    }
    node->children[0] = node->children[1] = NULL;
    node->parent_and_marks = PRIORITY_QUEUE_QUEUED;
    node->key = key;
    queue->root = queue->first = node;
}

/* The general case of priority_queue_remove(). */
void priority_queue_cut_out(struct priority_queue *queue, struct priority_queue_node *node);

/* Takes `node`, which must be in `queue`, out of it. */
static inline void priority_queue_remove(struct priority_queue *queue,
                                         struct priority_queue_node *node)
{
    bool is_alone = node == queue->root && node == queue->first && node->children[1] == NULL;
    if (!is_alone) {
        priority_queue_cut_out(queue, node);
        return;
    }
    queue->root = queue->first = NULL;
    node->parent_and_marks = 0;
}

/* Takes the first node out and returns it, or NULL when the queue is empty. */
static inline struct priority_queue_node *priority_queue_pop(struct priority_queue *queue)
{
    struct priority_queue_node *first = queue->first;
    if (first != NULL)
        priority_queue_remove(queue, first);
    return first;
}

#endif
