/*
 * A priority queue of nodes that live inside the objects they queue: a leftist heap. Nodes of
 * equal rank in the caller's order come out in the order they went in.
 *
 * Nothing is allocated, nothing recurses, and every operation takes at most O(log n) steps, so a
 * timer can be started or stopped in an interrupt handler. The caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_PRIORITY_QUEUE_H
#define AETHEL_KERNEL_LIB_PRIORITY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct priority_queue_node {
    struct priority_queue_node *left;
    struct priority_queue_node *right;
    struct priority_queue_node *parent; /* NULL at the root */
    uint64_t sequence;                  /* when it was inserted: decides between equals */
    uint32_t rank;                      /* length of the right spine from here down */
};

/* Whether `first` must come out before `second`. False for equals. */
typedef bool priority_queue_before(const struct priority_queue_node *first,
                                   const struct priority_queue_node *second);

struct priority_queue {
    struct priority_queue_node *root;
    priority_queue_before *before;
    uint64_t latest_sequence; /* the greatest of any node in it */
};

/* The object of type `type` whose member `member` is the node at `node`. */
#define PRIORITY_QUEUE_ENTRY(node, type, member) \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Makes an empty queue in the order of `before`. */
void priority_queue_init(struct priority_queue *queue, priority_queue_before *before);

static inline bool priority_queue_is_empty(const struct priority_queue *queue)
{
    return !queue->root;
}

/* The node that comes out next, or NULL when the queue is empty. It stays in the queue. */
static inline struct priority_queue_node *priority_queue_first(const struct priority_queue *queue)
{
    return queue->root;
}

/* Of priority_queue_insert() the case of a queue that is not empty. */
void priority_queue_merge_in(struct priority_queue *queue, struct priority_queue_node *node);

/* Puts `node`, which must be in no queue, into `queue`, which must be empty. */
static inline void priority_queue_insert_only(struct priority_queue *queue,
                                              struct priority_queue_node *node)
{
    node->left = node->right = node->parent = NULL;
    node->rank = 1;
    node->sequence = queue->latest_sequence;
    queue->root = node;
}

/* Puts `node`, which must be in no queue, behind all its equals. */
static inline void priority_queue_insert(struct priority_queue *queue,
                                         struct priority_queue_node *node)
{
    if (priority_queue_is_empty(queue))
        priority_queue_insert_only(queue, node);
    else
        priority_queue_merge_in(queue, node);
}

/* Takes the first node out and returns it, or NULL when the queue is empty. */
struct priority_queue_node *priority_queue_pop(struct priority_queue *queue);

/* The general case of priority_queue_remove(). */
void priority_queue_cut_out(struct priority_queue *queue, struct priority_queue_node *node);

/* Whether `node`, which must be in a queue, is alone there. */
static inline bool priority_queue_is_only_node(const struct priority_queue_node *node)
{
    return node->parent == NULL && node->left == NULL; /* then there is no right child either */
}

/*
 * Takes `node`, which must be in `queue`, out of it. It is found by its links alone: what `before`
 * looks at may have changed since it was inserted.
 */
static inline void priority_queue_remove(struct priority_queue *queue,
                                         struct priority_queue_node *node)
{
    if (priority_queue_is_only_node(node))
        queue->root = NULL;
    else
        priority_queue_cut_out(queue, node);
}

#endif
