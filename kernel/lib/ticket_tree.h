/*
 * A draw by tickets: a complete binary tree of nodes that live inside what they stand for. Each
 * node knows how many tickets there are from it down, so that adding, removing and drawing take
 * O(log n) steps. Nothing is allocated, and nothing recurses. The caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_TICKET_TREE_H
#define AETHEL_KERNEL_LIB_TICKET_TREE_H

#include <stdint.h>

struct ticket_node {
    struct ticket_node *left;
    struct ticket_node *right;
    struct ticket_node *parent; /* NULL at the root, and of a node that is in no tree any more */
    uint32_t tickets;           /* its own */
    uint32_t total;             /* with those of all nodes below */
};

struct ticket_tree {
    struct ticket_node *root;
    uint32_t count;
};

/* How many tickets are in the draw. */
static inline uint32_t ticket_tree_total(const struct ticket_tree *tree)
{
    return tree->root ? tree->root->total : 0;
}

/* Adds `node`, which must be in no tree, with `tickets` > 0; all together are less than 2^32. */
void ticket_tree_insert(struct ticket_tree *tree, struct ticket_node *node, uint32_t tickets);

/* Takes `node`, which must be in `tree`, out. */
void ticket_tree_remove(struct ticket_tree *tree, struct ticket_node *node);

/* Puts `node`, which must be in no tree, in the place of `replaced`, which is taken out. */
void ticket_tree_replace(struct ticket_tree *tree, struct ticket_node *replaced,
                         struct ticket_node *node, uint32_t tickets);

/* The node that holds ticket number `ticket` < ticket_tree_total(). It stays in. */
struct ticket_node *ticket_tree_find(const struct ticket_tree *tree, uint32_t ticket);

#endif
