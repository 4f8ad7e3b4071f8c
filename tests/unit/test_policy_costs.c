/*
 * What scheduling costs with few and with very many threads, under each policy. It is counted in
 * basic blocks, which the compiler tells about (-fsanitize-coverage=trace-pc): the same number on
 * every machine.
 */
#include "tests/unit/unit_test.h"

#include <string.h>

#include "sched/core/core.h"
#include "sched/policy.h"
#include "tests/unit/fakes/simulation.h"

#define FEW       8u
#define MANY      16384u
#define DOUBLINGS 11u /* from the one to the other */

/* Blocks at most for each of them. A leftist heap merges along paths of 2 log2(n) nodes at most,
 * and a merge step takes a dozen blocks. */
#define BLOCKS_A_DOUBLING 50u

/* Where it does not grow: with few threads some ways were never gone, as from a yield to an equal.
 */
#define BLOCKS_FLAT 16u

#if defined(__clang__)
#define NOT_COUNTED __attribute__((no_sanitize("coverage")))
#else
#define NOT_COUNTED __attribute__((no_sanitize_coverage))
#endif

static struct simulated_thread threads[MANY];
static unsigned blocks;

NOT_COUNTED void __sanitizer_cov_trace_pc(void);

NOT_COUNTED void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

/* The dearest of all calls of each kind. */
struct costs {
    unsigned wake, yield, block, tick;
};

#define COUNT(most, action)                         \
    do {                                            \
        blocks = 0;                                 \
        action;                                     \
        (most) = blocks > (most) ? blocks : (most); \
    } while (0)

/* What the running thread and the tick do in a millisecond. */
static void live(struct costs *costs, uint64_t *seed)
{
    struct thread *running = current_thread;
    COUNT(costs->yield, core_yield());
    simulate_ms(random_below(seed, 3));
    running = current_thread;
    COUNT(costs->block, core_block(THREAD_SUSPENDED));
    simulate_ms(1);
    COUNT(costs->wake, core_make_ready(running));
    simulation_settle();
    COUNT(costs->tick, core_charge_tick(1));
    simulation_settle();
}

/* All priorities are there, and every level of mlfq and harmony comes to be used. */
static struct costs measure(const char *policy, unsigned count)
{
    struct costs costs = {0};
    uint64_t seed = 5;
    memset(threads, 0, sizeof(threads));
    simulation_begin(1);
    assert_int_equal(policy_choose(policy), 0);
    for (unsigned i = 0; i < count; i++) {
        blocks = 0;
        simulation_add(&threads[i], random_below(&seed, THREAD_PRIORITY_HIGHEST),
                       (struct behaviour){0});
    }
    simulate_ms(100);
    for (unsigned i = 0; i < 5000; i++)
        live(&costs, &seed);
    simulation_end();
    print_message("%-8s %5u threads: wake %u, yield %u, block %u, tick %u\n", policy, count,
                  costs.wake, costs.yield, costs.block, costs.tick);
    return costs;
}

static void expect_cost(unsigned many, unsigned few, bool may_grow)
{
    assert_true(many <= few + (may_grow ? DOUBLINGS * BLOCKS_A_DOUBLING : BLOCKS_FLAT));
}

static void test_costs_are_flat_or_logarithmic(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        struct costs few = measure(policy->name, FEW), many = measure(policy->name, MANY);
        bool may_grow = strcmp(policy->name, "fair") == 0 || strcmp(policy->name, "lottery") == 0;
        expect_cost(many.wake, few.wake, may_grow);
        expect_cost(many.yield, few.yield, may_grow);
        expect_cost(many.block, few.block, may_grow);
        expect_cost(many.tick, few.tick, may_grow);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_costs_are_flat_or_logarithmic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
