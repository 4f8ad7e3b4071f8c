/*
 * A red-black tree (R. Bayer 1972; L. J. Guibas and R. Sedgewick 1978) in the order of keys, that
 * knows its first node.
 *
 * Two invariants: a red node's parent and children are black, and the root is; and on every way
 * from a node down to a place where a child is missing there are equally many black nodes. So no
 * way is more than twice as long as another, and none longer than 2 log2(n + 1). What an insertion
 * or a removal changes is set right on the way up; the turns that it takes are two or three at
 * most, and all steps together a constant on average.
 */
#include "kernel/lib/priority_queue.h"

#define RED    PRIORITY_QUEUE_RED
#define QUEUED PRIORITY_QUEUE_QUEUED
#define MARKS  (RED | QUEUED)

enum { BEFORE, BEHIND }; /* the sides of a node */

static struct priority_queue_node *parent_of(const struct priority_queue_node *node)
{
    return (struct priority_queue_node *)(node->parent_and_marks & ~MARKS);
}

static void set_parent(struct priority_queue_node *node, const struct priority_queue_node *parent)
{
    node->parent_and_marks = (uint64_t)parent | (node->parent_and_marks & MARKS);
}

/* Where no node is, it is black. */
static bool is_red(const struct priority_queue_node *node)
{
    return node != NULL && (node->parent_and_marks & RED) != 0;
}

static void redden(struct priority_queue_node *node)
{
    node->parent_and_marks |= RED;
}

static void blacken(struct priority_queue_node *node)
{
    node->parent_and_marks &= ~RED;
}

static unsigned side_of(const struct priority_queue_node *parent,
                        const struct priority_queue_node *child)
{
    return parent->children[BEHIND] == child ? BEHIND : BEFORE;
}

/* `heir`, which may be NULL, takes the place of `node` below `parent`, or at the root. */
static void replace_child(struct priority_queue *queue, struct priority_queue_node *parent,
                          const struct priority_queue_node *node, struct priority_queue_node *heir)
{
    if (parent == NULL)
        queue->root = heir;
    else
        parent->children[side_of(parent, node)] = heir;
}

/* `node` goes down on `side`, and its child of the other side comes up into its place. */
static void turn(struct priority_queue *queue, struct priority_queue_node *node, unsigned side)
{
    struct priority_queue_node *heir = node->children[!side];
    struct priority_queue_node *moved = heir->children[side];
    replace_child(queue, parent_of(node), node, heir);
    set_parent(heir, parent_of(node));
    node->children[!side] = moved;
    if (moved != NULL)
        set_parent(moved, node);
    heir->children[side] = node;
    set_parent(node, heir);
}

/* --- Inserting ------------------------------------------------------------------------------- */

/* `node` is red, and so may be its parent. A red one is not the root: it has a parent itself. */
static void part_reds(struct priority_queue *queue, struct priority_queue_node *node)
{
    struct priority_queue_node *parent;
    while (is_red(parent = parent_of(node))) {
        struct priority_queue_node *grandparent = parent_of(parent);
        unsigned side = side_of(grandparent, parent);
        struct priority_queue_node *uncle = grandparent->children[!side];
        redden(grandparent);
        if (!is_red(uncle)) {
            if (node == parent->children[!side])
                turn(queue, parent, side);
            turn(queue, grandparent, !side);
            blacken(parent_of(grandparent));
            return;
        }
        blacken(parent);
        blacken(uncle);
        node = grandparent;
    }
    blacken(queue->root);
}

void priority_queue_insert_among(struct priority_queue *queue, struct priority_queue_node *node,
                                 uint64_t key)
{
    struct priority_queue_node *next = queue->root;
    struct priority_queue_node *parent;
    unsigned side;
    do {
        parent = next;
        side = priority_queue_is_before(key, parent->key) ? BEFORE : BEHIND;
        next = parent->children[side];
    } while (next != NULL);
    if (priority_queue_is_before(key, queue->first->key))
        queue->first = node;
    node->children[BEFORE] = node->children[BEHIND] = NULL;
    node->parent_and_marks = (uint64_t)parent | MARKS;
    node->key = key;
    parent->children[side] = node;
    if (is_red(parent))
        part_reds(queue, node);
}

