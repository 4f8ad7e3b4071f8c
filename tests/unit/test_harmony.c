/* Harmony, tick by tick, on a core that the test makes up; against a model that keeps everything.
 */
#include <stdlib.h>
#include <string.h>

#include "sched/observe/harmony.c"
#include "tests/unit/unit_test.h"

#define THREADS     64u
#define CROWD       10000u
#define TICKS_MAX   200000u
#define NOBODY      0u /* the idle thread is threads[0], tid 0 */
#define QUANTUM_MS  10u
#define QUANTUM_SET 77u /* what nothing in harmony.c sets */

static struct thread threads[THREADS];
static enum thread_state states[THREADS];

/* --- The core, as far as harmony knows it --- */

struct scheduler_state the_scheduler;

static unsigned ready_count;
static unsigned states_asked, counts_asked;
static unsigned quanta_traced;

unsigned state_ready_count(void)
{
    counts_asked++;
    return ready_count;
}

enum thread_state state_of_thread(const struct thread *thread)
{
    states_asked++;
    return thread == this_cpu()->running ? THREAD_RUNNING : states[thread - threads];
}

void trace_setting(enum trace_type type, uint32_t value, const char *object)
{
    assert_int_equal(type, TRACE_QUANTUM);
    assert_int_equal(value, the_scheduler.quantum_ticks);
    assert_null(object);
    quanta_traced++;
}

/* --- The machine --- */

static int start_idle(void **state)
{
    (void)state;
    memset(threads, 0, sizeof(threads));
    memset(window, 0, sizeof(window));
    memset(slots, 0, sizeof(slots));
    memset(switches_at, 0, sizeof(switches_at));
    position = free_count = period_ticks = period_number = 0;
    slots_touched = 1;
    busy_ticks = 0;
    runnable_sum = sum = computations = 0;
    latest = HARMONY_MAX;
    is_auto = false;
    for (unsigned i = 0; i < THREADS; i++) {
        threads[i].tid = (int)i;
        states[i] = THREAD_BLOCKED;
    }
    this_cpu()->running = &threads[NOBODY];
    ready_count = 0;
    the_scheduler.voluntary_switches = 0;
    the_scheduler.quantum_ticks = QUANTUM_SET;
    quanta_traced = 0;
    return 0;
}

/* Thread `index` has the CPU for `ticks`, while `waiting` others wait for it. */
static void run(unsigned index, unsigned waiting, unsigned ticks)
{
    this_cpu()->running = &threads[index];
    ready_count = waiting;
    while (ticks-- > 0)
        harmony_on_tick(1);
}

/* Threads 1 to `count` are ready, all the time, and no others. */
static void make_ready(unsigned count)
{
    for (unsigned i = 1; i < THREADS; i++)
        states[i] = i <= count ? THREAD_READY : THREAD_BLOCKED;
}

static void idle_for(unsigned ticks)
{
    make_ready(0);
    run(NOBODY, 0, ticks);
}

/* They take turns, `turn` ticks each, for `ticks` in all. */
static void share(unsigned count, unsigned turn, unsigned ticks)
{
    make_ready(count);
    for (unsigned i = 0; i * turn < ticks; i++)
        run(1 + i % count, count - 1, turn);
}

/* --- Known windows --- */

static void test_equal_shares_make_one(void **state)
{
    static const unsigned counts[] = {1, 2, 4, 5, 10, 20, 50};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        start_idle(NULL);
        share(counts[i], QUANTUM_MS, HARMONY_WINDOW_TICKS);
        assert_int_equal(harmony_permille(), 1000);
        for (unsigned index = 1; index <= counts[i]; index++) {
            assert_int_equal(harmony_score(&threads[index]), 1000);
            assert_int_equal(harmony_ticks(&threads[index]), HARMONY_WINDOW_TICKS / counts[i]);
        }
    }
}

