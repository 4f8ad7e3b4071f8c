/*
 * Priority inheritance: who is lent whose priority, how far it reaches, and when it ends. Threads
 * leave their letters in the order when they have the mutex and when they have ended.
 */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define BASE THREAD_PRIORITY_DEFAULT

static struct mutex x, y;
static struct semaphore gate;

/* A thread that takes up to two mutexes, one after the other, and gives them back in reverse. */
struct taker {
    struct mutex *first; /* or NULL */
    struct mutex *second;
    int timeout_ms; /* for the second */
    char letter;    /* appended when it has both */
    char last;      /* appended when it has given both back, or NO_LETTER */
    int result;
};

#define NO_LETTER '\0'

static void take(void *argument)
{
    struct taker *taker = argument;
    if (taker->first != NULL)
        EXPECT_EQUAL(mutex_lock(taker->first, 0), 0);
    taker->result = mutex_lock(taker->second, taker->timeout_ms);
    order_append(taker->letter);
    if (taker->result == 0 || taker->result == -ERROR_OWNER_DEAD)
        EXPECT_EQUAL(mutex_unlock(taker->second), 0);
    if (taker->first != NULL)
        EXPECT_EQUAL(mutex_unlock(taker->first), 0);
    if (taker->last != NO_LETTER)
        order_append(taker->last);
}

#define TAKER(mutex_first, mutex_second, taker_letter)                                \
    {                                                                                 \
        .first = (mutex_first), .second = (mutex_second), .timeout_ms = WAIT_FOREVER, \
        .letter = (taker_letter)                                                      \
    }

/* Starts a taker, and returns when it waits. */
static int start_taker(struct taker *taker, unsigned priority)
{
    int tid = start(take, taker, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

static void init(void)
{
    mutex_init(&x, NULL);
    mutex_init(&y, NULL);
    semaphore_init(&gate, 0);
}

static void lock(struct mutex *mutex)
{
    EXPECT_EQUAL(mutex_lock(mutex, 0), 0);
}

static void unlock(struct mutex *mutex)
{
    EXPECT_EQUAL(mutex_unlock(mutex), 0);
}

#define EXPECT_OWN_PRIORITY(expected) EXPECT_PRIORITY(thread_self(), expected)

/* Holds x, and waits at the gate until it may give it back. */
static void hold_x_until_the_gate_opens(void *argument)
{
    (void)argument;
    lock(&x);
    EXPECT_EQUAL(semaphore_wait(&gate, WAIT_FOREVER), 0);
    order_append('x');
    unlock(&x);
    order_append('.');
}

static int start_holder_of_x(unsigned priority)
{
    int tid = start(hold_x_until_the_gate_opens, NULL, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

/* --- Who is lent what: in cooperative mode, where nothing is hurried --- */

SELF_TEST(the_holder_is_lent_the_priority_of_its_most_urgent_waiter)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &x, 'b'), c = TAKER(NULL, &x, 'c');
    init();
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
    init();
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
    init();
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
    init();
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
    init();
    lock(&x);
    mutex_set_inheritance(false);
    int tid = start_taker(&a, BASE + 5);
    EXPECT_OWN_PRIORITY(BASE);
    unlock(&x);
    mutex_set_inheritance(true);
    EXPECT_OWN_PRIORITY(BASE);
    finish(tid);
}

#if CONFIG_PREEMPT

/* --- Who runs when: under preemption --- */

SELF_TEST(an_unlock_lets_the_waiters_run_by_priority_before_it_returns)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &x, 'b');
    init();
    preemption_set(true);
    lock(&x);
    int low = start_taker(&a, BASE + 1);
    EXPECT_OWN_PRIORITY(BASE + 1);
    int high = start_taker(&b, BASE + 2);
    EXPECT_OWN_PRIORITY(BASE + 2);
    order_append('1');
    unlock(&x);
    order_append('2');
    EXPECT_OWN_PRIORITY(BASE);
    finish(low);
    finish(high);
    EXPECT_ORDER("1ba2");
}

