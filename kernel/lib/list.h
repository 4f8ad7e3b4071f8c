/*
 * A doubly linked list whose nodes live inside the objects they link. The list itself is a node
 * too, and the chain is a circle through it: no operation has a special case at the ends.
 * Everything takes constant time, and excludes nobody: the caller holds the lock.
 */
#ifndef AETHEL_KERNEL_LIB_LIST_H
#define AETHEL_KERNEL_LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *next;
    struct list_node *previous;
};

/* The object of type `type` whose member `member` is the node at `node`. */
#define LIST_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* A list at file scope that starts out empty: static struct list_node threads = LIST_INIT(threads);
 */
#define LIST_INIT(list)  \
    {                    \
        &(list), &(list) \
    }

/* Visits every node; the loop may not remove the node it stands on. */
#define LIST_FOR_EACH(node, list) \
    for (struct list_node *node = (list)->next; node != (list); node = node->next)

/* Visits every node; the loop may remove the node it stands on, but no other. */
#define LIST_FOR_EACH_REMOVABLE(node, list)                                                \
    for (struct list_node *node = (list)->next, *node##_next = node->next; node != (list); \
         node = node##_next, node##_next = node->next)

/* Makes an empty list, or a node that is in no list. */
static inline void list_init(struct list_node *list)
{
    list->next = list;
    list->previous = list;
}

/* Whether the list has no nodes; asked of a node: whether it is in no list. */
static inline bool list_is_empty(const struct list_node *list)
{
    return list->next == list;
}

/* Puts `node` behind `position`; behind the list itself means at its head. */
static inline void list_insert_after(struct list_node *position, struct list_node *node)
{
    node->previous = position;
    node->next = position->next;
    position->next->previous = node;
    position->next = node;
}

/* Puts `node` in front of `position`; in front of the list itself means at its tail. */
static inline void list_insert_before(struct list_node *position, struct list_node *node)
{
    list_insert_after(position->previous, node);
}

/* Takes `node` out of its list; from then on it may only be put into one. */
static inline void list_unlink(struct list_node *node)
{
    struct list_node *after = node->next;
    struct list_node *before = node->previous;
    before->next = after;
    after->previous = before;
}

/* The same; it may be removed again, or asked whether it is in a list. */
static inline void list_remove(struct list_node *node)
{
    list_unlink(node);
    list_init(node);
}

/* Makes one circle of two: what begins with `second` goes in front of `first`, the same as behind
 * the last of its circle. */
static inline void list_join(struct list_node *first, struct list_node *second)
{
    struct list_node *first_last = first->previous;
    struct list_node *second_last = second->previous;
    first_last->next = second;
    second->previous = first_last;
    second_last->next = first;
    first->previous = second_last;
}

/* The node at the head, or NULL when the list is empty. */
static inline struct list_node *list_first(const struct list_node *list)
{
    return list_is_empty(list) ? NULL : list->next;
}

#endif
