/* Harmony and fairness, on the real core in virtual time, where the formulas' values are known. */
#include "sched/harmony.h"

#include "kernel/cpu/this_cpu.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/shares.h"
#include "sched/state/thread_table.h"
#include "sched/timers/timers.h"
#include "tests/unit/simulated_crowd.h"

#define WINDOWS_FILLED_MS 1200
#define PRIORITY          31
#define URGENT            40
#define CROWD             50

static struct simulated_thread crowd[CROWD];

static const struct behaviour yielder = {.burst_ns = 50000};
static const struct behaviour nine_tenths = {.burst_ns = 900000, .sleep_ms = 1};

static int start_idle(void **state)
{
    (void)state;
    memset(crowd, 0, sizeof(crowd));
    begin("prio", 10);
    harmony_set_auto_quantum(false);
    simulate_ms(WINDOWS_FILLED_MS);
    return 0;
}

static void add(unsigned first, unsigned count, unsigned priority, struct behaviour behaviour)
{
    for (unsigned i = first; i < first + count; i++)
        simulation_add(&crowd[i], priority, behaviour);
}

static void end_thread(unsigned index)
{
    struct thread *thread = &crowd[index].thread;
    if (thread->state == THREAD_READY)
        core_unready(thread);
    timers_cancel(&thread->timer);
    thread->state = THREAD_ENDED;
    shares_end(thread);
    thread_table_remove(thread);
}

static void expect(unsigned harmony, unsigned fairness)
{
    print_message("harmony %u, fairness %u\n", harmony_permille(), harmony_fairness_permille());
    assert_uint_in_range(harmony_permille() + 5, harmony, harmony + 10);
    assert_uint_in_range(harmony_fairness_permille() + 5, fairness, fairness + 10);
}

static void expect_share(unsigned index, int percent)
{
    int share = harmony_share(&crowd[index].thread);
    print_message("thread %u has %d %% of its share\n", index, share);
    assert_uint_in_range((unsigned)(share + 2), (unsigned)percent, (unsigned)percent + 4);
}

/* --- Known windows --------------------------------------------------------------------------- */

static void test_an_idle_machine_is_in_harmony(void **state)
{
    (void)state;
    assert_int_equal(harmony_permille(), HARMONY_MAX);
    assert_int_equal(harmony_fairness_permille(), HARMONY_MAX);
    assert_int_equal(harmony_starved_threads(), 0);
}

static void test_equal_hogs_are_in_harmony(void **state)
{
    static const unsigned counts[] = {1, 2, 4, 5, 10, 20, 50};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        start_idle(state);
        add(0, counts[i], PRIORITY, hog);
        simulate_ms(2 * WINDOWS_FILLED_MS);
        expect(1000, 1000);
        expect_share(counts[i] - 1, 100);
        simulation_end();
    }
}

/* One that is more urgent, or that keeps the CPU in cooperative mode. */
static void test_one_that_has_all_makes_harmony_fall(void **state)
{
    static const unsigned counts[] = {2, 4, 10, 50};
    for (size_t i = 0; i < 2 * COUNT_OF(counts); i++) {
        unsigned count = counts[i / 2];
        start_idle(state);
        add(0, 1, i % 2 == 0 ? URGENT : PRIORITY, hog);
        simulation_settle();
        core_set_preemption(i % 2 == 0);
        add(1, count - 1, PRIORITY, hog);
        simulate_ms(WINDOWS_FILLED_MS);
        expect(1000 / (count * count), 1000 / count);
        assert_int_equal(harmony_starved_threads(), count - 1);
        expect_share(0, 100 * (int)count);
        expect_share(1, 0);
        core_set_preemption(true);
        simulation_end();
    }
}

/* It sleeps at each tick, and is never seen at one. */
static void test_one_that_runs_between_ticks_is_seen(void **state)
{
    (void)state;
    add(0, 1, URGENT, nine_tenths);
    add(1, 1, PRIORITY, hog);
    simulate_ms(WINDOWS_FILLED_MS);
    expect(378, 610);
    expect_share(0, 180);
    expect_share(1, 20);
    assert_int_equal(harmony_starved_threads(), 0);
}

