/* The policy fair, on the real core in virtual time: shares by weight, whatever the threads do. */
#include "tests/unit/simulated_crowd.h"

#include "kernel/cpu/tsc.h"

static void test_fair_shares_by_powers_of_five_quarters(void **state)
{
    (void)state;
    static const unsigned priorities[] = {31, 32, 34, 37, 25, 31};
    double weights[THREADS];
    begin("fair", 1);
    add_hogs(6, priorities);
    for (unsigned i = 0; i < 6; i++)
        weights[i] = weight_of(priorities[i]);
    expect_shares_by_weight(6, weights, TOLERANCE);
}

/* The rates of all priorities: each against the one in the middle that is 9 levels apart at most.
 */
static void test_fair_shares_at_every_priority(void **state)
{
    (void)state;
    for (unsigned priority = 0; priority + 9 < THREAD_PRIORITY_HIGHEST; priority++) {
        begin("fair", 1);
        add_hogs(2, (const unsigned[]){priority, priority + 9});
        expect_shares_by_weight(2, (const double[]){1, weight_of(9)}, TOLERANCE);
        simulation_end();
    }
}

static void test_fair_gives_a_sleeper_what_it_asks_for_up_to_its_share(void **state)
{
    (void)state;
    begin("fair", 100);
    add_hogs(4, (const unsigned[]){31, 31, 31, 31});
    simulation_add(&threads[4], 31, (struct behaviour){.burst_ns = NS_PER_MS, .sleep_ms = 9});
    simulate_ms(1000);
    expect_shares(5, (const double[]){.225, .225, .225, .225, .1}, TOLERANCE);
    assert_int_equal(threads[4].longest_lag, 0);
}

/* One that wants more than its share gets its share, sleeping or not. */
static void test_fair_limits_a_sleeper_to_its_share(void **state)
{
    (void)state;
    begin("fair", 10);
    add_hogs(4, (const unsigned[]){31, 31, 31, 31});
    simulation_add(&threads[4], 31, (struct behaviour){.burst_ns = 20 * NS_PER_MS, .sleep_ms = 1});
    simulate_ms(1000);
    expect_equal_shares(5);
}

static void test_fair_lets_nobody_save_up_by_sleeping(void **state)
{
    (void)state;
    begin("fair", 100);
    simulation_add(&threads[0], 31, hog);
    simulation_add(&threads[1], 31, (struct behaviour){.burst_ns = 1, .sleep_ms = 100000});
    simulate_ms(50000);
    assert_int_equal(threads[1].thread.state, THREAD_SLEEPING);
    threads[1].behaviour = hog;
    simulate_ms(50200);
    count_anew();
    simulate_ms(1000);
    uint64_t first = simulation_count(&threads[0]), second = simulation_count(&threads[1]);
    assert_uint_in_range(second > first ? second - first : first - second, 0, 100 * NS_PER_MS);
}

static void test_fair_lets_a_newcomer_begin_where_the_others_are(void **state)
{
    (void)state;
    begin("fair", 10);
    simulation_add(&threads[0], 31, hog);
    simulate_ms(5000);
    simulation_add(&threads[1], 31, hog);
    expect_equal_shares(2);
}

/* Virtual times wrap round: here by one thread that runs for sixty years on end. */
static void test_fair_survives_the_overflow_of_virtual_time(void **state)
{
    (void)state;
    const uint64_t sixty_years_ns = 60ull * 365 * 86400 * 1000000000;
    for (unsigned priority = 0; priority < THREAD_PRIORITY_HIGHEST; priority += 31) {
        begin("fair", 1);
        simulation_add(&threads[0], priority, hog);
        for (int i = 0; i < 10; i++) {
            simulate_ms(1);
            fake_tsc += sixty_years_ns / 10;
            simulate_ms(1);
        }
        simulation_add(&threads[1], priority, hog);
        simulate_ms(10);
        expect_equal_shares(2);
        simulation_end();
    }
}

