/* Each policy's real source on the real core, in virtual time: who gets how much of the CPU.
 * The policy fair has a file of its own. */
#include "tests/unit/simulated_crowd.h"

#include "kernel/lib/errors.h"
#include "sched/observe/harmony_window.h"

/* --- prio, rr -------------------------------------------------------------------------------- */

static void test_prio_serves_the_most_urgent_alone_and_equals_alike(void **state)
{
    (void)state;
    begin("prio", 10);
    add_hogs(4, (const unsigned[]){31, 40, 40, 5});
    expect_shares(4, (const double[]){0, 0.5, 0.5, 0}, TOLERANCE);
}

static void test_rr_serves_all_alike_whatever_their_priority(void **state)
{
    (void)state;
    begin("rr", 10);
    add_hogs(5, (const unsigned[]){31, 0, 62, 5, 40});
    expect_equal_shares(5);
}

static void test_the_highest_priority_stands_above_every_policy(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 10);
        add_hogs(4, (const unsigned[]){62, 63, 31, 63});
        expect_shares(4, (const double[]){0, 0.5, 0, 0.5}, TOLERANCE);
        simulation_end();
    }
}

/* --- lottery --------------------------------------------------------------------------------- */

/* Within four standard deviations of so many draws. */
static void test_lottery_shares_by_tickets_on_the_average(void **state)
{
    (void)state;
    static const unsigned priorities[] = {31, 31, 63 - 1, 0, 15};
    double weights[THREADS];
    begin("lottery", 1);
    add_hogs(5, priorities);
    for (unsigned i = 0; i < 5; i++)
        weights[i] = priorities[i] + 1;
    for (unsigned i = 0; i < 5; i++)
        weights[i] /= 32 + 32 + 63 + 1 + 16;
    count_anew();
    simulate_ms(100000);
    for (unsigned i = 0; i < 5; i++) {
        double share = (double)simulation_count(&threads[i]) / 100e9;
        double deviation = difference(share, weights[i]);
        double variance = weights[i] * (1 - weights[i]) / 100000;
        assert_true(deviation * deviation < 16 * variance);
    }
}

/* Who runs at each of the ticks to come. */
static void record_winners(char winners[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        winners[i] = (char)('a' + ((struct simulated_thread *)this_cpu()->running - threads));
        simulate_ms(1);
    }
    winners[count] = '\0';
}

static void test_lottery_repeats_its_draws(void **state)
{
    (void)state;
    char draws[4][101];
    const uint64_t seeds[] = {POLICY_SEED_DEFAULT, 7, 7, POLICY_SEED_DEFAULT};
    for (unsigned i = 0; i < 4; i++) {
        begin("rr", 1);
        add_hogs(6, (const unsigned[]){31, 31, 31, 20, 20, 20});
        assert_int_equal(policy_choose_seeded("lottery", seeds[i]), 0);
        record_winners(draws[i], 100);
        simulation_end();
    }
    assert_string_equal(draws[1], draws[2]);
    assert_string_equal(draws[0], draws[3]);
    assert_string_not_equal(draws[0], draws[1]);
}

/* Choosing it again begins anew, without moving a thread. */
static void test_lottery_begins_anew_when_it_is_chosen_again(void **state)
{
    (void)state;
    char draws[2][101];
    begin("lottery", 1);
    add_hogs(2, (const unsigned[]){31, 31});
    for (unsigned i = 0; i < 2; i++) {
        while (this_cpu()->running != &threads[0].thread)
            simulate_ms(1);
        assert_int_equal(policy_choose("lottery"), 0);
        record_winners(draws[i], 100);
    }
    assert_string_equal(draws[0], draws[1]);
}

static void test_only_the_lottery_takes_a_seed(void **state)
{
    (void)state;
    begin("rr", 1);
    assert_int_equal(policy_choose_seeded("fair", 5), -ERROR_NOT_SUPPORTED);
    assert_int_equal(policy_choose_seeded("nonsense", 5), -ERROR_NOT_FOUND);
    assert_int_equal(policy_choose("nonsense"), -ERROR_NOT_FOUND);
    assert_string_equal(policy_name(), "rr");
}

/* --- mlfq ------------------------------------------------------------------------------------ */

static void test_mlfq_serves_hogs_alike(void **state)
{
    (void)state;
    begin("mlfq", 10);
    add_hogs(5, (const unsigned[]){31, 0, 62, 5, 40});
    expect_equal_shares(5);
}

static unsigned depth_of(unsigned index)
{
    return 31u - threads[index].thread.level;
}