/* Three turns of 10 ms are no divisor of a second: one thread has 340 ticks, the others 330. */
static void test_a_turn_more_than_the_others_costs_little(void **state)
{
    (void)state;
    share(3, 10, HARMONY_WINDOW_TICKS);
    unsigned first = 1000u * 1000000 / (340 * 3000);
    assert_int_equal(harmony_score(&threads[1]), first);
    assert_int_equal(harmony_score(&threads[2]), 1000);
    assert_int_equal(harmony_permille(), (70 * (first + 2000) + 30 * 3000) / 300);
}

/* 0.7 (1/N + N - 1) / N + 0.3 / N, each score in whole thousandths. */
static unsigned collapsed(unsigned count)
{
    uint64_t scores = 1000 / count + (count - 1) * 1000;
    return (unsigned)((70 * scores + 30 * 1000) / (count * 100));
}

static void test_one_hog_that_starves_the_others_has_the_formulas_value(void **state)
{
    (void)state;
    assert_int_equal(collapsed(2), 675);
    assert_int_equal(collapsed(4), 643);
    for (unsigned count = 1; count < THREADS; count++) {
        start_idle(NULL);
        make_ready(count);
        run(1, count - 1, HARMONY_WINDOW_TICKS + HARMONY_PERIOD_TICKS);
        assert_int_equal(harmony_permille(), collapsed(count));
        assert_int_equal(harmony_score(&threads[1]), 1000 / count);
        assert_int_equal(harmony_score(&threads[2]), 1000);
    }
}

static void test_harmony_comes_back_within_a_window(void **state)
{
    (void)state;
    make_ready(4);
    run(1, 3, 2 * HARMONY_WINDOW_TICKS);
    assert_int_equal(harmony_permille(), collapsed(4));
    unsigned before = 0;
    for (unsigned period = 0; period < PERIODS; period++) {
        share(4, 25, HARMONY_PERIOD_TICKS);
        assert_true(harmony_permille() >= before);
        before = harmony_permille();
    }
    assert_int_equal(before, 1000);
}

static void test_less_than_the_share_is_no_fault_of_ones_own(void **state)
{
    (void)state;
    make_ready(2);
    for (unsigned i = 0; i < 10; i++) {
        run(1, 1, 90);
        run(2, 1, 10);
    }
    assert_int_equal(harmony_score(&threads[1]), 1000 * 500 / 900);
    assert_int_equal(harmony_score(&threads[2]), 1000);
    assert_int_equal(harmony_permille(), (70 * (555 + 1000) + 30 * 2000) / 200);
}

/* --- Those that are not seen at a tick --- */

/* It gives the CPU away itself, before the tick: each such switch stands for a thread that ran. */
static void test_sleepers_are_not_taken_for_starving(void **state)
{
    (void)state;
    make_ready(1);
    for (unsigned tick = 0; tick < 2 * HARMONY_WINDOW_TICKS; tick++) {
        the_scheduler.voluntary_switches += tick % 10 == 0;
        run(1, tick % 10 == 0 ? 1 : 0, 1);
    }
    unsigned score_of_hog = 1000 * 1000000 / (1000 * 1100); /* 1.1 threads could run */
    assert_int_equal(harmony_score(&threads[1]), score_of_hog);
    assert_int_equal(harmony_permille(), (70 * score_of_hog + 30 * 1000) / 100);
}

static void test_of_many_that_wait_only_so_many_can_have_run_as_switches_were(void **state)
{
    (void)state;
    the_scheduler.voluntary_switches = 1000; /* long ago */
    make_ready(1);
    run(1, 20, HARMONY_WINDOW_TICKS + HARMONY_PERIOD_TICKS);
    the_scheduler.voluntary_switches += 5;
    run(1, 20, HARMONY_PERIOD_TICKS);
    unsigned starved = 20 - 5;
    uint64_t scores = 1000 / 21 + starved * 1000;
    assert_int_equal(harmony_permille(), (70 * scores + 30 * 1000) / ((1 + starved) * 100));
}

