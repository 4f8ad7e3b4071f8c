/* Under each policy, and when it changes: nobody is lost, and who is put first is next. */
#include "tests/unit/simulated_crowd.h"

#include "kernel/cpu/preempt.h"

static struct wait_queue queue = WAIT_QUEUE(NULL);

static void expect_that_nobody_is_lost(void)
{
    assert_int_equal(state_ready_count(), simulation_count_ready());
}

static void act_at_random(uint64_t *seed)
{
    struct simulated_thread *chosen = &threads[random_below(seed, THREADS)];
    struct thread *thread = &chosen->thread;
    switch (random_below(seed, 9)) {
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
        if (thread->state == THREAD_SUSPENDED) {
            core_make_ready(thread);
        } else if (thread == this_cpu()->running) {
            core_block(THREAD_SUSPENDED);
        } else if (thread->state == THREAD_READY) {
            core_unready(thread);
            thread->state = THREAD_SUSPENDED;
        }
        break;
    case 4:
        if (this_cpu()->running->tid != 0)
            wait_queue_wait(&queue, random_below(seed, 3) == 0 ? WAIT_FOREVER : 10);
        break;
    case 5:
        wait_queue_wake_one(&queue, 0);
        break;
    default:
        chosen->behaviour = (struct behaviour){.burst_ns = random_below(seed, 20 * NS_PER_MS) + 1,
                                               .sleep_ms = random_below(seed, 3) * 5};
    }
    simulation_settle();
}

/* `change` is how often, of 100 times, the policy changes; ticks come in the midst of that. */
static void live_at_random(uint64_t *seed, unsigned steps, unsigned change)
{
    for (unsigned i = 0; i < THREADS; i++)
        simulation_add(&threads[i], 31, (struct behaviour){.burst_ns = 3 * NS_PER_MS});
    for (unsigned step = 0; step < steps; step++) {
        act_at_random(seed);
        expect_that_nobody_is_lost();
        if (random_below(seed, 100) < change) {
            simulate_ticks_everywhere(random_below(seed, 2) == 0);
            assert_int_equal(policy_choose(policy_at(random_below(seed, 6))->name), 0);
            simulate_ticks_everywhere(false);
        }
        simulate_ms(random_below(seed, 3));
        expect_that_nobody_is_lost();
    }
}

static void test_nobody_is_lost_when_policies_change(void **state)
{
    (void)state;
    uint64_t seed = 11;
    begin("prio", 5);
    live_at_random(&seed, 20000, 10);
    simulation_end();
    begin("prio", 5);
    live_at_random(&seed, 20000, 1);
}

static void test_nobody_is_lost_under_any_policy(void **state)
{
    (void)state;
    uint64_t seed = 12;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 5);
        live_at_random(&seed, 20000, 0);
        simulation_end();
    }
}

static void test_the_running_thread_runs_on_when_the_policy_changes(void **state)
{
    (void)state;
    begin("prio", 10);
    add_hogs(4, (const unsigned[]){31, 31, 31, 31});
    for (unsigned i = 0; i < 60; i++) {
        simulate_ms(7);
        const struct thread *before = this_cpu()->running;
        assert_int_equal(policy_choose(policy_at(i * 5 % 6)->name), 0);
        simulation_settle();
        assert_ptr_equal(this_cpu()->running, before);
    }
}

/* While the running thread may not lose the CPU, its quantum's end does not move it. */
static void test_who_is_put_first_keeps_its_place_at_the_end_of_a_quantum(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 2);
        add_hogs(4, (const unsigned[]){31, 31, 31, 31});
        simulate_ms(41);
        struct thread *chosen =
            this_cpu()->running != &threads[2].thread ? &threads[2].thread : &threads[1].thread;
        preempt_disable();
        core_put_first(chosen);
        simulate_ms(5);
        assert_ptr_not_equal(this_cpu()->running, chosen);
        preempt_enable();
        simulation_settle();
        assert_ptr_equal(this_cpu()->running, chosen);
        simulation_end();
    }
}

/* Who is put first is the next to run, and is not overtaken before it has. A policy that looks back
 * may find at the next tick that it has had its share. */
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
            assert_ptr_equal(this_cpu()->running, &threads[chosen].thread);
            simulate_ms(3);
            if (policy->looks_back_ms == 0)
                assert_ptr_equal(this_cpu()->running, &threads[chosen].thread);
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
        struct thread *running = this_cpu()->running;
        struct thread *chosen =
            running != &threads[2].thread ? &threads[2].thread : &threads[1].thread;
        core_put_first(chosen);
        simulation_settle();
        assert_ptr_equal(this_cpu()->running, running);
        assert_int_equal(wait_queue_wait(&queue, WAIT_FOREVER), 0);
        assert_ptr_equal(this_cpu()->running, chosen);
        expect_that_nobody_is_lost();
        assert_true(wait_queue_wake_one(&queue, 0));
        core_yield();
        assert_ptr_not_equal(this_cpu()->running, chosen);
        expect_that_nobody_is_lost();
        simulation_end();
    }
}

/* A policy that looks back may find that the others have had their share. */
static void test_a_yield_lets_somebody_else_run_under_every_policy(void **state)
{
    (void)state;
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        begin(policy->name, 10);
        add_hogs(3, (const unsigned[]){31, 31, 31});
        simulate_ms(100);
        for (unsigned yields = 0; yields < 100; yields++) {
            const struct thread *before = this_cpu()->running;
            core_yield();
            if (policy->looks_back_ms == 0)
                assert_ptr_not_equal(this_cpu()->running, before);
        }
        simulation_end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POLICY_TEST(test_nobody_is_lost_when_policies_change),
        POLICY_TEST(test_nobody_is_lost_under_any_policy),
        POLICY_TEST(test_the_running_thread_runs_on_when_the_policy_changes),
        POLICY_TEST(test_who_is_put_first_keeps_its_place_at_the_end_of_a_quantum),
        POLICY_TEST(test_who_is_put_first_is_next_under_every_policy),
        POLICY_TEST(test_who_is_put_first_waits_for_the_running_thread_in_cooperative_mode),
        POLICY_TEST(test_a_yield_lets_somebody_else_run_under_every_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
