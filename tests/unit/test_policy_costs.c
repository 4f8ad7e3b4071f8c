/*
 * How the cost of scheduling grows with the number of threads, under each policy. Cost is counted
 * in basic blocks, which the compiler tells about (-fsanitize-coverage=trace-pc). How many there
 * are is the compiler's affair; the shape in which they grow is not, and only that is judged.
 */
#include "tests/unit/unit_test.h"

#include <string.h>

#include "sched/core/core.h"
#include "sched/policy.h"
#include "tests/unit/fakes/simulation.h"

#define FEW      100u
#define MORE     1000u
#define MANY     10000u
#define POLICIES 6u

/* With ten times as many threads, what is logarithmic grows by as much as it did with ten times as
 * many before, and what is linear by ten times as much. */
#define GROWS_AT_MOST(growth_before) (2 * (growth_before))

/* Where it does not grow, threads still differ in which ways their costliest moment goes. */
#define FLAT_AT_MOST(cost) (3 * (cost) / 2)

/* The first thing that happens to a thread in a period has it marked, for all the periods that have
 * passed since the last one but for no more than there are marks, of its run time and of its
 * wakeups: four blocks each, and the rest.
 */
#define MARKING_AT_MOST (2 * 4 * (int)SHARE_MARKS + 15)

#if defined(__clang__)
#define NOT_COUNTED __attribute__((no_sanitize("coverage")))
#else
#define NOT_COUNTED __attribute__((no_sanitize_coverage))
#endif

static struct simulated_thread threads[MANY];
static int blocks;

NOT_COUNTED void __sanitizer_cov_trace_pc(void);

NOT_COUNTED void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

enum action { WAKE, YIELD, BLOCK, TICK, ACTIONS };

static const char *const action_names[ACTIONS] = {"wake", "yield", "block", "tick"};

/* The dearest of all calls of each kind. */
struct costs {
    int most[ACTIONS];
};

#define COUNT(costs, action, call)          \
    do {                                    \
        blocks = 0;                         \
        call;                               \
        if (blocks > (costs)->most[action]) \
            (costs)->most[action] = blocks; \
    } while (0)

/* What the running thread and the tick do in a millisecond. */
static void live(struct costs *costs, uint64_t *seed)
{
    struct thread *running = this_cpu()->running;
    COUNT(costs, YIELD, core_yield());
    simulate_ms(random_below(seed, 3));
    running = this_cpu()->running;
    COUNT(costs, BLOCK, core_block(THREAD_SUSPENDED));
    simulate_ms(1);
    COUNT(costs, WAKE, core_make_ready(running));
    simulation_settle();
    COUNT(costs, TICK, core_charge_tick());
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
    for (unsigned i = 0; i < count; i++)
        simulation_add(&threads[i], random_below(&seed, THREAD_PRIORITY_HIGHEST),
                       (struct behaviour){0});
    simulate_ms(100);
    for (unsigned i = 0; i < 5000; i++)
        live(&costs, &seed);
    simulation_end();
    return costs;
}

static void expect_shape(const char *policy, enum action action, const struct costs *few,
                         const struct costs *more, const struct costs *many, bool may_grow)
{
    int with_few = few->most[action], with_more = more->most[action];
    int with_many = many->most[action];
    print_message("%-8s %-5s %d, %d, %d\n", policy, action_names[action], with_few, with_more,
                  with_many);
    if (may_grow)
        assert_true(with_many - with_more <= GROWS_AT_MOST(with_more - with_few));
    else
        assert_true(with_many <= FLAT_AT_MOST(with_few) + MARKING_AT_MOST);
}

static void test_costs_are_flat_or_logarithmic(void **state)
{
    (void)state;
    unsigned count = 0;
    const struct policy_information *policy;
    for (; (policy = policy_at(count)) != NULL; count++) {
        struct costs few = measure(policy->name, FEW);
        struct costs more = measure(policy->name, MORE);
        struct costs many = measure(policy->name, MANY);
        bool may_grow = strcmp(policy->name, "fair") == 0 || strcmp(policy->name, "lottery") == 0;
        for (enum action action = WAKE; action < ACTIONS; action++)
            expect_shape(policy->name, action, &few, &more, &many, may_grow);
    }
    assert_int_equal(count, POLICIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_costs_are_flat_or_logarithmic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
