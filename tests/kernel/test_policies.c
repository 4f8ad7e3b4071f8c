/* What each scheduling policy makes of order and shares. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "tests/kernel/policy_test.h"

#define NS_PER_MS 1000000u
#define LETTERS   5u

SELF_TEST(an_unknown_policy_changes_nothing)
{
    EXPECT_EQUAL(policy_choose("rr"), 0);
    EXPECT_EQUAL(policy_choose("nonsense"), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(policy_choose_seeded("nonsense", 1), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(policy_choose_seeded("fair", 1), -ERROR_NOT_SUPPORTED);
    EXPECT(strcmp(policy_name(), "rr") == 0);
}

/* --- Order, in cooperative mode -------------------------------------------------------------- */

SELF_TEST(who_is_put_first_is_next_under_every_policy)
{
    UNDER_EACH_POLICY(policy)
    {
        order_clear();
        int a = start(append_letter, LETTER("a"), THREAD_PRIORITY_DEFAULT);
        int b = start(append_letter, LETTER("b"), THREAD_PRIORITY_DEFAULT);
        int c = start(append_letter, LETTER("c"), THREAD_PRIORITY_DEFAULT);
        EXPECT_EQUAL(thread_put_first(b), 0);
        thread_sleep_ms(2);
        EXPECT_UNDER(policy, order_so_far()[0] == 'b');
        finish(a);
        finish(b);
        finish(c);
        EXPECT_UNDER(policy, strlen(order_so_far()) == 3);
    }
}

static void append_and_yield(void *argument)
{
    for (unsigned i = 0; i < LETTERS; i++) {
        if (i > 0) /* and not behind the last one: who has a turn appends a letter */
            thread_yield();
        order_append(*(const char *)argument);
    }
}

static void run_letters(void)
{
    int tids[4];
    static const char letters[] = "abcd";
    order_clear();
    for (unsigned i = 0; i < 4; i++)
        tids[i] = start(append_and_yield, LETTER(&letters[i]), THREAD_PRIORITY_DEFAULT);
    for (unsigned i = 0; i < 4; i++)
        finish(tids[i]);
}

/* Whether no letter follows itself, but at the end, when the others are through. */
static bool takes_turns(const char *letters)
{
    size_t end = strlen(letters) - 1;
    while (end > 0 && letters[end - 1] == letters[end])
        end--;
    for (size_t i = 0; i + 1 < end; i++)
        if (letters[i] == letters[i + 1])
            return false;
    return true;
}

SELF_TEST(a_yield_lets_somebody_else_run_under_every_policy)
{
    stand_above_policies();
    UNDER_EACH_POLICY(policy)
    {
        run_letters();
        EXPECT_UNDER(policy, strlen(order_so_far()) == 4 * LETTERS);
        EXPECT_UNDER(policy, takes_turns(order_so_far()));
    }
}

SELF_TEST(the_lottery_repeats_its_draws)
{
    static char first[4 * LETTERS + 1];
    EXPECT_EQUAL(policy_choose_seeded("lottery", 7), 0);
    run_letters();
    string_copy(first, order_so_far(), sizeof(first));
    EXPECT_EQUAL(policy_choose_seeded("lottery", 8), 0);
    run_letters();
    EXPECT(strcmp(order_so_far(), first) != 0);
    EXPECT_EQUAL(policy_choose_seeded("lottery", 7), 0);
    run_letters();
    EXPECT_ORDER(first);
}

#if CONFIG_PREEMPT

/* --- Shares, under preemption ---------------------------------------------------------------- */

static volatile bool must_stop;

static void spin_until_stopped(void *argument)
{
    (void)argument;
    while (!must_stop) /* without cpu_relax(), by which an emulator loses time */
        ;
}

static uint64_t run_time_of(int tid)
{
    struct thread_information information = {0};
    EXPECT_EQUAL(thread_get_information(tid, &information), 0);
    return information.run_time_ns;
}

/* Starts a hog of each of the priorities, lets them run, and stores what each had, in ns. */
static void measure_hogs(const unsigned *priorities, unsigned count, int milliseconds,
                         uint64_t *times)
{
    int tids[8];
    stand_above_policies();
    preemption_set(true);
    must_stop = false;
    for (unsigned i = 0; i < count; i++)
        tids[i] = start(spin_until_stopped, NULL, priorities[i]);
    thread_sleep_ms(milliseconds);
    for (unsigned i = 0; i < count; i++)
        times[i] = run_time_of(tids[i]);
    must_stop = true;
    for (unsigned i = 0; i < count; i++)
        finish(tids[i]);
}