static void test_mlfq_sinks_by_a_level_an_allotment_and_rises_every_second(void **state)
{
    (void)state;
    begin("mlfq", 10);
    simulation_add(&threads[0], 31, hog);
    simulate_ms(50);
    while (depth_of(0) != 0)
        simulate_ms(1);
    for (unsigned depth = 0; depth < 4; depth++) {
        simulate_ms(5);
        assert_int_equal(depth_of(0), depth);
        simulate_ms(5);
    }
    simulate_ms(500);
    assert_int_equal(depth_of(0), 3);
    unsigned rises = 0;
    for (unsigned i = 0; i < 3000; i++) {
        unsigned before = depth_of(0);
        simulate_ms(1);
        rises += depth_of(0) < before;
    }
    assert_int_equal(rises, 3);
}

/* Once the hogs have sunk, one that computes little is served at once. */
static void test_mlfq_serves_the_interactive_first(void **state)
{
    (void)state;
    begin("mlfq", 10);
    add_hogs(8, (const unsigned[]){31, 31, 31, 31, 31, 31, 31, 31});
    simulate_ms(2000);
    simulation_add(&threads[8], 0, (struct behaviour){.burst_ns = NS_PER_MS / 10, .sleep_ms = 7});
    unsigned at_once = 0, runs = 0;
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t before = threads[8].thread.accounting.wakeups;
        simulate_ms(1);
        if (threads[8].thread.accounting.wakeups == before)
            continue;
        runs++;
        at_once += this_cpu()->running == &threads[8].thread;
    }
    assert_true(runs > 1000);
    assert_true(at_once * 10 > runs * 6); /* but for the time after each boost */
}

/* Yielding or sleeping shortly before the tick that would end the quantum. */
static void test_mlfq_is_not_to_be_gamed(void **state)
{
    (void)state;
    const struct behaviour gamers[] = {
        {.burst_ns = NS_PER_MS * 99 / 10},
        {.burst_ns = NS_PER_MS * 99 / 10, .sleep_ms = 1},
        {.burst_ns = NS_PER_MS * 9 / 10, .sleep_ms = 1}, /* no tick ever meets it */
    };
    for (unsigned i = 0; i < COUNT_OF(gamers); i++) {
        begin("mlfq", 10);
        add_hogs(3, (const unsigned[]){31, 31, 31});
        simulation_add(&threads[3], 31, gamers[i]);
        simulate_ms(1000);
        count_anew();
        simulate_ms(10000);
        double share = (double)simulation_count(&threads[3]) / 10e9;
        assert_true(share < 0.26); /* else it would have half of it, or nearly all */
        simulation_end();
    }
}

/* --- harmony --------------------------------------------------------------------------------- */

static void test_harmony_serves_hogs_alike(void **state)
{
    (void)state;
    begin("harmony", 10);
    add_hogs(5, (const unsigned[]){31, 0, 62, 5, 40});
    simulate_ms(1000);
    expect_equal_shares(5);
}

