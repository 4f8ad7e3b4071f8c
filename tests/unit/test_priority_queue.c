/*
 * kernel/lib/priority_queue: order, its invariants after every operation, and how high the tree is,
 * against a naive model.
 */
#include "kernel/lib/priority_queue.h"
#include "tests/unit/unit_test.h"

#define ITEMS 200u

struct item {
    unsigned key;
    uint64_t inserted; /* the model's own order among equals */
    bool queued;
    struct priority_queue_node node;
};

static struct item *item_of(const struct priority_queue_node *node)
{
    return PRIORITY_QUEUE_ENTRY(node, struct item, node);
}

static bool model_before(const struct item *first, const struct item *second)
{
    return first->key < second->key ||
           (first->key == second->key && first->inserted < second->inserted);
}

static struct item *model_first(struct item *items, size_t count)
{
    struct item *first = NULL;

    for (size_t i = 0; i < count; i++) {
        if (items[i].queued && (!first || model_before(&items[i], first)))
            first = &items[i];
    }
    return first;
}

static bool is_red(const struct priority_queue_node *node)
{
    return node && (node->parent_and_marks & PRIORITY_QUEUE_RED);
}

static const struct priority_queue_node *parent_of(const struct priority_queue_node *node)
{
    uint64_t marks = PRIORITY_QUEUE_RED | PRIORITY_QUEUE_QUEUED;
    return (const struct priority_queue_node *)(node->parent_and_marks & ~marks);
}

/* What a walk from the left to the right has seen. */
static unsigned nodes;
static const struct priority_queue_node *latest;

/* Checks the tree below `node`. Returns how many black nodes there are on each way down. */
static unsigned check_tree(const struct priority_queue_node *node,
                           const struct priority_queue_node *parent)
{
    if (!node)
        return 0;
    assert_ptr_equal(parent_of(node), parent);
    assert_true(priority_queue_has(node));
    assert_false(is_red(node) && is_red(parent));
    unsigned blacks = check_tree(node->children[0], node);
    if (latest)
        assert_true(model_before(item_of(latest), item_of(node)));
    latest = node;
    nodes++;
    assert_int_equal(check_tree(node->children[1], node), blacks);
    return blacks + (is_red(node) ? 0 : 1);
}

/* Returns how many nodes there are. */
static unsigned check(const struct priority_queue *queue)
{
    const struct priority_queue_node *first = queue->root;
    nodes = 0;
    latest = NULL;
    assert_false(is_red(queue->root));
    check_tree(queue->root, NULL);
    while (first && first->children[0])
        first = first->children[0];
    assert_ptr_equal(priority_queue_first(queue), first);
    return nodes;
}

static void insert(struct priority_queue *queue, struct item *item)
{
    priority_queue_insert(queue, &item->node, item->key);
}

static void an_empty_queue_gives_nothing(void **state)
{
    (void)state;
    struct priority_queue queue = {0};

    assert_true(priority_queue_is_empty(&queue));
    assert_null(priority_queue_first(&queue));
    assert_null(priority_queue_pop(&queue));
}

static void equals_come_out_in_the_order_they_went_in(void **state)
{
    (void)state;
    struct item items[20] = {0};
    struct priority_queue queue = {0};

    for (size_t i = 0; i < COUNT_OF(items); i++)
        insert(&queue, &items[i]);
    /* One that leaves and comes back stands at the end. */
    priority_queue_remove(&queue, &items[3].node);
    insert(&queue, &items[3]);
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        if (i != 3)
            assert_ptr_equal(priority_queue_pop(&queue), &items[i].node);
    }
    assert_ptr_equal(priority_queue_pop(&queue), &items[3].node);
    assert_true(priority_queue_is_empty(&queue));
}

