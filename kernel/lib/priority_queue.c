/*
 * The leftist heap (C. A. Crane 1972; Knuth, The Art of Computer Programming, vol. 3, 5.2.3).
 *
 * Two invariants hold at every node: it comes before its children, and its left child's rank is
 * at least its right child's, where the rank is the number of nodes on the way down along right
 * children. A node of rank r has at least 2^r - 1 nodes below and including it, so no right spine
 * is longer than log2(n + 1), and only right spines are ever walked.
 */
#include "kernel/lib/priority_queue.h"

static bool comes_before(const struct priority_queue *queue,
                         const struct priority_queue_node *first,
                         const struct priority_queue_node *second)
{
    if (queue->before(first, second))
        return true;
    return first->sequence < second->sequence && !queue->before(second, first);
}

static uint32_t rank_of(const struct priority_queue_node *node)
{
    return node ? node->rank : 0;
}

/* Restores the second invariant at `node`, if it holds below. Returns whether the rank changed. */
static bool restore(struct priority_queue_node *node)
{
    uint32_t old_rank = node->rank;

    if (rank_of(node->left) < rank_of(node->right)) {
        struct priority_queue_node *child = node->left;
        node->left = node->right;
        node->right = child;
    }
    node->rank = rank_of(node->right) + 1;
    return node->rank != old_rank;
}

/* Merges two heaps by merging their right spines. Returns the root, whose parent is NULL. */
static struct priority_queue_node *merge(const struct priority_queue *queue,
                                         struct priority_queue_node *first,
                                         struct priority_queue_node *second)
{
    struct priority_queue_node *root = NULL;
    struct priority_queue_node **link = &root;
    struct priority_queue_node *parent = NULL;

    while (first && second) {
        if (comes_before(queue, second, first)) {
            struct priority_queue_node *later = first;
            first = second;
            second = later;
        }
        *link = first;
        first->parent = parent;
        parent = first;
        link = &first->right;
        first = first->right;
    }
    *link = first ? first : second;
    if (*link)
        (*link)->parent = parent;

    for (; parent; parent = parent->parent)
        restore(parent);
    return root;
}

void priority_queue_init(struct priority_queue *queue, priority_queue_before *before)
{
    *queue = (struct priority_queue){.before = before};
}

void priority_queue_merge_in(struct priority_queue *queue, struct priority_queue_node *node)
{
    *node = (struct priority_queue_node){.sequence = ++queue->latest_sequence, .rank = 1};
    queue->root = merge(queue, queue->root, node);
}

struct priority_queue_node *priority_queue_pop(struct priority_queue *queue)
{
    struct priority_queue_node *first = queue->root;

    if (first)
        queue->root = merge(queue, first->left, first->right);
    return first;
}

void priority_queue_cut_out(struct priority_queue *queue, struct priority_queue_node *node)
{
    struct priority_queue_node *parent = node->parent;
    struct priority_queue_node *heir = merge(queue, node->left, node->right);

    if (heir)
        heir->parent = parent;
    if (!parent)
        queue->root = heir;
    else if (parent->left == node)
        parent->left = heir;
    else
        parent->right = heir;

    /* The rank grows by one with each step up that still changes it: at most log2(n) steps. */
    while (parent && restore(parent))
        parent = parent->parent;
}