static void test_harmony_serves_hogs_alike_with_a_quantum_above_their_share(void **state)
{
    (void)state;
    begin("harmony", 100);
    add_hogs(12, (const unsigned[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    simulate_ms(2000);
    const double weights[THREADS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    expect_shares_by_weight(12, weights, 0.15); /* 8 or 9 turns each */
}

/* The hog that was alone makes room until the newcomers have caught up, and is back then. */
static void test_harmony_throttles_who_had_the_cpu_alone(void **state)
{
    (void)state;
    begin("harmony", 10);
    simulation_add(&threads[0], 31, hog);
    simulate_ms(1000);
    for (int i = 1; i < 4; i++)
        simulation_add(&threads[i], 31, hog);
    simulate_ms(350);
    assert_true(threads[0].thread.policy_state.harmony.is_throttled);
    count_anew();
    simulate_ms(200);
    assert_int_equal(simulation_count(&threads[0]), 0);
    core_put_first(&threads[0].thread);
    simulation_settle();
    assert_ptr_equal(this_cpu()->running, &threads[0].thread);
    simulate_ms(1000);
    expect_equal_shares(4);
}

/* Who sleeps of its own accord may want less than half; then the other has the rest. */
static void expect_fair_shares(unsigned count, unsigned tolerance_percent)
{
    for (unsigned second = 0; second < SECONDS; second++) {
        simulate_ms(1000);
        for (unsigned i = 0; i < count; i++) {
            int percent = harmony_share(&threads[i].thread);
            print_message("thread %u has %d %% of its share\n", i, percent);
            assert_uint_in_range(percent, 100 - tolerance_percent, 100 + tolerance_percent);
        }
    }
}

/* They sleep at each tick, and are never seen at one. */
static void test_harmony_serves_those_alike_that_run_between_ticks(void **state)
{
    (void)state;
    begin("harmony", 10);
    simulation_add(&threads[0], 31, (struct behaviour){.burst_ns = 900000, .sleep_ms = 1});
    simulation_add(&threads[1], 31, hog);
    simulate_ms(2000);
    expect_fair_shares(2, 2);
    simulation_add(&threads[2], 40, (struct behaviour){.burst_ns = 700000, .sleep_ms = 1});
    simulation_add(&threads[3], 31, hog);
    simulate_ms(2000);
    expect_fair_shares(4, 3); /* a quantum is 4 % of what each may have in the window */
}

/* A hog takes a whole tick whenever it may run, the others a moment. */
static void test_harmony_serves_those_alike_that_yield(void **state)
{
    (void)state;
    for (int hogs = 1; hogs <= 3; hogs++) {
        begin("harmony", 10);
        for (int i = 0; i < 3; i++)
            simulation_add(&threads[i], 31, (struct behaviour){.burst_ns = 20000});
        for (int i = 3; i < 3 + hogs; i++)
            simulation_add(&threads[i], 31, hog);
        simulate_ms(2000);
        const double weights[THREADS] = {1, 1, 1, 1, 1, 1};
        expect_shares_by_weight(3 + (unsigned)hogs, weights, 0.02);
        simulation_end();
    }
}

/* Without anybody else ready a throttled thread runs; one that sleeps is no obstacle. */
static void test_harmony_lets_a_throttled_thread_run_when_nobody_else_can(void **state)
{
    (void)state;
    begin("harmony", 10);
    simulation_add(&threads[0], 31, hog);
    simulate_ms(1000);
    for (int i = 1; i < 4; i++)
        simulation_add(&threads[i], 31, hog);
    simulate_ms(350);
    for (int i = 1; i < 4; i++) {
        threads[i].behaviour = (struct behaviour){.burst_ns = NS_PER_MS, .sleep_ms = 1000};
        threads[i].left_ns = NS_PER_MS;
    }
    count_anew();
    simulate_ms(100);
    assert_uint_in_range(simulation_count(&threads[0]), 96 * NS_PER_MS, 97 * NS_PER_MS);
}

/* --- The quantum ----------------------------------------------------------------------------- */

/* A tick's handler takes some of the time. */
#define TURN_MIN_NS (2 * NS_PER_MS + NS_PER_MS * 48 / 100)

/* Whoever gets the CPU in the middle of a tick has no less of it than who gets it at one. */
static void test_a_quantum_is_time_on_the_cpu(void **state)
{
    (void)state;
    for (uint64_t burst_ns = 100000; burst_ns < NS_PER_MS; burst_ns += 100000) {
        begin("prio", 3);
        simulation_add(&threads[0], 31, hog);
        simulation_add(&threads[1], 31, (struct behaviour){.burst_ns = burst_ns});
        simulate_ms(1000);
        uint64_t turns = threads[0].thread.accounting.involuntary_switches;
        uint64_t turn_ns = state_run_cycles(&threads[0].thread) / turns;
        print_message("beside bursts of %lu ns: %lu turns of %lu ns\n", burst_ns, turns, turn_ns);
        assert_uint_in_range(turn_ns, TURN_MIN_NS, 3 * NS_PER_MS + NS_PER_MS / 2);
        simulation_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLICY_TEST(test_a_quantum_is_time_on_the_cpu),
        POLICY_TEST(test_prio_serves_the_most_urgent_alone_and_equals_alike),
        POLICY_TEST(test_rr_serves_all_alike_whatever_their_priority),
        POLICY_TEST(test_the_highest_priority_stands_above_every_policy),
        POLICY_TEST(test_lottery_shares_by_tickets_on_the_average),
        POLICY_TEST(test_lottery_repeats_its_draws),
        POLICY_TEST(test_lottery_begins_anew_when_it_is_chosen_again),
        POLICY_TEST(test_only_the_lottery_takes_a_seed),
        POLICY_TEST(test_mlfq_serves_hogs_alike),
        POLICY_TEST(test_mlfq_sinks_by_a_level_an_allotment_and_rises_every_second),
        POLICY_TEST(test_mlfq_serves_the_interactive_first),
        POLICY_TEST(test_mlfq_is_not_to_be_gamed),
        POLICY_TEST(test_harmony_serves_hogs_alike),
        POLICY_TEST(test_harmony_serves_hogs_alike_with_a_quantum_above_their_share),
        POLICY_TEST(test_harmony_throttles_who_had_the_cpu_alone),
        POLICY_TEST(test_harmony_serves_those_alike_that_run_between_ticks),
        POLICY_TEST(test_harmony_serves_those_alike_that_yield),
        POLICY_TEST(test_harmony_lets_a_throttled_thread_run_when_nobody_else_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
