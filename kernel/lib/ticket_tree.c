/*
 * The tree of tickets. It is complete: the nodes fill it level by level, from the left. So node
 * number n, counted from 1, is found from the root by the bits of n below its highest: 0 goes left,
 * 1 goes right. A node that is removed is replaced by the last one.
 */
#include "kernel/lib/ticket_tree.h"

#include <stddef.h>

/* The link to node number `number`, whose parent exists; stores the parent. */
static struct ticket_node **link_of(struct ticket_tree *tree, uint32_t number,
                                    struct ticket_node **parent)
{
    struct ticket_node **link = &tree->root;
    *parent = NULL;
    for (int bit = 30 - __builtin_clz(number); bit >= 0; bit--) {
        *parent = *link;
        link = number >> bit & 1 ? &(*link)->right : &(*link)->left;
    }
    return link;
}

/* A negative number of them is that modulo 2^32. */
static void add_upwards(struct ticket_node *node, uint32_t tickets)
{
    for (; node != NULL; node = node->parent)
        node->total += tickets;
}

void ticket_tree_insert(struct ticket_tree *tree, struct ticket_node *node, uint32_t tickets)
{
    struct ticket_node *parent;
    *link_of(tree, ++tree->count, &parent) = node;
    *node = (struct ticket_node){.parent = parent, .tickets = tickets};
    add_upwards(node, tickets);
}

void ticket_tree_replace(struct ticket_tree *tree, struct ticket_node *replaced,
                         struct ticket_node *node, uint32_t tickets)
{
    uint32_t difference = tickets - replaced->tickets;
    *node = *replaced;
    node->tickets = tickets;
    replaced->parent = NULL;
    if (node->parent == NULL)
        tree->root = node;
    else if (node->parent->left == replaced)
        node->parent->left = node;
    else
        node->parent->right = node;
    if (node->left != NULL)
        node->left->parent = node;
    if (node->right != NULL)
        node->right->parent = node;
    if (difference != 0)
        add_upwards(node, difference);
}

void ticket_tree_remove(struct ticket_tree *tree, struct ticket_node *node)
{
    struct ticket_node *parent;
    struct ticket_node **link = link_of(tree, tree->count--, &parent);
    struct ticket_node *last = *link;
    *link = NULL;
    add_upwards(parent, -last->tickets);
    last->parent = NULL;
    if (last != node)
        ticket_tree_replace(tree, node, last, last->tickets);
}

struct ticket_node *ticket_tree_find(const struct ticket_tree *tree, uint32_t ticket)
{
    struct ticket_node *node = tree->root;
    for (;;) {
        uint32_t left = node->left != NULL ? node->left->total : 0;
        if (ticket < left) {
            node = node->left;
        } else if (ticket < left + node->tickets) {
            return node;
        } else {
            ticket -= left + node->tickets;
            node = node->right;
        }
    }
}
