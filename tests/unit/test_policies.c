/* Each policy's real source on the real core, in virtual time: shares, order, and that nobody is
 * lost. */
#include "tests/unit/unit_test.h"

#include <string.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "sched/core.h"
#include "sched/policy.h"
#include "tests/unit/fakes/simulation.h"

#define THREADS   12
#define SECONDS   10
#define TOLERANCE 0.02 /* of the share */

static const struct behaviour hog = {0};

static struct simulated_thread threads[THREADS];
static struct wait_queue queue;

static double difference(double one, double other)
{
    return one > other ? one - other : other - one;
}

static double weight_of(unsigned priority)
{
    double weight = 1;
    for (unsigned i = 0; i < priority; i++)
        weight *= 1.25;
    return weight;
}

static void begin(const char *policy, unsigned quantum_ms)
{
    memset(threads, 0, sizeof(threads));
    wait_queue_init(&queue);
    simulation_begin(quantum_ms);
    assert_int_equal(policy_choose(policy), 0);
}

static int end(void **state)
{
    (void)state;
    simulation_end();
    return 0;
}

static void add_hogs(unsigned count, const unsigned *priorities)
{
    for (unsigned i = 0; i < count; i++)
        simulation_add(&threads[i], priorities[i], hog);
}

static void count_anew(void)
{
    for (unsigned i = 0; i < THREADS; i++)
        simulation_count(&threads[i]);
}

/* Lets the machine run, and compares each thread's part of the time with what is expected. */
static void expect_shares(unsigned count, const double *shares, double tolerance)
{
    count_anew();
    simulate_ms(SECONDS * 1000);
    for (unsigned i = 0; i < count; i++) {
        double share = (double)simulation_count(&threads[i]) / (SECONDS * 1e9);
        print_message("thread %u, priority %2u: %.4f of %.4f\n", i, threads[i].thread.priority,
                      share, shares[i]);
        assert_true(difference(share, shares[i]) <= tolerance * shares[i]);
    }
}

static void expect_shares_by_weight(unsigned count, const double *weights, double tolerance)
{
    double shares[THREADS], sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += weights[i];
    for (unsigned i = 0; i < count; i++)
        shares[i] = weights[i] / sum;
    expect_shares(count, shares, tolerance);
}

static void expect_equal_shares(unsigned count)
{
    const double weights[THREADS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    expect_shares_by_weight(count, weights, TOLERANCE);
}

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

/* --- fair ------------------------------------------------------------------------------------ */

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
    assert_in_range(second > first ? second - first : first - second, 0, 100 * NS_PER_MS);
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
        assert_in_range(simulation_count(&threads[i]), 90000, 110000);
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
    assert_int_equal(threads[0].thread.involuntary_switches, 0);
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
        winners[i] = (char)('a' + ((struct simulated_thread *)current_thread - threads));
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
        while (current_thread != &threads[0].thread)
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
        at_once += current_thread == &threads[8].thread;
    }
    assert_true(runs > 1000);
    assert_true(at_once * 10 > runs * 6); /* but for the time after each boost */
}