static void test_shares_of_one_to_two_to_three(void **state)
{
    (void)state;
    add(0, 3, PRIORITY, hog);
    for (unsigned i = 0; i < 400; i++) {
        for (unsigned index = 0; index < 3; index++) {
            core_set_priority(&crowd[index].thread, URGENT);
            simulate_ms(index + 1);
            core_set_priority(&crowd[index].thread, PRIORITY);
        }
    }
    expect(722, 857);
    expect_share(0, 50);
    expect_share(1, 100);
    expect_share(2, 150);
}

static void test_ten_of_sixteen_hogs_served_once(void **state)
{
    (void)state;
    the_scheduler.quantum_ticks = 100;
    add(0, 16, PRIORITY, hog);
    simulate_ms(2 * WINDOWS_FILLED_MS);
    expect(391, 625);
    assert_int_equal(harmony_starved_threads(), 6);
}

static void test_those_that_yield_to_each_other_are_in_harmony(void **state)
{
    (void)state;
    add(0, 2, PRIORITY, yielder);
    simulate_ms(WINDOWS_FILLED_MS);
    expect(1000, 1000);
}

/* Who sleeps of its own accord has all that it wants, however little that is. */
static void test_sleepers_beside_hogs_change_nothing(void **state)
{
    (void)state;
    add(0, 4, PRIORITY, hog);
    add(4, 20, URGENT, (struct behaviour){.burst_ns = 10000, .sleep_ms = 7});
    simulate_ms(2 * WINDOWS_FILLED_MS);
    expect(1000, 1000);
    expect_share(4, 100);
}

/* Among hogs they wait for a round of them each time; each time they want the same short while. */
static void test_sleepers_that_wait_for_their_turn_cost_nothing(void **state)
{
    (void)state;
    add(0, 4, PRIORITY, hog);
    add(4, 12, PRIORITY, (struct behaviour){.burst_ns = 10000, .sleep_ms = 10});
    the_scheduler.quantum_ticks = 20;
    simulate_ms(WINDOWS_FILLED_MS);
    for (unsigned period = 0; period < 2 * SHARE_PERIODS; period++) {
        simulate_ms(HARMONY_PERIOD_TICKS);
        assert_true(harmony_permille() >= 950); /* two of some thirteen turns each are half done */
    }
}

/* It has slept before; now it has been waiting for longer than the window. */
static void test_a_sleeper_that_gets_nothing_starves(void **state)
{
    (void)state;
    add(0, 1, PRIORITY, (struct behaviour){.burst_ns = 10000, .sleep_ms = 10});
    simulate_ms(WINDOWS_FILLED_MS);
    add(1, 1, URGENT, hog);
    simulate_ms(2 * WINDOWS_FILLED_MS);
    expect(250, 500);
    assert_int_equal(harmony_starved_threads(), 1);
}

/* --- Coming and going ------------------------------------------------------------------------ */

static void test_harmony_comes_back_within_a_window(void **state)
{
    (void)state;
    add(0, 1, URGENT, hog);
    add(1, 3, PRIORITY, hog);
    simulate_ms(2 * WINDOWS_FILLED_MS);
    expect(63, 250);
    core_set_priority(&crowd[0].thread, PRIORITY);
    unsigned before = 0;
    for (unsigned period = 0; period < SHARE_PERIODS; period++) {
        simulate_ms(HARMONY_PERIOD_TICKS);
        assert_true(harmony_permille() >= before);
        before = harmony_permille();
    }
    simulate_ms(2 * HARMONY_PERIOD_TICKS);
    expect(1000, 1000);
}

