/* The timer queue: deadlines, ties, cancelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sched/timer_queue.h"

#define TIMERS 200

static struct timer_queue queue;
static struct timer timers[TIMERS];

static int start_empty(void **state)
{
    (void)state;
    timer_queue_init(&queue);
    memset(timers, 0, sizeof(timers));
    return 0;
}

static void test_nothing_is_due_in_an_empty_queue(void **state)
{
    (void)state;
    assert_false(timer_queue_is_due(&queue, UINT64_MAX));
    assert_null(timer_queue_pop_due(&queue, UINT64_MAX));
}

static void test_a_timer_is_due_at_its_deadline_not_before(void **state)
{
    (void)state;
    timer_queue_arm(&queue, &timers[0], 10);
    assert_false(timer_queue_is_due(&queue, 9));
    assert_null(timer_queue_pop_due(&queue, 9));
    assert_true(timer_queue_is_due(&queue, 10));
    assert_ptr_equal(timer_queue_pop_due(&queue, 10), &timers[0]);
    assert_false(timer_is_armed(&timers[0]));
}

static void test_equal_deadlines_expire_in_the_order_of_arming(void **state)
{
    (void)state;
    for (int i = 0; i < TIMERS; i++)
        timer_queue_arm(&queue, &timers[i], 5);
    for (int i = 0; i < TIMERS; i++)
        assert_ptr_equal(timer_queue_pop_due(&queue, 5), &timers[i]);
}

static void test_a_cancelled_timer_does_not_expire(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        timer_queue_arm(&queue, &timers[i], 5 + (uint64_t)i);
    timer_queue_cancel(&queue, &timers[1]);
    timer_queue_cancel(&queue, &timers[1]); /* the second time changes nothing */
    assert_ptr_equal(timer_queue_pop_due(&queue, 100), &timers[0]);
    assert_ptr_equal(timer_queue_pop_due(&queue, 100), &timers[2]);
    assert_null(timer_queue_pop_due(&queue, 100));
}

static void test_random_deadlines_come_out_sorted(void **state)
{
    (void)state;
    srand(2);
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < TIMERS; i++)
            timer_queue_arm(&queue, &timers[i], (uint64_t)(rand() % 1000));
        for (int i = 0; i < TIMERS / 4; i++)
            timer_queue_cancel(&queue, &timers[rand() % TIMERS]);
        uint64_t last = 0;
        const struct timer *timer;
        while ((timer = timer_queue_pop_due(&queue, 1000)) != NULL) {
            assert_true(timer_deadline(timer) >= last);
            last = timer_deadline(timer);
        }
        for (int i = 0; i < TIMERS; i++)
            assert_false(timer_is_armed(&timers[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_is_due_in_an_empty_queue, start_empty),
        cmocka_unit_test_setup(test_a_timer_is_due_at_its_deadline_not_before, start_empty),
        cmocka_unit_test_setup(test_equal_deadlines_expire_in_the_order_of_arming, start_empty),
        cmocka_unit_test_setup(test_a_cancelled_timer_does_not_expire, start_empty),
        cmocka_unit_test_setup(test_random_deadlines_come_out_sorted, start_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