SELF_TEST(unlocking_the_most_wanted_first_gives_back_its_share_only)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &y, 'b');
    init();
    preemption_set(true);
    lock(&x);
    lock(&y);
    int low = start_taker(&a, BASE + 1);
    int high = start_taker(&b, BASE + 2);
    EXPECT_OWN_PRIORITY(BASE + 2);
    unlock(&y);
    order_append('1');
    EXPECT_OWN_PRIORITY(BASE + 1);
    unlock(&x);
    order_append('2');
    EXPECT_OWN_PRIORITY(BASE);
    finish(low);
    finish(high);
    EXPECT_ORDER("b1a2");
}

SELF_TEST(unlocking_the_least_wanted_first_gives_nothing_back)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &y, 'b');
    init();
    preemption_set(true);
    lock(&x);
    lock(&y);
    int low = start_taker(&a, BASE + 1);
    int high = start_taker(&b, BASE + 2);
    unlock(&x);
    order_append('1');
    EXPECT_OWN_PRIORITY(BASE + 2);
    unlock(&y);
    order_append('2');
    EXPECT_OWN_PRIORITY(BASE);
    finish(low);
    finish(high);
    EXPECT_ORDER("1ba2");
}

/* The bystander, between the two waiters, wants no mutex, and comes only after what it would
 * delay: the holder, and the most urgent one. */
SELF_TEST(a_bystander_does_not_delay_who_waits_for_a_mutex)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &y, 'b');
    init();
    preemption_set(true);
    lock(&x);
    lock(&y);
    int low = start_taker(&a, BASE + 1);
    int high = start_taker(&b, BASE + 3);
    int bystander = start(append_letter, LETTER("c"), BASE + 2);
    order_append('1');
    unlock(&x);
    order_append('2');
    unlock(&y);
    order_append('3');
    finish(low);
    finish(high);
    finish(bystander);
    EXPECT_ORDER("12bca3");
}

SELF_TEST(a_nested_lock_is_given_back_in_the_order_of_what_was_lent)
{
    struct taker middle = TAKER(&y, &x, 'm'), high = TAKER(NULL, &y, 'h');
    middle.last = 'M';
    high.last = 'H';
    init();
    preemption_set(true);
    lock(&x);
    int middle_tid = start_taker(&middle, BASE + 1);
    EXPECT_OWN_PRIORITY(BASE + 1);
    int high_tid = start_taker(&high, BASE + 2);
    EXPECT_OWN_PRIORITY(BASE + 2);
    EXPECT_PRIORITY(middle_tid, BASE + 2);
    order_append('1');
    unlock(&x);
    order_append('2');
    EXPECT_OWN_PRIORITY(BASE);
    finish(middle_tid);
    finish(high_tid);
    EXPECT_ORDER("1mhHM2");
}

#define CHAIN 7

static struct mutex chain[CHAIN];

/*
 * The chain seven deep: taker i, of priority BASE + 2i, holds chain[i] and waits for chain[i - 1];
 * the first mutex is the test's own. Behind each comes a bystander, less urgent by one.
 */
SELF_TEST(priority_is_lent_seven_deep)
{
    static struct taker takers[CHAIN];
    static const char bystanders[CHAIN + 1] = "ABCDEFG";
    int tids[CHAIN], bystander_tids[CHAIN];
    for (int i = 0; i < CHAIN; i++)
        mutex_init(&chain[i], NULL);
    preemption_set(true);
    lock(&chain[0]);
    for (unsigned i = 0; i < CHAIN; i++) {
        unsigned priority = BASE + 2 * (i + 1);
        takers[i] = (struct taker){.first = i + 1 < CHAIN ? &chain[i + 1] : NULL,
                                   .second = &chain[i],
                                   .timeout_ms = WAIT_FOREVER,
                                   .letter = (char)('1' + i),
                                   .last = (char)('a' + i)};
        tids[i] = start_taker(&takers[i], priority);
        bystander_tids[i] = start(append_letter, LETTER(&bystanders[i]), priority - 1);
        EXPECT_OWN_PRIORITY(priority);
        for (unsigned earlier = 0; earlier < i; earlier++)
            EXPECT_PRIORITY(tids[earlier], priority);
    }
    order_append('[');
    unlock(&chain[0]);
    order_append(']');
    EXPECT_OWN_PRIORITY(BASE);
    for (int i = 0; i < CHAIN; i++) {
        finish(tids[i]);
        finish(bystander_tids[i]);
    }
    EXPECT_ORDER("[1234567gGfFeEdDcCbBaA]");
}

