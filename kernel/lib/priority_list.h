/*
 * A list of nodes that live inside the objects they link, the most urgent first; among equals, in
 * the order in which they came. The first of each priority are linked in a list of their own: to
 * find a place takes a step for each priority that is in the list, however many nodes there are,
 * and to leave it takes constant time. The caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_PRIORITY_LIST_H
#define AETHEL_KERNEL_LIB_PRIORITY_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/list.h"

struct priority_list_node {
    struct list_node place; /* in the circle of all */
    struct list_node group; /* in that of the first of each priority; next is NULL in all others */
};

/* All zero: it is empty. */
struct priority_list {
    struct priority_list_node *first;
};

/* The object of type `type` whose member `member` is the node at `node`. */
#define PRIORITY_LIST_ENTRY(node, type, member) \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* The priority of what a node stands for: greater is more urgent. */
typedef unsigned priority_list_priority(const struct priority_list_node *node);

static inline bool priority_list_is_empty(const struct priority_list *list)
{
    return list->first == NULL;
}

/* The one that follows `node`: behind the last one comes the first. */
static inline struct priority_list_node *priority_list_next(const struct priority_list_node *node)
{
    return LIST_ENTRY(node->place.next, struct priority_list_node, place);
}

/* Whether `node`, which is in a list, is alone there. */
static inline bool priority_list_is_only(const struct priority_list_node *node)
{
    return list_is_empty(&node->place);
}

/* Puts `node`, which is in no list, into `list`, which is empty. */
static inline void priority_list_insert_only(struct priority_list *list,
                                             struct priority_list_node *node)
{
    list_init(&node->place);
    list_init(&node->group);
    list->first = node;
}

/* The first whose priority is lower than `priority`; the first of all if there is none, or if all
 * are lower. The list is not empty. */
static inline struct priority_list_node *
priority_list_find_lower(const struct priority_list *list, unsigned priority,
                         priority_list_priority *priority_of)
{
    struct priority_list_node *node = list->first;
    if (priority_of(node) < priority)
        return node;
    do
        node = LIST_ENTRY(node->group.next, struct priority_list_node, group);
    while (node != list->first && priority_of(node) >= priority);
    return node;
}

/* Puts `node`, which is in no list, behind all that are as urgent. Inline, so that `priority_of` is
 * no call. */
static inline __attribute__((always_inline)) void
priority_list_insert(struct priority_list *list, struct priority_list_node *node,
                     priority_list_priority *priority_of)
{
    unsigned priority = priority_of(node);
    if (priority_list_is_empty(list)) {
        priority_list_insert_only(list, node);
        return;
    }
    struct priority_list_node *lower = priority_list_find_lower(list, priority, priority_of);
    struct priority_list_node *before =
        LIST_ENTRY(lower->place.previous, struct priority_list_node, place);
    if (priority_of(list->first) < priority)
        list->first = node;
    list_insert_before(&lower->place, &node->place);
    if (priority_of(before) == priority)
        node->group.next = NULL;
    else
        list_insert_before(&lower->group, &node->group);
}

/* Takes `node` out of `list`, whatever its priority has become. */
static inline void priority_list_remove(struct priority_list *list, struct priority_list_node *node)
{
    struct priority_list_node *next = priority_list_next(node);
    if (next == node) {
        list->first = NULL;
        return;
    }
    if (list->first == node)
        list->first = next;
    if (node->group.next != NULL && next->group.next == NULL)
        list_insert_after(&node->group, &next->group);
    if (node->group.next != NULL)
        list_unlink(&node->group);
    list_unlink(&node->place);
}

#endif
