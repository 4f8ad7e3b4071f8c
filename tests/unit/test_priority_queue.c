/*
 * kernel/lib/priority_queue: order, its invariants after every operation, and the number of
 * comparisons, against a naive model.
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

static unsigned comparisons;

static struct item *item_of(const struct priority_queue_node *node)
{
    return PRIORITY_QUEUE_ENTRY(node, struct item, node);
}

static bool smaller_key(const struct priority_queue_node *first,
                        const struct priority_queue_node *second)
{
    comparisons++;
    return item_of(first)->key < item_of(second)->key;
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

static uint32_t rank_of(const struct priority_queue_node *node)
{
    return node ? node->rank : 0;
}

/* Checks the heap below `node` and returns how many nodes it has. */
static unsigned check_heap(const struct priority_queue_node *node,
                           const struct priority_queue_node *parent)
{
    if (!node)
        return 0;
    assert_ptr_equal(node->parent, parent);
    assert_true(rank_of(node->left) >= rank_of(node->right));
    assert_int_equal(node->rank, rank_of(node->right) + 1);
    if (parent)
        assert_true(model_before(item_of(parent), item_of(node)));
    return 1 + check_heap(node->left, node) + check_heap(node->right, node);
}

static void an_empty_queue_gives_nothing(void **state)
{
    (void)state;
    struct priority_queue queue;

    priority_queue_init(&queue, smaller_key);
    assert_true(priority_queue_is_empty(&queue));
    assert_null(priority_queue_first(&queue));
    assert_null(priority_queue_pop(&queue));
}

static void equals_come_out_in_the_order_they_went_in(void **state)
{
    (void)state;
    struct item items[20] = {0};
    struct priority_queue queue;

    priority_queue_init(&queue, smaller_key);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        priority_queue_insert(&queue, &items[i].node);
    /* One that leaves and comes back stands at the end. */
    priority_queue_remove(&queue, &items[3].node);
    priority_queue_insert(&queue, &items[3].node);
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        if (i != 3)
            assert_ptr_equal(priority_queue_pop(&queue), &items[i].node);
    }
    assert_ptr_equal(priority_queue_pop(&queue), &items[3].node);
    assert_true(priority_queue_is_empty(&queue));
}

static void a_node_whose_key_has_changed_can_be_removed(void **state)
{
    (void)state;
    struct item items[50] = {0};
    struct priority_queue queue;

    priority_queue_init(&queue, smaller_key);
    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        items[i].key = i * 7 % 50;
        priority_queue_insert(&queue, &items[i].node);
    }
    items[10].key = 1000;
    priority_queue_remove(&queue, &items[10].node);
    priority_queue_insert(&queue, &items[10].node);

    unsigned last = 0;
    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        struct item *item = item_of(priority_queue_pop(&queue));
        assert_true(item->key >= last);
        last = item->key;
    }
    assert_int_equal(last, 1000);
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    static struct item items[ITEMS];
    struct priority_queue queue;
    uint64_t random = 5;
    unsigned count = 0;

    priority_queue_init(&queue, smaller_key);
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
            priority_queue_insert(&queue, &item->node);
        }
        if (item) {
            item->queued = !item->queued;
            count = item->queued ? count + 1 : count - 1;
        }
        assert_int_equal(check_heap(queue.root, NULL), count);
    }
}

/* 2 log2(n + 1) merge steps at most, with two comparisons each (the second to see equals). */
static void no_operation_takes_longer_than_the_logarithm(void **state)
{
    (void)state;
    enum { COUNT = 4095, MOST = 2 * 12 * 2 };
    static struct item items[COUNT];
    static const unsigned orders[] = {0, 1, 2}; /* rising, falling, random keys */
    uint64_t random = 6;

    for (unsigned order = 0; order < COUNT_OF(orders); order++) {
        struct priority_queue queue;

        priority_queue_init(&queue, smaller_key);
        for (unsigned i = 0; i < COUNT; i++) {
            unsigned keys[] = {i, COUNT - i, random_below(&random, COUNT)};
            items[i].key = keys[order];
            comparisons = 0;
            priority_queue_insert(&queue, &items[i].node);
            assert_true(comparisons <= MOST);
        }
        for (unsigned i = 0; i < COUNT / 2; i++) {
            comparisons = 0;
            priority_queue_remove(&queue, &items[i * 2].node);
            assert_true(comparisons <= MOST);
        }
        while (!priority_queue_is_empty(&queue)) {
            comparisons = 0;
            priority_queue_pop(&queue);
            assert_true(comparisons <= MOST);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_gives_nothing),
        cmocka_unit_test(equals_come_out_in_the_order_they_went_in),
        cmocka_unit_test(a_node_whose_key_has_changed_can_be_removed),
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(no_operation_takes_longer_than_the_logarithm),
    };
    return cmocka_run_group_tests_name("priority_queue", tests, NULL, NULL);
}