static void test_switches_count_for_one_window(void **state)
{
    (void)state;
    make_ready(1);
    the_scheduler.voluntary_switches = 100;
    run(1, 3, HARMONY_WINDOW_TICKS);
    assert_int_not_equal(harmony_permille(), collapsed(4));
    run(1, 3, HARMONY_PERIOD_TICKS);
    assert_int_equal(harmony_permille(), collapsed(4));
}

/* Seen at a tick, and waiting now: it does not starve. */
static void test_who_ran_and_waits_again_does_not_starve(void **state)
{
    (void)state;
    make_ready(2);
    run(2, 1, 1);
    run(1, 1, HARMONY_WINDOW_TICKS - 1);
    unsigned hog = 1000 * 500 / 999;
    assert_int_equal(harmony_permille(), (70 * (hog + 1000) + 30 * 2000) / 200);
}

/* --- Idle time --- */

static void test_an_idle_window_is_in_harmony(void **state)
{
    (void)state;
    assert_int_equal(harmony_permille(), 1000);
    idle_for(3 * HARMONY_WINDOW_TICKS);
    assert_int_equal(harmony_permille(), 1000);
    make_ready(4);
    run(1, 3, 2 * HARMONY_WINDOW_TICKS);
    assert_int_equal(harmony_permille(), collapsed(4));
    idle_for(HARMONY_WINDOW_TICKS + HARMONY_PERIOD_TICKS);
    assert_int_equal(harmony_permille(), 1000);
    assert_int_equal(harmony_ticks(&threads[1]), 0);
    assert_int_equal(threads[1].harmony_slot, NO_SLOT);
}

static void test_idle_ticks_are_nobodys_share(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        idle_for(80);
        share(2, 10, 20);
    }
    assert_int_equal(harmony_permille(), 1000);
    assert_int_equal(harmony_ticks(&threads[1]), 100);
}

/* The idle CPU leaves ticks out, and tells of them all at once. */
static void test_ticks_that_were_left_out_count(void **state)
{
    (void)state;
    make_ready(4);
    run(1, 3, 2 * HARMONY_WINDOW_TICKS);
    idle_for(0);
    unsigned told = 0;
    while (told < HARMONY_WINDOW_TICKS - 20) {
        harmony_on_tick(54);
        harmony_on_tick(0);
        told += 54;
        assert_int_equal(harmony_ticks(&threads[1]),
                         told < HARMONY_WINDOW_TICKS ? HARMONY_WINDOW_TICKS - told : 0);
    }
    harmony_on_tick(54);
    assert_int_equal(harmony_ticks(&threads[1]), 0);
    assert_int_equal(busy_ticks, 0);
    assert_int_equal(runnable_sum, 0);
}

/* --- Threads that come and go --- */

#define FREED 0xFF /* what a control block is full of that is memory again */

static void end_thread(unsigned index)
{
    harmony_forget(&threads[index]);
    states[index] = THREAD_ENDED;
    memset(&threads[index], FREED, sizeof(threads[index]));
}

static void create_thread(unsigned index)
{
    threads[index] = (struct thread){.tid = (int)index};
}

static void expect_untouched(unsigned index)
{
    const unsigned char *bytes = (const unsigned char *)&threads[index];
    for (size_t i = 0; i < sizeof(threads[index]); i++)
        assert_int_equal(bytes[i], FREED);
}

static void test_who_has_ended_does_not_count(void **state)
{
    (void)state;
    make_ready(4);
    share(4, 25, HARMONY_WINDOW_TICKS / 2);
    for (unsigned index = 2; index <= 4; index++)
        end_thread(index);
    run(1, 0, HARMONY_WINDOW_TICKS / 2);
    /* Thread 1 had 625 ticks; 2.5 threads could run, on the average. */
    unsigned had = 1000 * 400 / 625;
    assert_int_equal(harmony_permille(), (70 * had + 30 * 1000) / 100);
    run(1, 0, HARMONY_WINDOW_TICKS);
    assert_int_equal(harmony_permille(), 1000);
    for (unsigned index = 2; index <= 4; index++)
        expect_untouched(index);
}