static void take_x_and_open_the_gate(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&x, WAIT_FOREVER), 0);
    EXPECT_EQUAL(semaphore_post(&gate), 0);
    order_append('h');
    unlock(&x);
}

static void pass_the_gate(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(semaphore_wait(&gate, WAIT_FOREVER), 0);
    order_append('m');
}

/* The holder of x, the least urgent, waits at the gate behind the middle one, until it is lent the
 * priority of the high one: then it is the first to be let through. */
SELF_TEST(what_is_lent_counts_at_a_semaphore)
{
    init();
    preemption_set(true);
    int low = start(hold_x_until_the_gate_opens, NULL, BASE + 1);
    int middle = start(pass_the_gate, NULL, BASE + 3);
    int high = start(take_x_and_open_the_gate, NULL, BASE + 5);
    EXPECT_PRIORITY(low, BASE + 5);
    order_append('1');
    EXPECT_EQUAL(semaphore_post(&gate), 0);
    order_append('2');
    finish(low);
    finish(middle);
    finish(high);
    EXPECT_ORDER("1xhm.2");
}

SELF_TEST(a_base_lowered_meanwhile_counts_from_the_unlock_on)
{
    struct taker a = TAKER(NULL, &x, 'a');
    init();
    preemption_set(true);
    lock(&x);
    int tid = start_taker(&a, BASE + 10);
    int bystander = start(append_letter, LETTER("b"), BASE - 5);
    EXPECT_EQUAL(thread_set_priority(thread_self(), BASE - 10), 0);
    EXPECT_OWN_PRIORITY(BASE + 10);
    EXPECT_EQUAL(thread_get_base_priority(thread_self()), BASE - 10);
    order_append('1');
    unlock(&x);
    order_append('2');
    EXPECT_OWN_PRIORITY(BASE - 10);
    finish(tid);
    finish(bystander);
    EXPECT_ORDER("1ab2");
}

SELF_TEST(a_base_raised_meanwhile_outlives_the_unlock)
{
    struct taker a = TAKER(NULL, &x, 'a');
    init();
    preemption_set(true);
    lock(&x);
    int tid = start_taker(&a, BASE + 3);
    EXPECT_EQUAL(thread_set_priority(thread_self(), BASE + 9), 0);
    EXPECT_OWN_PRIORITY(BASE + 9);
    unlock(&x);
    order_append('1');
    EXPECT_OWN_PRIORITY(BASE + 9);
    EXPECT_EQUAL(thread_set_priority(thread_self(), BASE), 0);
    order_append('2');
    finish(tid);
    EXPECT_ORDER("1a2");
}

#define WORK_TICKS 10u

static void work_under_x(void *argument)
{
    (void)argument;
    lock(&x);
    order_append('l');
    spin_ticks(WORK_TICKS);
    unlock(&x);
    order_append('L');
}

/* The low one works under x when the high one comes; the test itself is the one between. */
static void invert_priorities(void)
{
    struct taker high = TAKER(NULL, &x, 'h');
    init();
    preemption_set(true);
    int low_tid = start(work_under_x, NULL, BASE - 10);
    thread_sleep_ms(3);
    int high_tid = start(take, &high, BASE + 10);
    order_append('m');
    finish(high_tid);
    finish(low_tid);
}

SELF_TEST(inheritance_prevents_priority_inversion)
{
    invert_priorities();
    EXPECT_ORDER("lhmL");
}

SELF_TEST(without_inheritance_priorities_are_inverted)
{
    mutex_set_inheritance(false);
    invert_priorities();
    mutex_set_inheritance(true);
    EXPECT_ORDER("lmhL");
}

#endif