static bool is_near(uint64_t seen, uint64_t expected, unsigned percent)
{
    uint64_t difference = seen > expected ? seen - expected : expected - seen;
    return difference * 100 <= expected * percent;
}

/* The lottery's are right on the average only: of so few draws nobody can expect much. In the
 * stress build every interrupt ends a quantum, not only the timer's. */
static unsigned tolerated_percent(const struct policy_information *policy)
{
    if (strcmp(policy->name, "lottery") == 0)
        return 50;
    return CONFIG_STRESS ? 20 : 5;
}

SELF_TEST(equal_hogs_have_equal_shares_under_every_policy)
{
    static const unsigned priorities[] = {31, 31, 31, 31};
    uint64_t times[4];
    quantum_set_ms(1);
    UNDER_EACH_POLICY(policy)
    {
        measure_hogs(priorities, 4, 160, times);
        for (unsigned i = 0; i < 4; i++)
            EXPECT_UNDER(policy, is_near(times[i], 40 * NS_PER_MS, tolerated_percent(policy)));
    }
}

SELF_TEST(fair_shares_by_weight)
{
    uint64_t times[3];
    quantum_set_ms(1);
    EXPECT_EQUAL(policy_choose("fair"), 0);
    measure_hogs((const unsigned[]){31, 34, 28}, 3, 200, times);
    EXPECT(is_near(times[1] * 1000, times[0] * 1953, 7)); /* 1.25 * 1.25 * 1.25 */
    EXPECT(is_near(times[0] * 1000, times[2] * 1953, 7));
}

SELF_TEST(the_lottery_shares_by_tickets)
{
    uint64_t times[2];
    quantum_set_ms(1);
    EXPECT_EQUAL(policy_choose("lottery"), 0);
    measure_hogs((const unsigned[]){15, 47}, 2, 400, times);
    /* 48 tickets of 64, within five standard deviations. */
    EXPECT(is_near(times[1], 300 * NS_PER_MS, 15));
}

SELF_TEST(only_prio_starves_the_less_urgent)
{
    uint64_t times[2];
    quantum_set_ms(1);
    UNDER_EACH_POLICY(policy)
    {
        measure_hogs((const unsigned[]){28, 31}, 2, 60, times);
        EXPECT_UNDER(policy, (times[0] == 0) == (strcmp(policy->name, "prio") == 0));
    }
}

SELF_TEST(the_highest_priority_stands_above_every_policy)
{
    quantum_set_ms(100);
    stand_above_policies();
    preemption_set(true);
    must_stop = false;
    int tids[3];
    for (unsigned i = 0; i < 3; i++)
        tids[i] = start(spin_until_stopped, NULL, THREAD_PRIORITY_HIGHEST - 1);
    UNDER_EACH_POLICY(policy)
    {
        for (unsigned i = 0; i < 10; i++) {
            uint64_t before = clock_ticks();
            thread_sleep_ms(3);
            EXPECT_UNDER(policy, clock_ticks() - before <= 3);
        }
    }
    must_stop = true;
    for (unsigned i = 0; i < 3; i++)
        finish(tids[i]);
}

/* Three hogs have sunk to the lowest level after 90 ms; who sleeps most of the time stays above
 * them, but for the time after each boost. Under round robin it would wait for 30 ms each time. The
 * stress build ends quanta everywhere, so that there everybody sinks. */
SELF_TEST(mlfq_serves_who_sleeps_before_those_who_compute)
{
    int tids[3];
    unsigned at_once = 0;
    quantum_set_ms(10);
    EXPECT_EQUAL(policy_choose("mlfq"), 0);
    preemption_set(true);
    must_stop = false;
    for (unsigned i = 0; i < 3; i++)
        tids[i] = start(spin_until_stopped, NULL, THREAD_PRIORITY_DEFAULT);
    thread_sleep_ms(100);
    for (unsigned i = 0; i < 40; i++) {
        uint64_t before = clock_ticks();
        thread_sleep_ms(3);
        at_once += clock_ticks() - before <= 3;
    }
    must_stop = true;
    for (unsigned i = 0; i < 3; i++)
        finish(tids[i]);
    EXPECT(CONFIG_STRESS || at_once >= 30);
}

#endif