/* Yielding or sleeping shortly before the tick that would end the quantum. */
static void test_mlfq_is_not_to_be_gamed(void **state)
{
    (void)state;
    for (uint64_t sleep_ms = 0; sleep_ms <= 1; sleep_ms++) {
        begin("mlfq", 10);
        add_hogs(3, (const unsigned[]){31, 31, 31});
        simulation_add(&threads[3], 31,
                       (struct behaviour){.burst_ns = NS_PER_MS * 99 / 10, .sleep_ms = sleep_ms});
        simulate_ms(1000);
        count_anew();
        simulate_ms(10000);
        double share = (double)simulation_count(&threads[3]) / 10e9;
        assert_in_range(share * 1000, 100, 260); /* else it would have nearly all */
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
    simulate_ms(1000);
    assert_false(threads[0].thread.policy_state.harmony.is_throttled);
    simulate_ms(1000);
    expect_equal_shares(4);
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
    assert_in_range(simulation_count(&threads[0]), 96 * NS_PER_MS, 97 * NS_PER_MS);
}

/* --- All of them ----------------------------------------------------------------------------- */

static void expect_that_nobody_is_lost(void)
{
    assert_int_equal(core_ready_count(), simulation_count_ready());
}

static void act_at_random(uint64_t *seed)
{
    struct simulated_thread *chosen = &threads[random_below(seed, THREADS)];
    struct thread *thread = &chosen->thread;
    switch (random_below(seed, 10)) {
    case 0:
        core_set_priority(thread, random_below(seed, THREAD_PRIORITIES));
        break;
    case 1:
        core_put_first(thread);
        break;
    case 2:
        core_set_preemption(random_below(seed, 4) != 0);
        break;
    case 3:
        assert_int_equal(policy_choose(policy_at(random_below(seed, 6))->name), 0);
        break;
    case 4:
        if (thread->state == THREAD_SUSPENDED) {
            core_make_ready(thread);
        } else if (thread == current_thread) {
            core_block(THREAD_SUSPENDED);
        } else if (thread->state == THREAD_READY) {
            core_unready(thread);
            thread->state = THREAD_SUSPENDED;
        }
        break;
    case 5:
        if (current_thread->tid != 0)
            wait_queue_wait(&queue, random_below(seed, 3) == 0 ? WAIT_FOREVER : 10);
        break;
    case 6:
        wait_queue_wake_one(&queue, 0);
        break;
    default:
        chosen->behaviour = (struct behaviour){.burst_ns = random_below(seed, 20 * NS_PER_MS) + 1,
                                               .sleep_ms = random_below(seed, 3) * 5};
    }
    simulation_settle();
}

static void test_nobody_is_lost_whatever_happens(void **state)
{
    (void)state;
    uint64_t seed = 11;
    begin("prio", 5);
    for (unsigned i = 0; i < THREADS; i++)
        simulation_add(&threads[i], 31, (struct behaviour){.burst_ns = 3 * NS_PER_MS});
    for (unsigned step = 0; step < 50000; step++) {
        act_at_random(&seed);
        expect_that_nobody_is_lost();
        simulate_ms(random_below(&seed, 3));
        expect_that_nobody_is_lost();
    }
}

/* Who is put first is the next to run, and is not overtaken before it has. */
static void test_who_is_put_first_is_next_under_every_policy(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 10);
        add_hogs(6, (const unsigned[]){31, 31, 31, 31, 31, 31});
        simulate_ms(400);
        for (unsigned chosen = 0; chosen < 6; chosen++) {
            core_put_first(&threads[chosen].thread);
            simulation_settle();
            assert_ptr_equal(current_thread, &threads[chosen].thread);
            simulate_ms(3);
            assert_ptr_equal(current_thread, &threads[chosen].thread);
        }
        simulation_end();
    }
}

/* In cooperative mode it takes the CPU only when the running thread gives it away; and that one may
 * block meanwhile. */
static void test_who_is_put_first_waits_for_the_running_thread_in_cooperative_mode(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 10);
        add_hogs(3, (const unsigned[]){31, 31, 31});
        simulate_ms(35);
        core_set_preemption(false);
        struct thread *running = current_thread;
        struct thread *chosen =
            running != &threads[2].thread ? &threads[2].thread : &threads[1].thread;
        core_put_first(chosen);
        simulation_settle();
        assert_ptr_equal(current_thread, running);
        assert_int_equal(wait_queue_wait(&queue, WAIT_FOREVER), 0);
        assert_ptr_equal(current_thread, chosen);
        expect_that_nobody_is_lost();
        assert_true(wait_queue_wake_one(&queue, 0));
        core_yield();
        assert_ptr_not_equal(current_thread, chosen);
        expect_that_nobody_is_lost();
        simulation_end();
    }
}

static void test_a_yield_lets_somebody_else_run_under_every_policy(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 10);
        add_hogs(3, (const unsigned[]){31, 31, 31});
        simulate_ms(100);
        for (unsigned yields = 0; yields < 100; yields++) {
            const struct thread *before = current_thread;
            core_yield();
            assert_ptr_not_equal(current_thread, before);
        }
        simulation_end();
    }
}

#define POLICY_TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLICY_TEST(test_prio_serves_the_most_urgent_alone_and_equals_alike),
        POLICY_TEST(test_rr_serves_all_alike_whatever_their_priority),
        POLICY_TEST(test_the_highest_priority_stands_above_every_policy),
        POLICY_TEST(test_fair_shares_by_powers_of_five_quarters),
        POLICY_TEST(test_fair_shares_at_every_priority),
        POLICY_TEST(test_fair_gives_a_sleeper_what_it_asks_for_up_to_its_share),
        POLICY_TEST(test_fair_limits_a_sleeper_to_its_share),
        POLICY_TEST(test_fair_lets_nobody_save_up_by_sleeping),
        POLICY_TEST(test_fair_lets_a_newcomer_begin_where_the_others_are),
        POLICY_TEST(test_fair_survives_the_overflow_of_virtual_time),
        POLICY_TEST(test_fair_counts_a_lead_in_cycles_when_the_weight_changes),
        POLICY_TEST(test_fair_bears_any_number_of_changes_of_weight),
        POLICY_TEST(test_fair_charges_a_yield_with_the_quantum_given_up),
        POLICY_TEST(test_fair_shares_turns_in_cooperative_mode),
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
        POLICY_TEST(test_harmony_lets_a_throttled_thread_run_when_nobody_else_can),
        POLICY_TEST(test_nobody_is_lost_whatever_happens),
        POLICY_TEST(test_who_is_put_first_is_next_under_every_policy),
        POLICY_TEST(test_who_is_put_first_waits_for_the_running_thread_in_cooperative_mode),
        POLICY_TEST(test_a_yield_lets_somebody_else_run_under_every_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
