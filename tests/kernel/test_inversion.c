/* Priority inheritance under preemption: who runs when, and that priorities are not inverted. */
#include <stddef.h>

#include "sched/preemption.h"
#include "tests/kernel/takers.h"

#if CONFIG_PREEMPT

SELF_TEST(an_unlock_lets_the_waiters_run_by_priority_before_it_returns)
{
    struct taker a = TAKER(NULL, &x, 'a'), b = TAKER(NULL, &x, 'b');
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
    init_takers();
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
