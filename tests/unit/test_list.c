/* kernel/lib/list. */
#include "kernel/lib/list.h"
#include "tests/unit/unit_test.h"

struct item {
    int number;
    struct list_node node; /* not the first member: LIST_ENTRY has something to do */
};

static struct item *item_of(struct list_node *node)
{
    return LIST_ENTRY(node, struct item, node);
}

/* The list holds the `count` items with these numbers, forwards and backwards. */
static void check_order(struct list_node *list, const int *numbers, size_t count)
{
    struct list_node *back = list;
    size_t seen = 0;

    LIST_FOR_EACH(node, list)
    {
        assert_ptr_equal(node->previous, back);
        assert_true(seen < count);
        assert_int_equal(item_of(node)->number, numbers[seen]);
        back = node;
        seen++;
    }
    assert_ptr_equal(list->previous, back);
    assert_int_equal(seen, count);
}

static void starts_empty(void **state)
{
    (void)state;
    static struct list_node at_file_scope = LIST_INIT(at_file_scope);
    struct list_node list;

    list_init(&list);
    assert_true(list_is_empty(&list));
    assert_null(list_first(&list));
    check_order(&list, NULL, 0);
    assert_true(list_is_empty(&at_file_scope));
}

static void inserts_at_every_place(void **state)
{
    (void)state;
    struct item items[] = {{.number = 0}, {.number = 1}, {.number = 2}, {.number = 3}};
    struct list_node list;

    list_init(&list);
    list_insert_before(&list, &items[1].node);         /* tail of an empty list */
    list_insert_after(&list, &items[0].node);          /* head */
    list_insert_before(&list, &items[3].node);         /* tail */
    list_insert_after(&items[1].node, &items[2].node); /* middle */
    check_order(&list, (const int[]){0, 1, 2, 3}, 4);
    assert_ptr_equal(list_first(&list), &items[0].node);
    assert_false(list_is_empty(&list));
}

static void removes_from_every_place(void **state)
{
    (void)state;
    static const int left[4][3] = {{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}};

    for (int removed = 0; removed < 4; removed++) {
        struct item items[4];
        struct list_node list;

        list_init(&list);
        for (int i = 0; i < 4; i++) {
            items[i].number = i;
            list_insert_before(&list, &items[i].node);
        }
        list_remove(&items[removed].node);
        check_order(&list, left[removed], 3);
        assert_true(list_is_empty(&items[removed].node));
        list_remove(&items[removed].node); /* again: does nothing */
        check_order(&list, left[removed], 3);
    }
}

static void a_visit_may_remove_where_it_stands(void **state)
{
    (void)state;
    struct item items[6];
    struct list_node list;

    list_init(&list);
    for (int i = 0; i < 6; i++) {
        items[i].number = i;
        list_insert_before(&list, &items[i].node);
    }
    LIST_FOR_EACH_REMOVABLE(node, &list)
    {
        if (item_of(node)->number % 2 == 0)
            list_remove(node);
    }
    check_order(&list, (const int[]){1, 3, 5}, 3);
    LIST_FOR_EACH_REMOVABLE(node, &list)
    list_remove(node);
    assert_true(list_is_empty(&list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(inserts_at_every_place),
        cmocka_unit_test(removes_from_every_place),
        cmocka_unit_test(a_visit_may_remove_where_it_stands),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
