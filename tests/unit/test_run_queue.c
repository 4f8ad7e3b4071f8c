/* The run queue: order within a level, between levels, and against a naive model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sched/state/run_queue.h"

#define NODES 40

static struct run_queue queue;
static struct list_node nodes[NODES];

static int start_empty(void **state)
{
    (void)state;
    memset(&queue, 0, sizeof(queue));
    for (int i = 0; i < NODES; i++)
        list_init(&nodes[i]);
    return 0;
}

static void test_empty_queue_has_no_first(void **state)
{
    (void)state;
    assert_true(run_queue_is_empty(&queue));
    assert_int_equal(queue.count, 0);
}

static void test_most_urgent_level_comes_first(void **state)
{
    (void)state;
    run_queue_append(&queue, &nodes[0], 0);
    run_queue_append(&queue, &nodes[1], 63);
    run_queue_append(&queue, &nodes[2], 31);
    assert_ptr_equal(run_queue_first(&queue), &nodes[1]);
    run_queue_remove(&queue, &nodes[1], 63);
    assert_ptr_equal(run_queue_first(&queue), &nodes[2]);
    run_queue_remove(&queue, &nodes[2], 31);
    assert_ptr_equal(run_queue_first(&queue), &nodes[0]);
}

static void test_equals_are_first_in_first_out(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        run_queue_append(&queue, &nodes[i], 31);
    for (int i = 0; i < 5; i++) {
        assert_ptr_equal(run_queue_first(&queue), &nodes[i]);
        run_queue_remove(&queue, &nodes[i], 31);
    }
    assert_true(run_queue_is_empty(&queue));
}

static void test_rotation_makes_the_head_the_tail(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        run_queue_append(&queue, &nodes[i], 7);
    run_queue_rotate(&queue, 7);
    assert_ptr_equal(run_queue_first(&queue), &nodes[1]);
    run_queue_append(&queue, &nodes[3], 7); /* behind 0, which now is the tail */
    const int order[] = {1, 2, 0, 3};
    for (int i = 0; i < 4; i++) {
        assert_ptr_equal(run_queue_first(&queue), &nodes[order[i]]);
        run_queue_remove(&queue, &nodes[order[i]], 7);
    }
}

static void test_prepended_node_is_the_head(void **state)
{
    (void)state;
    run_queue_append(&queue, &nodes[0], 5);
    run_queue_prepend(&queue, &nodes[1], 5);
    assert_ptr_equal(run_queue_first(&queue), &nodes[1]);
    run_queue_rotate(&queue, 5);
    assert_ptr_equal(run_queue_first(&queue), &nodes[0]);
}

static void test_rotation_of_a_single_node_changes_nothing(void **state)
{
    (void)state;
    run_queue_append(&queue, &nodes[0], 5);
    run_queue_rotate(&queue, 5);
    assert_ptr_equal(run_queue_first(&queue), &nodes[0]);
    assert_int_equal(queue.count, 1);
}

static void test_a_spliced_level_goes_behind_the_other(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        run_queue_append(&queue, &nodes[i], i % 2 == 0 ? 9 : 4);
    run_queue_rotate(&queue, 4); /* 3 5 1 */
    run_queue_splice(&queue, 4, 9);
    assert_false(run_queue_has_level(&queue, 4));
    assert_int_equal(queue.count, 6);
    run_queue_append(&queue, &nodes[6], 9);
    const int order[] = {0, 2, 4, 3, 5, 1, 6};
    for (int i = 0; i < 7; i++) {
        assert_ptr_equal(run_queue_first(&queue), &nodes[order[i]]);
        run_queue_remove(&queue, &nodes[order[i]], 9);
    }
    assert_true(run_queue_is_empty(&queue));
}

static void test_a_level_is_spliced_to_an_empty_one(void **state)
{
    (void)state;
    run_queue_append(&queue, &nodes[0], 4);
    run_queue_append(&queue, &nodes[1], 4);
    run_queue_splice(&queue, 4, 9);
    assert_false(run_queue_has_level(&queue, 4));
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(run_queue_first(&queue), &nodes[i]);
        run_queue_remove(&queue, &nodes[i], 9);
    }
    assert_true(run_queue_is_empty(&queue));
}

/* The model: for each level an array in order. */
static struct {
    int order[NODES];
    int count;
} model[RUN_QUEUE_LEVELS];

static void model_remove(unsigned level, int at)
{
    model[level].count--;
    memmove(&model[level].order[at], &model[level].order[at + 1],
            (size_t)(model[level].count - at) * sizeof(int));
}

static void compare_with_model(void)
{
    for (int level = RUN_QUEUE_LEVELS - 1; level >= 0; level--) {
        if (model[level].count > 0) {
            assert_ptr_equal(run_queue_first(&queue), &nodes[model[level].order[0]]);
            return;
        }
    }
    assert_true(run_queue_is_empty(&queue));
}

static void test_random_operations_agree_with_a_model(void **state)
{
    (void)state;
    int level_of[NODES];
    memset(level_of, -1, sizeof(level_of));
    memset(model, 0, sizeof(model));
    srand(1);
    for (int step = 0; step < 100000; step++) {
        int node = rand() % NODES;
        unsigned level = (unsigned)(rand() % 4) * 21;
        if (level_of[node] < 0) {
            run_queue_append(&queue, &nodes[node], level);
            model[level].order[model[level].count++] = node;
            level_of[node] = (int)level;
        } else if (rand() % 50 == 0) {
            unsigned from = (unsigned)level_of[node];
            if (from == level)
                continue;
            run_queue_splice(&queue, from, level);
            for (int i = 0; i < model[from].count; i++) {
                model[level].order[model[level].count++] = model[from].order[i];
                level_of[model[from].order[i]] = (int)level;
            }
            model[from].count = 0;
        } else if (rand() % 2 == 0) {
            level = (unsigned)level_of[node];
            int at = 0;
            while (model[level].order[at] != node)
                at++;
            run_queue_remove(&queue, &nodes[node], level);
            model_remove(level, at);
            level_of[node] = -1;
        } else if (model[level].count > 0) {
            int head = model[level].order[0];
            run_queue_rotate(&queue, level);
            model_remove(level, 0);
            model[level].order[model[level].count++] = head;
        }
        compare_with_model();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_empty_queue_has_no_first, start_empty),
        cmocka_unit_test_setup(test_most_urgent_level_comes_first, start_empty),
        cmocka_unit_test_setup(test_equals_are_first_in_first_out, start_empty),
        cmocka_unit_test_setup(test_rotation_makes_the_head_the_tail, start_empty),
        cmocka_unit_test_setup(test_prepended_node_is_the_head, start_empty),
        cmocka_unit_test_setup(test_rotation_of_a_single_node_changes_nothing, start_empty),
        cmocka_unit_test_setup(test_a_spliced_level_goes_behind_the_other, start_empty),
        cmocka_unit_test_setup(test_a_level_is_spliced_to_an_empty_one, start_empty),
        cmocka_unit_test_setup(test_random_operations_agree_with_a_model, start_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