static void test_a_thread_that_never_ran_may_end(void **state)
{
    (void)state;
    end_thread(5);
    assert_int_equal(slots_touched, 1);
}

/* Each tick another thread, which ends: a slot is given back when its ticks have left the window.
 */
static void test_slots_are_used_again(void **state)
{
    (void)state;
    for (unsigned tick = 0; tick < TICKS_MAX; tick++) {
        unsigned index = 1 + tick % (THREADS - 1);
        create_thread(index);
        run(index, 0, 1);
        end_thread(index);
        assert_true(slots_touched <= SLOTS);
        assert_true(free_count < SLOTS);
    }
    assert_int_equal(slots_touched, SLOTS);
    idle_for(HARMONY_WINDOW_TICKS);
    assert_int_equal(free_count, SLOTS - 1);
    for (unsigned index = 1; index <= 4; index++)
        create_thread(index);
    share(4, 10, HARMONY_WINDOW_TICKS + HARMONY_PERIOD_TICKS);
    assert_int_equal(harmony_permille(), 1000);
}

static void test_a_new_thread_does_not_inherit_an_ended_ones_ticks(void **state)
{
    (void)state;
    make_ready(1);
    run(1, 0, 500);
    end_thread(1);
    create_thread(1);
    run(1, 0, 200);
    assert_int_equal(harmony_ticks(&threads[1]), 200);
    run(2, 0, 500);
    assert_int_equal(harmony_ticks(&threads[1]), 200);
    run(2, 0, 500);
    assert_int_equal(threads[1].harmony_slot, NO_SLOT);
}

/* --- The average --- */

static void test_the_average_is_of_busy_windows_only(void **state)
{
    (void)state;
    idle_for(3 * HARMONY_WINDOW_TICKS);
    assert_int_equal(computations, 0);
    assert_int_equal(harmony_average_permille(), 1000);
    make_ready(4);
    run(1, 3, HARMONY_WINDOW_TICKS + HARMONY_PERIOD_TICKS);
    harmony_reset_average();
    assert_int_equal(harmony_average_permille(), collapsed(4));
    run(1, 3, 5 * HARMONY_PERIOD_TICKS);
    assert_int_equal(harmony_average_permille(), collapsed(4));
    make_ready(1);
    run(1, 0, 2 * HARMONY_WINDOW_TICKS);
    assert_uint_in_range(harmony_average_permille(), collapsed(4) + 1, 999);
    assert_int_equal(harmony_permille(), 1000);
}

/* --- quantum auto --- */

static void test_the_automatic_quantum_follows_the_bands(void **state)
{
    static const struct {
        unsigned harmony, quantum;
    } bands[] = {{1000, 20}, {801, 20}, {800, 10}, {650, 10}, {500, 10}, {499, 5}, {0, 5}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bands); i++) {
        latest = bands[i].harmony;
        harmony_set_auto_quantum(true);
        assert_true(harmony_has_auto_quantum());
        assert_int_equal(the_scheduler.quantum_ticks, bands[i].quantum);
        harmony_set_auto_quantum(false);
        assert_false(harmony_has_auto_quantum());
        assert_int_equal(the_scheduler.quantum_ticks, bands[i].quantum);
    }
}

