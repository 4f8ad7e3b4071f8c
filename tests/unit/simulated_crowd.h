/* What the unit tests of policies share: a dozen threads on the simulated machine. */
#ifndef AETHEL_TESTS_UNIT_SIMULATED_CROWD_H
#define AETHEL_TESTS_UNIT_SIMULATED_CROWD_H

#include "tests/unit/unit_test.h"

#include <string.h>

#include "sched/core/core.h"
#include "sched/policy.h"
#include "sched/state/state.h"
#include "tests/unit/fakes/simulation.h"

#define THREADS   12
#define SECONDS   10
#define TOLERANCE 0.02 /* of the share */

static const struct behaviour hog = {0};

static struct simulated_thread threads[THREADS];

/* Each test begins with an empty machine under `policy`. */
static inline void begin(const char *policy, unsigned quantum_ms)
{
    memset(threads, 0, sizeof(threads));
    simulation_begin(quantum_ms);
    assert_int_equal(policy_choose(policy), 0);
}

static inline int end(void **state)
{
    (void)state;
    simulation_end();
    return 0;
}

static inline void add_hogs(unsigned count, const unsigned *priorities)
{
    for (unsigned i = 0; i < count; i++)
        simulation_add(&threads[i], priorities[i], hog);
}

static inline double difference(double one, double other)
{
    return one > other ? one - other : other - one;
}

static inline double weight_of(unsigned priority)
{
    double weight = 1;
    for (unsigned i = 0; i < priority; i++)
        weight *= 1.25;
    return weight;
}

static inline void count_anew(void)
{
    for (unsigned i = 0; i < THREADS; i++)
        simulation_count(&threads[i]);
}

/* Lets the machine run, and compares each thread's part of the time with what is expected. */
static inline void expect_shares(unsigned count, const double *shares, double tolerance)
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

static inline void expect_shares_by_weight(unsigned count, const double *weights, double tolerance)
{
    double shares[THREADS], sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += weights[i];
    for (unsigned i = 0; i < count; i++)
        shares[i] = weights[i] / sum;
    expect_shares(count, shares, tolerance);
}

static inline void expect_equal_shares(unsigned count)
{
    const double weights[THREADS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    expect_shares_by_weight(count, weights, TOLERANCE);
}

#define POLICY_TEST(name) cmocka_unit_test_teardown(name, end)

#endif
