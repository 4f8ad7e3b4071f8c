/*
 * Priority inheritance: who is lent whose priority, how far it reaches, and when it ends. In
 * cooperative mode, where nothing is hurried.
 */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "tests/kernel/takers.h"

static int start_holder_of_x(unsigned priority)
{
    int tid = start(hold_x_until_the_gate_opens, NULL, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

SELF_TEST(the_holder_is_lent_the_priority_of_its_most_urgent_waiter)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &x, 'b'), c = TAKER(NULL, &x, 'c');
    init_takers();
    lock(&x);
    int low = start_taker(&a, BASE - 5);
    EXPECT_OWN_PRIORITY(BASE);
    int high = start_taker(&b, BASE + 9);
    EXPECT_OWN_PRIORITY(BASE + 9);
    int middle = start_taker(&c, BASE + 4);
    EXPECT_OWN_PRIORITY(BASE + 9);
    unlock(&x);
    EXPECT_OWN_PRIORITY(BASE);
    finish(low);
    finish(middle);
    finish(high);
    EXPECT_ORDER("bca");
}

SELF_TEST(the_next_holder_is_lent_the_priority_of_those_who_still_wait)
{
    struct taker a = TAKER(NULL, &x, 'a');
    init_takers();
    int holder = start_holder_of_x(10);
    int waiter = start_taker(&a, 20);
    EXPECT_EQUAL(thread_suspend(waiter), 0);
    EXPECT_EQUAL(semaphore_post(&gate), 0);
    finish(holder);
    EXPECT_EQUAL(mutex_holder(&x), waiter);
    EXPECT_PRIORITY(waiter, 20);
    struct taker b = TAKER(NULL, &x, 'b');
    int late = start_taker(&b, 40);
    EXPECT_PRIORITY(waiter, 40);
    EXPECT_EQUAL(thread_resume(waiter), 0);
    finish(late);
    finish(waiter);
    EXPECT_ORDER("x.ab");
}

SELF_TEST(a_waiter_that_gives_up_takes_back_what_it_lent)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &x, 'b');
    b.timeout_ms = 10;
    init_takers();
    lock(&x);
    int stays = start_taker(&a, BASE + 2);
    int leaves = start_taker(&b, BASE + 8);
    EXPECT_OWN_PRIORITY(BASE + 8);
    finish(leaves);
    EXPECT_EQUAL(b.result, -ERROR_TIMED_OUT);
    EXPECT_OWN_PRIORITY(BASE + 2);
    unlock(&x);
    EXPECT_OWN_PRIORITY(BASE);
    finish(stays);
    EXPECT_ORDER("ba");
}

/* A chain: 40 waits for y, whose holder of 25 waits for x, whose holder of 20 waits at the gate. */
struct chain_of_three {
    struct taker middle, high;
    int holder_tid, middle_tid, high_tid;
};

static void start_chain(struct chain_of_three *threads, int high_timeout_ms)
{
    init_takers();
    threads->middle = (struct taker)TAKER(&y, &x, 'm');
    threads->high = (struct taker)TAKER(NULL, &y, 'h');
    threads->high.timeout_ms = high_timeout_ms;
    threads->holder_tid = start_holder_of_x(20);
    threads->middle_tid = start_taker(&threads->middle, 25);
    EXPECT_PRIORITY(threads->holder_tid, 25);
    threads->high_tid = start_taker(&threads->high, 40);
    EXPECT_PRIORITY(threads->middle_tid, 40);
    EXPECT_PRIORITY(threads->holder_tid, 40);
}

static void end_chain(const struct chain_of_three *threads)
{
    EXPECT_EQUAL(semaphore_post(&gate), 0);
    finish(threads->holder_tid);
    finish(threads->middle_tid);
}