static void test_the_automatic_quantum_changes_at_the_periods_end(void **state)
{
    (void)state;
    harmony_set_auto_quantum(true);
    assert_int_equal(the_scheduler.quantum_ticks, 20);
    unsigned traced = quanta_traced;
    make_ready(4);
    run(1, 3, HARMONY_PERIOD_TICKS - 1);
    assert_int_equal(the_scheduler.quantum_ticks, 20);
    run(1, 3, 1);
    assert_int_equal(the_scheduler.quantum_ticks, 10);
    assert_int_equal(quanta_traced, traced + 1);
    run(1, 3, HARMONY_WINDOW_TICKS);
    assert_int_equal(quanta_traced, traced + 1);
    share(4, 10, HARMONY_WINDOW_TICKS);
    assert_int_equal(the_scheduler.quantum_ticks, 20);
    /* The hog alone was seen at ticks, and each of the others ran between two of them. */
    the_scheduler.voluntary_switches += 1000;
    run(1, 9, HARMONY_WINDOW_TICKS);
    assert_int_equal(the_scheduler.quantum_ticks, 5);
}

static void test_a_fixed_quantum_stays(void **state)
{
    (void)state;
    make_ready(4);
    run(1, 3, 3 * HARMONY_WINDOW_TICKS);
    assert_int_equal(the_scheduler.quantum_ticks, QUANTUM_SET);
}

/* --- Cost --- */

static void test_a_tick_costs_the_same_with_ten_thousand_threads(void **state)
{
    (void)state;
    make_ready(4);
    for (unsigned tick = 1; tick <= 3 * HARMONY_WINDOW_TICKS; tick++) {
        states_asked = counts_asked = 0;
        run(1 + tick % 4, CROWD - 1, 1);
        bool is_period_end = tick % HARMONY_PERIOD_TICKS == 0;
        assert_int_equal(counts_asked, is_period_end ? 2 : 1);
        assert_int_equal(states_asked, is_period_end ? 4 : 0); /* those that ran, not the crowd */
    }
    unsigned starved = CROWD - 4;
    assert_int_equal(harmony_ticks(&threads[1]), 250);
    unsigned had = 1000u * 4 / CROWD; /* a quarter each, of a ten-thousandth */
    assert_int_equal(harmony_permille(),
                     (70 * (4 * had + starved * 1000) + 30 * 4000) / (CROWD * 100));
}

static void test_more_threads_can_wait_than_a_tick_can_tell(void **state)
{
    (void)state;
    make_ready(1);
    run(1, 1000000, HARMONY_WINDOW_TICKS);
    assert_int_equal(runnable_sum, (uint64_t)UINT16_MAX * HARMONY_WINDOW_TICKS);
    assert_uint_in_range(harmony_permille(), 690, 710);
}

/* --- The model: all ticks there have been, and floating point --- */

static struct {
    unsigned index, runnable;
    uint64_t switches; /* up to this tick */
} history[TICKS_MAX];

static unsigned history_length;

static unsigned model_start(void)
{
    return history_length > HARMONY_WINDOW_TICKS ? history_length - HARMONY_WINDOW_TICKS : 0;
}

static unsigned model_ticks(unsigned index)
{
    unsigned ticks = 0;
    for (unsigned i = model_start(); i < history_length; i++)
        ticks += history[i].index == index;
    return ticks;
}

static double model_fair_share(void)
{
    double busy = 0, runnable = 0;
    for (unsigned i = model_start(); i < history_length; i++) {
        busy += history[i].index != NOBODY;
        runnable += history[i].index != NOBODY ? history[i].runnable : 0;
    }
    return busy > 0 ? busy / (runnable / busy) : 0;
}

/* Of those that wait, all that were seen at a tick and as many as gave the CPU away have run. */
static double model_harmony(void)
{
    double share_of_one = model_fair_share();
    double scores = 0;
    unsigned ran = 0, unseen = ready_count;
    for (unsigned index = 1; index < THREADS; index++) {
        unsigned ticks = model_ticks(index);
        if (ticks == 0)
            continue;
        ran++;
        scores += ticks > share_of_one ? share_of_one / ticks : 1;
        unseen -= &threads[index] != this_cpu()->running && states[index] == THREAD_READY;
    }
    uint64_t before = model_start() > 0 ? history[model_start() - 1].switches : 0;
    uint64_t switches = the_scheduler.voluntary_switches - before;
    unsigned starved = unseen > switches ? (unsigned)(unseen - switches) : 0;
    unsigned all = ran + starved;
    return ran > 0 ? 0.7 * (scores + starved) / all + 0.3 * ran / all : 1;
}