/* At priority 0 one quantum is a lead of a thousand: nobody waits that out who has weight now. */
static void test_fair_counts_a_lead_in_cycles_when_the_weight_changes(void **state)
{
    (void)state;
    begin("fair", 10);
    add_hogs(2, (const unsigned[]){0, 31});
    simulate_ms(40);
    assert_true(simulation_count(&threads[0]) > 0);
    core_set_priority(&threads[0].thread, 31);
    expect_equal_shares(2);
}

/* So that it is not overtaken by the next one that wakes. */
static void test_fair_forgives_its_lead_to_who_is_put_first(void **state)
{
    (void)state;
    begin("fair", 10);
    add_hogs(2, (const unsigned[]){0, 31});
    simulate_ms(40);
    const uint64_t *time = &threads[0].thread.policy_state.fair.virtual_time;
    const uint64_t *other = &threads[1].thread.policy_state.fair.virtual_time;
    assert_true(*time > *other);
    core_put_first(&threads[0].thread);
    assert_true(*time <= *other);
}

/* Whenever they come, right behind a tick among others, when run times seem to go back. */
static void test_fair_bears_any_number_of_changes_of_weight(void **state)
{
    (void)state;
    begin("fair", 5);
    add_hogs(3, (const unsigned[]){31, 31, 31});
    for (unsigned i = 0; i < 300; i++) {
        simulate_ms(1 + i % 7);
        core_set_priority(&threads[i % 3].thread, 31 + i % 2 * 3);
        simulation_settle();
    }
    for (unsigned i = 0; i < 3; i++)
        core_set_priority(&threads[i].thread, 31);
    expect_equal_shares(3);
}

/* Yielders leave the CPU to whoever computes, be it of little weight. */
static void test_fair_charges_a_yield_with_the_quantum_given_up(void **state)
{
    (void)state;
    begin("fair", 10);
    for (int i = 0; i < 3; i++)
        simulation_add(&threads[i], 31, (struct behaviour){.burst_ns = 1000});
    simulation_add(&threads[3], 31, hog);
    simulate_ms(100);
    count_anew();
    simulate_ms(1000);
    assert_true(simulation_count(&threads[3]) > 990 * NS_PER_MS);
    for (int i = 0; i < 3; i++)
        assert_uint_in_range(simulation_count(&threads[i]), 90000, 110000);
}

/* In cooperative mode turns are what is shared: all yield after less than a quantum. */
static void test_fair_shares_turns_in_cooperative_mode(void **state)
{
    (void)state;
    begin("fair", 10);
    core_set_preemption(false);
    for (unsigned i = 0; i < 3; i++)
        simulation_add(&threads[i], 31 + i, (struct behaviour){.burst_ns = NS_PER_MS / 10});
    expect_shares_by_weight(3, (const double[]){1, weight_of(1), weight_of(2)}, TOLERANCE);
    assert_int_equal(threads[0].thread.accounting.involuntary_switches, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLICY_TEST(test_fair_shares_by_powers_of_five_quarters),
        POLICY_TEST(test_fair_shares_at_every_priority),
        POLICY_TEST(test_fair_gives_a_sleeper_what_it_asks_for_up_to_its_share),
        POLICY_TEST(test_fair_limits_a_sleeper_to_its_share),
        POLICY_TEST(test_fair_lets_nobody_save_up_by_sleeping),
        POLICY_TEST(test_fair_lets_a_newcomer_begin_where_the_others_are),
        POLICY_TEST(test_fair_survives_the_overflow_of_virtual_time),
        POLICY_TEST(test_fair_counts_a_lead_in_cycles_when_the_weight_changes),
        POLICY_TEST(test_fair_forgives_its_lead_to_who_is_put_first),
        POLICY_TEST(test_fair_bears_any_number_of_changes_of_weight),
        POLICY_TEST(test_fair_charges_a_yield_with_the_quantum_given_up),
        POLICY_TEST(test_fair_shares_turns_in_cooperative_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