SELF_TEST(priority_is_lent_along_a_chain)
{
    struct chain_of_three threads;
    start_chain(&threads, WAIT_FOREVER);
    EXPECT_EQUAL(thread_get_base_priority(threads.middle_tid), 25);
    EXPECT_EQUAL(thread_get_base_priority(threads.holder_tid), 20);
    end_chain(&threads);
    finish(threads.high_tid);
    EXPECT_ORDER("x.mh");
}

SELF_TEST(a_time_out_takes_priority_back_along_the_chain)
{
    struct chain_of_three threads;
    start_chain(&threads, 20);
    finish(threads.high_tid);
    EXPECT_EQUAL(threads.high.result, -ERROR_TIMED_OUT);
    EXPECT_PRIORITY(threads.middle_tid, 25);
    EXPECT_PRIORITY(threads.holder_tid, 25);
    end_chain(&threads);
    EXPECT_ORDER("hx.m");
}

SELF_TEST(killing_a_waiter_takes_priority_back_along_the_chain)
{
    struct chain_of_three threads;
    start_chain(&threads, WAIT_FOREVER);
    stop(threads.high_tid);
    EXPECT_PRIORITY(threads.middle_tid, 25);
    EXPECT_PRIORITY(threads.holder_tid, 25);
    end_chain(&threads);
    EXPECT_ORDER("x.m");
}

SELF_TEST(killing_the_middle_of_a_chain_cuts_it)
{
    struct chain_of_three threads;
    start_chain(&threads, WAIT_FOREVER);
    stop(threads.middle_tid);
    EXPECT_PRIORITY(threads.holder_tid, 20);
    finish(threads.high_tid);
    EXPECT_EQUAL(threads.high.result, -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(semaphore_post(&gate), 0);
    finish(threads.holder_tid);
    EXPECT_ORDER("hx.");
}

SELF_TEST(a_waiter_whose_base_changes_lends_accordingly_along_the_chain)
{
    struct chain_of_three threads;
    start_chain(&threads, WAIT_FOREVER);
    EXPECT_EQUAL(thread_set_priority(threads.high_tid, 50), 0);
    EXPECT_PRIORITY(threads.middle_tid, 50);
    EXPECT_PRIORITY(threads.holder_tid, 50);
    EXPECT_EQUAL(thread_set_priority(threads.high_tid, 22), 0);
    EXPECT_PRIORITY(threads.middle_tid, 25);
    EXPECT_PRIORITY(threads.holder_tid, 25);
    EXPECT_EQUAL(thread_set_priority(threads.middle_tid, 5), 0);
    EXPECT_PRIORITY(threads.middle_tid, 22);
    EXPECT_PRIORITY(threads.holder_tid, 22);
    EXPECT_EQUAL(thread_set_priority(threads.high_tid, 6), 0);
    EXPECT_PRIORITY(threads.middle_tid, 6);
    EXPECT_PRIORITY(threads.holder_tid, 20);
    end_chain(&threads);
    finish(threads.high_tid);
}

SELF_TEST(inheritance_is_switched_off_and_on_at_once)
{
    struct chain_of_three threads;
    start_chain(&threads, WAIT_FOREVER);
    EXPECT(mutex_has_inheritance());
    mutex_set_inheritance(false);
    EXPECT(!mutex_has_inheritance());
    EXPECT_PRIORITY(threads.middle_tid, 25);
    EXPECT_PRIORITY(threads.holder_tid, 20);
    mutex_set_inheritance(true);
    EXPECT_PRIORITY(threads.middle_tid, 40);
    EXPECT_PRIORITY(threads.holder_tid, 40);
    end_chain(&threads);
    finish(threads.high_tid);
}

SELF_TEST(nothing_is_lent_while_inheritance_is_off)
{
    struct taker a = TAKER(NULL, &x, 'a');
    init_takers();
    lock(&x);
    mutex_set_inheritance(false);
    int tid = start_taker(&a, BASE + 5);
    EXPECT_OWN_PRIORITY(BASE);
    unlock(&x);
    mutex_set_inheritance(true);
    EXPECT_OWN_PRIORITY(BASE);
    finish(tid);
}