/* --- Removing -------------------------------------------------------------------------------- */

/* The one that follows `first`: it has nobody before it, and behind it at most one red child. */
static struct priority_queue_node *next_of_first(const struct priority_queue_node *first)
{
    struct priority_queue_node *behind = first->children[BEHIND];
    return behind != NULL ? behind : parent_of(first);
}

/* `node`, which has two children, and the one that follows it, which has none before it, exchange
 * their places and colours. */
static void exchange_with_next(struct priority_queue *queue, struct priority_queue_node *node)
{
    struct priority_queue_node *next = node->children[BEHIND];
    while (next->children[BEFORE] != NULL)
        next = next->children[BEFORE];
    struct priority_queue_node old_node = *node, old_next = *next;
    struct priority_queue_node *next_parent = parent_of(next);

    replace_child(queue, parent_of(node), node, next);
    next->parent_and_marks = old_node.parent_and_marks;
    node->parent_and_marks = old_next.parent_and_marks;
    next->children[BEFORE] = old_node.children[BEFORE];
    set_parent(next->children[BEFORE], next);
    if (next_parent == node) {
        next->children[BEHIND] = node;
        set_parent(node, next);
    } else {
        next->children[BEHIND] = old_node.children[BEHIND];
        set_parent(next->children[BEHIND], next);
        next_parent->children[BEFORE] = node;
    }
    node->children[BEFORE] = NULL;
    node->children[BEHIND] = old_next.children[BEHIND];
    if (node->children[BEHIND] != NULL)
        set_parent(node->children[BEHIND], node);
}

/* On `side` below `parent` each way is short of one black node. The sibling has one, so it is
 * there. */
static void make_up_for_black(struct priority_queue *queue, struct priority_queue_node *parent,
                              unsigned side)
{
    for (;;) {
        struct priority_queue_node *sibling = parent->children[!side];
        if (is_red(sibling)) {
            redden(parent);
            blacken(sibling);
            turn(queue, parent, side);
            sibling = parent->children[!side];
        }
        if (is_red(sibling->children[side]) && !is_red(sibling->children[!side])) {
            redden(sibling);
            turn(queue, sibling, !side);
            sibling = parent_of(sibling);
            blacken(sibling);
        }
        bool was_red = is_red(parent);
        if (is_red(sibling->children[!side])) {
            blacken(parent);
            blacken(sibling->children[!side]);
            turn(queue, parent, side);
            if (was_red)
                redden(sibling);
            return;
        }
        redden(sibling);
        blacken(parent);
        struct priority_queue_node *grandparent = parent_of(parent);
        if (was_red || grandparent == NULL)
            return;
        side = side_of(grandparent, parent);
        parent = grandparent;
    }
}

/* A node with one child is black, and the child red: it takes its place and its colour. */
void priority_queue_cut_out(struct priority_queue *queue, struct priority_queue_node *node)
{
    if (node == queue->first)
        queue->first = next_of_first(node);
    if (node->children[BEFORE] != NULL && node->children[BEHIND] != NULL)
        exchange_with_next(queue, node);
    struct priority_queue_node *child = node->children[node->children[BEFORE] == NULL];
    struct priority_queue_node *parent = parent_of(node);
    unsigned side = parent != NULL ? side_of(parent, node) : 0;
    replace_child(queue, parent, node, child);
    if (child != NULL)
        child->parent_and_marks = (uint64_t)parent | QUEUED;
    else if (!is_red(node) && parent != NULL)
        make_up_for_black(queue, parent, side);
    node->parent_and_marks = 0;
}