static void a_node_says_whether_it_is_queued(void **state)
{
    (void)state;
    struct item items[3] = {0};
    struct priority_queue queue = {0};

    for (size_t i = 0; i < COUNT_OF(items); i++)
        assert_false(priority_queue_has(&items[i].node));
    for (size_t i = 0; i < COUNT_OF(items); i++)
        insert(&queue, &items[i]);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        assert_true(priority_queue_has(&items[i].node));
    priority_queue_remove(&queue, &items[1].node);
    assert_false(priority_queue_has(&items[1].node));
    assert_ptr_equal(priority_queue_pop(&queue), &items[0].node);
    assert_false(priority_queue_has(&items[0].node));
    assert_true(priority_queue_has(&items[2].node));
}

static void keys_wrap_round(void **state)
{
    (void)state;
    struct item items[3] = {0};
    struct priority_queue queue = {0};

    priority_queue_insert(&queue, &items[0].node, 1);
    priority_queue_insert(&queue, &items[1].node, UINT64_MAX);
    priority_queue_insert(&queue, &items[2].node, UINT64_MAX / 2 - 1);
    assert_ptr_equal(priority_queue_pop(&queue), &items[1].node);
    assert_ptr_equal(priority_queue_pop(&queue), &items[0].node);
    assert_ptr_equal(priority_queue_pop(&queue), &items[2].node);
    assert_null(priority_queue_pop(&queue));
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    static struct item items[ITEMS];
    struct priority_queue queue = {0};
    uint64_t random = 5;
    unsigned count = 0;

    for (unsigned round = 0; round < 20000; round++) {
        struct item *item = &items[random_below(&random, ITEMS)];
        bool popping = random_below(&random, 4) == 0;

        if (popping) {
            item = model_first(items, ITEMS);
            assert_ptr_equal(priority_queue_first(&queue), item ? &item->node : NULL);
            assert_ptr_equal(priority_queue_pop(&queue), item ? &item->node : NULL);
        } else if (item->queued) {
            priority_queue_remove(&queue, &item->node);
        } else {
            item->key = random_below(&random, 40);
            item->inserted = round;
            insert(&queue, item);
        }
        if (item) {
            item->queued = !item->queued;
            count = item->queued ? count + 1 : count - 1;
        }
        assert_int_equal(check(&queue), count);
    }
}

static unsigned height_of(const struct priority_queue_node *node)
{
    if (!node)
        return 0;
    unsigned before = height_of(node->children[0]);
    unsigned behind = height_of(node->children[1]);
    return 1 + (before > behind ? before : behind);
}

/* Every operation walks along a way from the root down, or up, and turns a few nodes. */
static void no_way_is_longer_than_twice_the_logarithm(void **state)
{
    (void)state;
    enum { COUNT = 4095, HIGHEST = 2 * 12, LOWER = 2 * 11 };
    static struct item items[COUNT];
    static const unsigned orders[] = {0, 1, 2}; /* rising, falling, random keys */
    uint64_t random = 6;

    for (unsigned order = 0; order < COUNT_OF(orders); order++) {
        struct priority_queue queue = {0};

        for (unsigned i = 0; i < COUNT; i++) {
            unsigned keys[] = {i, COUNT - i, random_below(&random, COUNT)};
            items[i].key = keys[order];
            items[i].inserted = i;
            insert(&queue, &items[i]);
        }
        assert_int_equal(check(&queue), COUNT);
        assert_true(height_of(queue.root) <= HIGHEST);
        for (unsigned i = 0; i < COUNT / 2; i++)
            priority_queue_remove(&queue, &items[i * 2].node);
        assert_int_equal(check(&queue), COUNT - COUNT / 2);
        assert_true(height_of(queue.root) <= LOWER + 1);
        while (!priority_queue_is_empty(&queue))
            priority_queue_pop(&queue);
        assert_null(queue.root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_gives_nothing),
        cmocka_unit_test(equals_come_out_in_the_order_they_went_in),
        cmocka_unit_test(a_node_says_whether_it_is_queued),
        cmocka_unit_test(keys_wrap_round),
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(no_way_is_longer_than_twice_the_logarithm),
    };
    return cmocka_run_group_tests_name("priority_queue", tests, NULL, NULL);
}