/* It had all that it wanted; the other one has the rest. */
static void test_who_has_ended_counts_until_the_window_has_passed(void **state)
{
    (void)state;
    add(0, 1, URGENT, hog);
    add(1, 1, PRIORITY, hog);
    simulate_ms(WINDOWS_FILLED_MS / 2);
    core_set_priority(&crowd[1].thread, URGENT + 1);
    simulation_settle();
    end_thread(0);
    simulate_ms(WINDOWS_FILLED_MS / 2 - HARMONY_PERIOD_TICKS / 2);
    assert_true(harmony_permille() > 900);
    simulate_ms(WINDOWS_FILLED_MS);
    expect(1000, 1000);
    expect_share(1, 100);
}

/* Many that live for a moment, beside a hog. */
static void test_many_short_lives_are_counted_together(void **state)
{
    (void)state;
    add(0, 1, PRIORITY, hog);
    for (unsigned i = 0; i < 20000; i++) {
        memset(&crowd[1], 0, sizeof(crowd[1]));
        add(1, 1, URGENT, (struct behaviour){.burst_ns = 50000, .sleep_ms = 5});
        simulate_ms(1);
        end_thread(1);
    }
    expect(1000, 1000);
    expect_share(0, 100);
}

/* --- Stolen time ----------------------------------------------------------------------------- */

static void test_stolen_time_is_nobodys(void **state)
{
    (void)state;
    uint64_t before = shares_stolen();
    add(0, 2, PRIORITY, hog);
    count_anew();
    for (unsigned i = 0; i < 50; i++) {
        simulate_ms(20);
        simulation_steal(20 * NS_PER_MS);
    }
    expect(990, 1000);
    expect_share(0, 100);
    assert_int_equal(shares_stolen() - before, 1000 * NS_PER_MS);
    for (unsigned i = 0; i < 2; i++) {
        const struct accounting *accounting = &crowd[i].thread.accounting;
        shares_note_if_first(&crowd[i].thread);
        uint64_t lived = fake_tsc - crowd[i].thread.created_at;
        uint64_t accounted = accounting->cycles[THREAD_RUNNING] + account_ready_cycles(accounting) +
                             fake_tsc - accounting->since;
        assert_int_equal(accounted + shares_stolen_of(&crowd[i].thread), lived);
        assert_uint_in_range(state_run_cycles(&crowd[i].thread), 480 * NS_PER_MS, 520 * NS_PER_MS);
    }
}

/* --- The average ----------------------------------------------------------------------------- */

static void test_the_average_is_of_busy_windows_only(void **state)
{
    (void)state;
    harmony_reset_average();
    simulate_ms(3 * WINDOWS_FILLED_MS);
    assert_int_equal(harmony_average_permille(), 1000);
    add(0, 1, URGENT, hog);
    add(1, 3, PRIORITY, hog);
    simulate_ms(2 * WINDOWS_FILLED_MS);
    harmony_reset_average();
    simulate_ms(2 * WINDOWS_FILLED_MS);
    assert_uint_in_range(harmony_average_permille(), 62, 63);
}

/* --- quantum auto ---------------------------------------------------------------------------- */

static unsigned quantum_after(unsigned milliseconds)
{
    simulate_ms(milliseconds);
    return the_scheduler.quantum_ticks;
}

static void test_the_automatic_quantum_reaches_all_bands(void **state)
{
    (void)state;
    add(0, 4, PRIORITY, hog);
    harmony_set_auto_quantum(true);
    assert_true(harmony_has_auto_quantum());
    assert_int_equal(quantum_after(2 * WINDOWS_FILLED_MS), 20);
    core_set_priority(&crowd[0].thread, URGENT);
    assert_int_equal(quantum_after(2 * WINDOWS_FILLED_MS), 5);
    core_set_priority(&crowd[0].thread, PRIORITY);
    assert_int_equal(quantum_after(2 * WINDOWS_FILLED_MS), 20);
    core_set_priority(&crowd[0].thread, URGENT);
    core_set_priority(&crowd[1].thread, URGENT);
    core_set_priority(&crowd[2].thread, URGENT);
    assert_int_equal(quantum_after(2 * WINDOWS_FILLED_MS), 10);
}

