/* Harmony and fairness on real ticks. */
#include "sched/harmony.h"

#include <stddef.h>

#include "kernel/cpu/preempt.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define OTHERS        3u
#define FILL_TICKS    (HARMONY_WINDOW_TICKS + 2 * HARMONY_PERIOD_TICKS)
#define ALONE_OF_FOUR 643u /* 0.7 (1/4 + 3) / 4 + 0.3 / 4 */

/* As spin_ticks(), but without its PAUSE, by which an emulator gives up its turn: this is long. */
static void compute_ticks(uint64_t ticks)
{
    uint64_t end = clock_ticks() + ticks;
    while (clock_ticks() < end) {
    }
}

static volatile bool must_stop;

static void spin_until_stopped(void *argument)
{
    (void)argument;
    while (!must_stop) {
    }
}

static void start_others(int tids[OTHERS])
{
    must_stop = false;
    for (unsigned i = 0; i < OTHERS; i++)
        tids[i] = start(spin_until_stopped, NULL, THREAD_PRIORITY_DEFAULT);
}

static void finish_others(const int tids[OTHERS])
{
    must_stop = true;
    for (unsigned i = 0; i < OTHERS; i++)
        finish(tids[i]);
}

static uint32_t window_ticks(int tid)
{
    struct thread_information thread = {0};
    EXPECT_EQUAL(thread_get_information(tid, &thread), 0);
    return thread.window_ticks;
}

/* One of four has all: the formula's value, to the digit. */
SELF_TEST(a_hog_in_cooperative_mode_has_the_formulas_harmony)
{
    int others[OTHERS];
    start_others(others);
    compute_ticks(FILL_TICKS);
    EXPECT_EQUAL(harmony_permille(), ALONE_OF_FOUR);
    EXPECT_EQUAL(scheduler_fairness_permille(), 250);
    EXPECT_EQUAL(window_ticks(thread_self()), HARMONY_WINDOW_TICKS);
    EXPECT_EQUAL(window_ticks(others[0]), 0);
    harmony_reset_average();
    compute_ticks(HARMONY_PERIOD_TICKS);
    EXPECT_EQUAL(harmony_average_permille(), ALONE_OF_FOUR);
    harmony_set_auto_quantum(true);
    EXPECT_EQUAL(quantum_get_ms(), 10);
    finish_others(others);
}

#if CONFIG_PREEMPT

SELF_TEST(hogs_under_preemption_are_in_harmony)
{
    int others[OTHERS];
    preemption_set(true);
    harmony_set_auto_quantum(true);
    start_others(others);
    quantum_set_ms(5);
    EXPECT(!harmony_has_auto_quantum());
    compute_ticks(FILL_TICKS);
    EXPECT(harmony_permille() >= 980);
    EXPECT(scheduler_fairness_permille() >= 995);
    preempt_disable(); /* so that the window hardly moves meanwhile */
    uint32_t sum = window_ticks(thread_self());
    for (unsigned i = 0; i < OTHERS; i++) {
        uint32_t ticks = window_ticks(others[i]);
        EXPECT(ticks >= 240 && ticks <= 260);
        sum += ticks;
    }
    preempt_enable();
    EXPECT(sum >= HARMONY_WINDOW_TICKS - 1 && sum <= HARMONY_WINDOW_TICKS + 1);
    harmony_set_auto_quantum(true);
    EXPECT_EQUAL(quantum_get_ms(), 20);
    finish_others(others);
}

#endif

SELF_TEST(an_idle_machine_is_in_harmony)
{
    thread_sleep_ms(FILL_TICKS);
    EXPECT_EQUAL(harmony_permille(), HARMONY_MAX);
    EXPECT_EQUAL(scheduler_fairness_permille(), 1000);
    EXPECT_EQUAL(window_ticks(thread_self()), 0);
}

SELF_TEST(fairness_is_told_by_priority)
{
    int others[OTHERS];
    start_others(others);
    for (unsigned i = 0; i < OTHERS; i++)
        thread_set_priority(others[i], THREAD_PRIORITY_DEFAULT - 1 - i);
    compute_ticks(FILL_TICKS / 4);
    EXPECT_EQUAL(scheduler_fairness_permille(), 1000); /* no two are equals */
    thread_set_priority(others[1], THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(scheduler_fairness_permille(), 500);
    finish_others(others);
}
