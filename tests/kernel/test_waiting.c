/* Waiting in a wait queue, waking, giving up, and being killed meanwhile. */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "sched/wait_queue.h"
#include "tests/kernel/self_test.h"

static struct wait_queue queue;

/* What a waiting thread is told to do. */
struct waiter {
    char letter;
    int timeout_ms;
    int result;
};

static void wait_in_queue(void *argument)
{
    struct waiter *waiter = argument;
    uint64_t flags = interrupts_save();
    waiter->result = wait_queue_wait(&queue, waiter->timeout_ms);
    interrupts_restore(flags);
    order_append(waiter->letter);
}

SELF_TEST(the_most_urgent_waiter_is_woken_first_and_equals_in_order)
{
    struct waiter waiters[] = {{'c', WAIT_FOREVER, -1},
                               {'a', WAIT_FOREVER, -1},
                               {'d', WAIT_FOREVER, -1},
                               {'b', WAIT_FOREVER, -1}};
    const unsigned priorities[] = {20, 40, 20, 30};
    int tids[4];
    wait_queue_init(&queue);
    for (int i = 0; i < 4; i++)
        tids[i] = start(wait_in_queue, &waiters[i], priorities[i]);
    thread_sleep_ms(2);
    for (int i = 0; i < 4; i++) {
        EXPECT(wait_queue_wake_one(&queue, 7 + i));
        thread_sleep_ms(2);
    }
    EXPECT(!wait_queue_wake_one(&queue, 0));
    for (int i = 0; i < 4; i++)
        finish(tids[i]);
    EXPECT_ORDER("abcd");
    EXPECT_EQUAL(waiters[1].result, 7);
    EXPECT_EQUAL(waiters[2].result, 10);
}

SELF_TEST(a_waiter_whose_priority_changes_is_woken_accordingly)
{
    struct waiter waiters[] = {{'a', WAIT_FOREVER, -1}, {'b', WAIT_FOREVER, -1}};
    wait_queue_init(&queue);
    int a = start(wait_in_queue, &waiters[0], 40);
    int b = start(wait_in_queue, &waiters[1], 35);
    thread_sleep_ms(2);
    EXPECT_EQUAL(thread_set_priority(b, 50), 0);
    for (int i = 0; i < 2; i++) {
        wait_queue_wake_one(&queue, 0);
        thread_sleep_ms(2);
    }
    finish(a);
    finish(b);
    EXPECT_ORDER("ba");
}

SELF_TEST(a_wait_with_timeout_gives_up_in_time)
{
    struct waiter waiter = {'t', 10, 0};
    wait_queue_init(&queue);
    uint64_t before = clock_ticks();
    finish(start(wait_in_queue, &waiter, THREAD_PRIORITY_DEFAULT));
    uint64_t waited = clock_ticks() - before;
    EXPECT_EQUAL(waiter.result, -ERROR_TIMED_OUT);
    EXPECT(waited >= 10 && waited <= 12);
    EXPECT(!wait_queue_wake_one(&queue, 0));
    waiter.timeout_ms = 0;
    finish(start(wait_in_queue, &waiter, THREAD_PRIORITY_DEFAULT));
    EXPECT_EQUAL(waiter.result, -ERROR_AGAIN);
}

SELF_TEST(a_wakeup_before_the_timeout_cancels_it)
{
    struct waiter waiter = {'w', 5, -1};
    wait_queue_init(&queue);
    int tid = start(wait_in_queue, &waiter, THREAD_PRIORITY_DEFAULT);
    thread_yield();
    EXPECT(wait_queue_wake_one(&queue, 3));
    finish(tid);
    thread_sleep_ms(10);
    EXPECT_EQUAL(waiter.result, 3);
    EXPECT_ORDER("w");
}

#if CONFIG_PREEMPT

SELF_TEST(waking_a_more_urgent_thread_switches_at_once)
{
    struct waiter waiter = {'w', WAIT_FOREVER, -1};
    wait_queue_init(&queue);
    preemption_set(true);
    int tid = start(wait_in_queue, &waiter, THREAD_PRIORITY_DEFAULT + 1);
    order_append('1');
    EXPECT(wait_queue_wake_one(&queue, 0));
    order_append('2');
    finish(tid);
    EXPECT_ORDER("1w2");
}

#endif

SELF_TEST(waiting_threads_can_be_killed)
{
    struct waiter for_ever = {'f', WAIT_FOREVER, 0};
    struct waiter for_a_time = {'t', 5, 0};
    wait_queue_init(&queue);
    int tids[] = {
        start(wait_in_queue, &for_ever, THREAD_PRIORITY_DEFAULT),
        start(wait_in_queue, &for_a_time, THREAD_PRIORITY_DEFAULT),
    };
    thread_yield();
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(thread_kill(tids[i]), 0);
        finish(tids[i]);
    }
    EXPECT(!wait_queue_wake_one(&queue, 0));
    thread_sleep_ms(10); /* the time-out passes, and nothing happens */
    EXPECT_ORDER("");
}

static volatile bool storm_is_over;

static void storm(void *argument)
{
    uint64_t seed = (uint64_t)argument;
    while (!storm_is_over) {
        seed = seed * 6364136223846793005ul + 1442695040888963407ul; /* Knuth's MMIX generator */
        switch (seed >> 60) {
        case 0 ... 4:
            thread_sleep_ms((int)(seed >> 40 & 3));
            break;
        case 5 ... 9:
            thread_yield();
            break;
        case 10: {
            uint64_t flags = interrupts_save();
            wait_queue_wait(&queue, 1 + (int)(seed >> 40 & 1));
            interrupts_restore(flags);
            break;
        }
        case 11:
            wait_queue_wake_one(&queue, 0);
            break;
        default:
            for (int i = 0; i < 500; i++)
                cpu_relax();
        }
    }
}

SELF_TEST(a_storm_of_switches_breaks_nothing)
{
    int tids[40];
    storm_is_over = false;
    wait_queue_init(&queue);
    preemption_set(true);
    quantum_set_ms(1);
    for (int i = 0; i < 40; i++)
        tids[i] = start(storm, (void *)(uint64_t)(i + 1), (unsigned)(20 + i % 3));
    thread_sleep_ms(500);
    storm_is_over = true;
    for (int i = 0; i < 40; i++)
        finish(tids[i]);
}