/* Whenever in a period they come: those that wait for their first turn do not starve. */
static void test_newcomers_do_not_shorten_the_automatic_quantum(void **state)
{
    for (unsigned offset = 0; offset < HARMONY_PERIOD_TICKS; offset += 7) {
        start_idle(state);
        harmony_set_auto_quantum(true);
        simulate_ms(offset);
        add(0, 4, PRIORITY, hog);
        for (unsigned ms = 0; ms < WINDOWS_FILLED_MS; ms += 10)
            assert_int_equal(quantum_after(10), 20);
        simulation_end();
    }
    start_idle(state);
}

/* At 20 ms fifty-two threads would not come round in a second; twenty-five do, twice. */
static void test_a_round_fits_into_the_window(void **state)
{
    add(0, 25, PRIORITY, hog);
    harmony_set_auto_quantum(true);
    assert_int_equal(quantum_after(4 * WINDOWS_FILLED_MS), 20);
    simulation_end();
    start_idle(state);
    add(0, CROWD, PRIORITY, hog);
    simulation_add(&threads[0], PRIORITY, hog);
    simulation_add(&threads[1], PRIORITY, hog);
    simulate_ms(HARMONY_PERIOD_TICKS);
    harmony_set_auto_quantum(true);
    for (unsigned i = 0; i < 4 * SHARE_PERIODS; i++)
        assert_true(quantum_after(HARMONY_PERIOD_TICKS) <= 10);
    assert_int_equal(the_scheduler.quantum_ticks, 10);
}

static void test_the_automatic_quantum_comes_to_rest(void **state)
{
    for (unsigned count = 1; count <= CROWD; count++) {
        start_idle(state);
        add(0, count, PRIORITY, hog);
        harmony_set_auto_quantum(true);
        unsigned rest = quantum_after(4 * WINDOWS_FILLED_MS);
        for (unsigned i = 0; i < 2 * SHARE_PERIODS; i++)
            assert_int_equal(quantum_after(HARMONY_PERIOD_TICKS), rest);
        simulation_end();
    }
}

static void test_a_fixed_quantum_stays(void **state)
{
    (void)state;
    the_scheduler.quantum_ticks = 77;
    add(0, 4, PRIORITY, hog);
    assert_int_equal(quantum_after(3 * WINDOWS_FILLED_MS), 77);
}

#define HARMONY_TEST(name) cmocka_unit_test_setup_teardown(name, start_idle, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HARMONY_TEST(test_an_idle_machine_is_in_harmony),
        HARMONY_TEST(test_equal_hogs_are_in_harmony),
        HARMONY_TEST(test_one_that_has_all_makes_harmony_fall),
        HARMONY_TEST(test_one_that_runs_between_ticks_is_seen),
        HARMONY_TEST(test_shares_of_one_to_two_to_three),
        HARMONY_TEST(test_ten_of_sixteen_hogs_served_once),
        HARMONY_TEST(test_those_that_yield_to_each_other_are_in_harmony),
        HARMONY_TEST(test_sleepers_beside_hogs_change_nothing),
        HARMONY_TEST(test_sleepers_that_wait_for_their_turn_cost_nothing),
        HARMONY_TEST(test_a_sleeper_that_gets_nothing_starves),
        HARMONY_TEST(test_harmony_comes_back_within_a_window),
        HARMONY_TEST(test_who_has_ended_counts_until_the_window_has_passed),
        HARMONY_TEST(test_many_short_lives_are_counted_together),
        HARMONY_TEST(test_stolen_time_is_nobodys),
        HARMONY_TEST(test_the_average_is_of_busy_windows_only),
        HARMONY_TEST(test_the_automatic_quantum_reaches_all_bands),
        HARMONY_TEST(test_newcomers_do_not_shorten_the_automatic_quantum),
        HARMONY_TEST(test_a_round_fits_into_the_window),
        HARMONY_TEST(test_the_automatic_quantum_comes_to_rest),
        HARMONY_TEST(test_a_fixed_quantum_stays),
    };
    return cmocka_run_group_tests_name("harmony", tests, NULL, NULL);
}
