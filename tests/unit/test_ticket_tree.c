/* kernel/lib/ticket_tree: its invariants after every operation, and each ticket with its holder,
 * against a naive model. */
#include "kernel/lib/ticket_tree.h"

#include "tests/unit/unit_test.h"

#define ITEMS       64u
#define TICKETS_MAX 20u

static struct ticket_tree tree;
static struct ticket_node nodes[ITEMS];
static unsigned tickets[ITEMS]; /* 0: not in the tree */
static unsigned count;

static int start_empty(void **state)
{
    (void)state;
    tree = (struct ticket_tree){0};
    for (unsigned i = 0; i < ITEMS; i++)
        tickets[i] = 0;
    count = 0;
    return 0;
}

static void insert(unsigned index, unsigned number)
{
    ticket_tree_insert(&tree, &nodes[index], number);
    tickets[index] = number;
    count++;
}

static void take_out(unsigned index)
{
    ticket_tree_remove(&tree, &nodes[index]);
    tickets[index] = 0;
    count--;
}

static unsigned depth_of(const struct ticket_node *node)
{
    unsigned depth = 0;
    for (; node != NULL; node = node->parent)
        depth++;
    return depth;
}

/* Checks the nodes below `node`, and returns how many there are. */
static unsigned check_nodes(const struct ticket_node *node, const struct ticket_node *parent)
{
    if (node == NULL)
        return 0;
    assert_ptr_equal(node->parent, parent);
    assert_int_equal(node->tickets, tickets[node - nodes]);
    uint64_t total = node->tickets;
    total += node->left != NULL ? node->left->total : 0;
    total += node->right != NULL ? node->right->total : 0;
    assert_int_equal(node->total, total);
    return 1 + check_nodes(node->left, node) + check_nodes(node->right, node);
}

/* Every ticket has a holder, and every holder as many as it should have. */
static void check_tickets(void)
{
    unsigned found[ITEMS] = {0};
    for (uint64_t ticket = 0; ticket < ticket_tree_total(&tree); ticket++)
        found[ticket_tree_find(&tree, ticket) - nodes]++;
    for (unsigned i = 0; i < ITEMS; i++)
        assert_int_equal(found[i], tickets[i]);
}

static void check(void)
{
    assert_int_equal(tree.count, count);
    assert_int_equal(check_nodes(tree.root, NULL), count);
    check_tickets();
}

static void test_an_empty_tree_has_no_tickets(void **state)
{
    (void)state;
    assert_int_equal(ticket_tree_total(&tree), 0);
    insert(0, 5);
    take_out(0);
    assert_null(tree.root);
    assert_int_equal(ticket_tree_total(&tree), 0);
}

static void test_each_ticket_is_found_with_its_holder(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ITEMS; i++) {
        insert(i, i + 1);
        check();
    }
    for (unsigned i = 0; i < ITEMS; i++) {
        take_out(i * 5 % ITEMS);
        check();
    }
}

static void test_random_operations_agree_with_a_model(void **state)
{
    (void)state;
    uint64_t seed = 9;
    for (unsigned step = 0; step < 20000; step++) {
        unsigned index = random_below(&seed, ITEMS);
        if (tickets[index] == 0)
            insert(index, 1 + random_below(&seed, TICKETS_MAX));
        else
            take_out(index);
        check();
    }
}

static void test_no_path_is_longer_than_the_logarithm(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ITEMS; i++)
        insert(i, 1);
    for (unsigned i = 0; i < ITEMS; i += 3)
        take_out(i);
    for (unsigned i = 0; i < ITEMS; i++)
        assert_true(tickets[i] == 0 || depth_of(&nodes[i]) <= 6);
}

static void test_the_greatest_total_fits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        insert(i, UINT32_MAX / 4);
    assert_int_equal(ticket_tree_total(&tree), UINT32_MAX / 4 * 4);
    assert_int_equal(check_nodes(tree.root, NULL), 4);
    unsigned found = 0;
    for (unsigned i = 0; i < 4; i++)
        found |= 1u << (ticket_tree_find(&tree, i * (UINT32_MAX / 4)) - nodes);
    assert_int_equal(found, 15);
}

static void test_one_takes_the_place_of_another(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ITEMS - 1; i++)
        insert(i, 1 + i % TICKETS_MAX);
    for (unsigned i = 0; i < ITEMS - 1; i++) {
        unsigned free = i == 0 ? ITEMS - 1 : i - 1;
        ticket_tree_replace(&tree, &nodes[i], &nodes[free], 1 + i * 7 % TICKETS_MAX);
        tickets[i] = 0;
        tickets[free] = 1 + i * 7 % TICKETS_MAX;
        assert_null(nodes[i].parent);
        check();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_empty_tree_has_no_tickets, start_empty),
        cmocka_unit_test_setup(test_each_ticket_is_found_with_its_holder, start_empty),
        cmocka_unit_test_setup(test_random_operations_agree_with_a_model, start_empty),
        cmocka_unit_test_setup(test_no_path_is_longer_than_the_logarithm, start_empty),
        cmocka_unit_test_setup(test_one_takes_the_place_of_another, start_empty),
        cmocka_unit_test_setup(test_the_greatest_total_fits, start_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