static void random_tick(uint64_t *seed, unsigned busy_threads)
{
    unsigned index = random_below(seed, busy_threads + 1);
    make_ready(busy_threads);
    unsigned waiting = busy_threads - (index != NOBODY) + random_below(seed, 3);
    the_scheduler.voluntary_switches += random_below(seed, 300) == 0;
    run(index, waiting, 1);
    history[history_length].index = index;
    history[history_length].runnable = waiting + 1;
    history[history_length].switches = the_scheduler.voluntary_switches;
    history_length++;
}

static void test_random_ticks_agree_with_the_model(void **state)
{
    uint64_t seed = 1;
    (void)state;
    history_length = 0;
    unsigned busy_threads = 1;
    while (history_length < TICKS_MAX / 2) {
        if (random_below(&seed, 400) == 0)
            busy_threads = random_below(&seed, 12);
        random_tick(&seed, busy_threads);
        if (history_length % HARMONY_PERIOD_TICKS != 0)
            continue;
        int expected = (int)(1000 * model_harmony());
        assert_uint_in_range((int)harmony_permille() + 2, expected, expected + 4);
        for (unsigned index = 1; index < THREADS; index++)
            assert_int_equal(harmony_ticks(&threads[index]), model_ticks(index));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_equal_shares_make_one, start_idle),
        cmocka_unit_test_setup(test_a_turn_more_than_the_others_costs_little, start_idle),
        cmocka_unit_test_setup(test_one_hog_that_starves_the_others_has_the_formulas_value,
                               start_idle),
        cmocka_unit_test_setup(test_harmony_comes_back_within_a_window, start_idle),
        cmocka_unit_test_setup(test_less_than_the_share_is_no_fault_of_ones_own, start_idle),
        cmocka_unit_test_setup(test_sleepers_are_not_taken_for_starving, start_idle),
        cmocka_unit_test_setup(test_of_many_that_wait_only_so_many_can_have_run_as_switches_were,
                               start_idle),
        cmocka_unit_test_setup(test_switches_count_for_one_window, start_idle),
        cmocka_unit_test_setup(test_who_ran_and_waits_again_does_not_starve, start_idle),
        cmocka_unit_test_setup(test_an_idle_window_is_in_harmony, start_idle),
        cmocka_unit_test_setup(test_idle_ticks_are_nobodys_share, start_idle),
        cmocka_unit_test_setup(test_ticks_that_were_left_out_count, start_idle),
        cmocka_unit_test_setup(test_who_has_ended_does_not_count, start_idle),
        cmocka_unit_test_setup(test_a_thread_that_never_ran_may_end, start_idle),
        cmocka_unit_test_setup(test_slots_are_used_again, start_idle),
        cmocka_unit_test_setup(test_a_new_thread_does_not_inherit_an_ended_ones_ticks, start_idle),
        cmocka_unit_test_setup(test_the_average_is_of_busy_windows_only, start_idle),
        cmocka_unit_test_setup(test_the_automatic_quantum_follows_the_bands, start_idle),
        cmocka_unit_test_setup(test_the_automatic_quantum_changes_at_the_periods_end, start_idle),
        cmocka_unit_test_setup(test_a_fixed_quantum_stays, start_idle),
        cmocka_unit_test_setup(test_a_tick_costs_the_same_with_ten_thousand_threads, start_idle),
        cmocka_unit_test_setup(test_more_threads_can_wait_than_a_tick_can_tell, start_idle),
        cmocka_unit_test_setup(test_random_ticks_agree_with_the_model, start_idle),
    };
    return cmocka_run_group_tests_name("harmony", tests, NULL, NULL);
}
