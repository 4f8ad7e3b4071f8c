/* kernel/lib/priority_list: order, its links after every operation, and the steps that it takes,
 * against a naive model. */
#include "kernel/lib/priority_list.h"
#include "tests/unit/unit_test.h"

#define ITEMS 100u

struct item {
    unsigned priority;
    uint64_t inserted; /* the model's own order among equals */
    bool is_listed;
    struct priority_list_node node;
};

static unsigned looks; /* at a priority */

static struct item *item_of(const struct priority_list_node *node)
{
    return PRIORITY_LIST_ENTRY(node, struct item, node);
}

static unsigned priority_of(const struct priority_list_node *node)
{
    looks++;
    return item_of(node)->priority;
}

static void insert(struct priority_list *list, struct item *item)
{
    priority_list_insert(list, &item->node, priority_of);
    item->is_listed = true;
}

static void remove_item(struct priority_list *list, struct item *item)
{
    priority_list_remove(list, &item->node);
    item->is_listed = false;
}

static bool model_before(const struct item *first, const struct item *second)
{
    return first->priority > second->priority ||
           (first->priority == second->priority && first->inserted < second->inserted);
}

static struct item *model_first(struct item *items)
{
    struct item *first = NULL;
    for (size_t i = 0; i < ITEMS; i++) {
        if (items[i].is_listed && (first == NULL || model_before(&items[i], first)))
            first = &items[i];
    }
    return first;
}

/* `node`, the first of its priority, follows `group`, which is that of the one before it. */
static void check_group(const struct priority_list_node *node,
                        const struct priority_list_node *group)
{
    assert_ptr_equal(node->group.previous, &group->group);
    assert_ptr_equal(group->group.next, &node->group);
}

/* Returns how many nodes there are. */
static unsigned check(const struct priority_list *list)
{
    if (priority_list_is_empty(list))
        return 0;
    unsigned count = 1;
    const struct priority_list_node *node = list->first, *group = node;
    assert_non_null(node->group.next);
    for (;;) {
        const struct priority_list_node *next = priority_list_next(node);
        assert_ptr_equal(next->place.previous, &node->place);
        if (next == list->first)
            break;
        assert_true(model_before(item_of(node), item_of(next)));
        if (item_of(next)->priority == item_of(node)->priority) {
            assert_null(next->group.next);
        } else {
            check_group(next, group);
            group = next;
        }
        node = next;
        count++;
    }
    check_group(list->first, group);
    assert_int_equal(priority_list_is_only(list->first), count == 1);
    return count;
}

static void equals_leave_in_the_order_they_came(void **state)
{
    (void)state;
    struct item items[20] = {0};
    struct priority_list list = {0};
    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        items[i].inserted = i;
        insert(&list, &items[i]);
    }
    assert_int_equal(check(&list), COUNT_OF(items));
    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        assert_ptr_equal(list.first, &items[i].node);
        remove_item(&list, &items[i]);
    }
    assert_true(priority_list_is_empty(&list));
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    static struct item items[ITEMS];
    struct priority_list list = {0};
    uint64_t random = 5;
    unsigned count = 0;
    for (unsigned round = 0; round < 50000; round++) {
        struct item *item = &items[random_below(&random, ITEMS)];
        if (random_below(&random, 4) == 0 && count > 0)
            item = item_of(list.first);
        if (item->is_listed) {
            remove_item(&list, item);
            count--;
        } else {
            item->priority = random_below(&random, 8);
            item->inserted = round;
            insert(&list, item);
            count++;
        }
        assert_int_equal(check(&list), count);
        struct item *first = model_first(items);
        assert_ptr_equal(list.first, first != NULL ? &first->node : NULL);
    }
}

/* What it is to be removed for may be that its priority has changed. */
static void a_node_whose_priority_has_changed_can_be_removed(void **state)
{
    (void)state;
    struct item items[6] = {{.priority = 3}, {.priority = 3}, {.priority = 2},
                            {.priority = 2}, {.priority = 1}, {.priority = 1}};
    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        struct priority_list list = {0};
        unsigned former = items[i].priority;
        for (unsigned j = 0; j < COUNT_OF(items); j++) {
            items[j].inserted = j;
            insert(&list, &items[j]);
        }
        items[i].priority = 9 - former;
        remove_item(&list, &items[i]);
        assert_int_equal(check(&list), COUNT_OF(items) - 1);
        items[i].priority = former;
    }
}

static void to_find_a_place_takes_a_step_for_each_priority(void **state)
{
    (void)state;
    enum { COUNT = 6400, PRIORITIES = 64 };
    static struct item items[COUNT];
    struct priority_list list = {0};
    for (unsigned i = 0; i < COUNT; i++) {
        items[i].priority = i * 29 % PRIORITIES;
        items[i].inserted = i;
        looks = 0;
        insert(&list, &items[i]);
        assert_true(looks <= PRIORITIES + 5);
    }
    looks = 0;
    for (unsigned i = 0; i < COUNT; i++)
        remove_item(&list, &items[i * 7 % COUNT]);
    assert_int_equal(looks, 0);
    assert_true(priority_list_is_empty(&list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_leave_in_the_order_they_came),
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(a_node_whose_priority_has_changed_can_be_removed),
        cmocka_unit_test(to_find_a_place_takes_a_step_for_each_priority),
    };
    return cmocka_run_group_tests_name("priority_list", tests, NULL, NULL);
}
