/* Harmony and fairness on real ticks. */
#include "sched/harmony.h"

#include <stddef.h>

#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define OTHERS        3u
#define FILL_TICKS    (HARMONY_WINDOW_TICKS + 2 * HARMONY_PERIOD_TICKS)
#define ALONE_OF_FOUR 62u /* (1/4)^2 */

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

static struct thread_information information_of(int tid)
{
    struct thread_information thread = {0};
    EXPECT_EQUAL(thread_get_information(tid, &thread), 0);
    return thread;
}

/* One of four has all: the formula's value. */
SELF_TEST(a_hog_in_cooperative_mode_has_the_formulas_harmony)
{
    int others[OTHERS];
    start_others(others);
    compute_ticks(FILL_TICKS);
    EXPECT(harmony_permille() >= ALONE_OF_FOUR && harmony_permille() <= ALONE_OF_FOUR + 1);
    EXPECT_EQUAL(harmony_fairness_permille(), 250);
    EXPECT_EQUAL(harmony_starved_threads(), OTHERS);
    EXPECT_EQUAL(information_of(thread_self()).share_percent, 400);
    EXPECT(information_of(thread_self()).window_run_ppm >= 970000);
    EXPECT_EQUAL(information_of(others[0]).share_percent, 0);
    EXPECT_EQUAL(information_of(others[0]).window_run_ppm, 0);
    harmony_reset_average();
    compute_ticks(HARMONY_PERIOD_TICKS);
    EXPECT(harmony_average_permille() >= ALONE_OF_FOUR);
    harmony_set_auto_quantum(true);
    EXPECT_EQUAL(quantum_get_ms(), 5);
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
    EXPECT(harmony_permille() >= 985);
    EXPECT(harmony_fairness_permille() >= 995);
    EXPECT_EQUAL(harmony_starved_threads(), 0);
    preempt_disable(); /* so that they are all of the same second */
    uint32_t sum = information_of(thread_self()).window_run_ppm;
    for (unsigned i = 0; i < OTHERS; i++) {
        uint32_t part = information_of(others[i]).window_run_ppm;
        EXPECT(part >= 235000 && part <= 260000);
        sum += part;
    }
    preempt_enable();
    EXPECT(sum >= 970000 && sum <= 1000000); /* the handlers of interrupts have the rest */
    harmony_set_auto_quantum(true);
    EXPECT_EQUAL(quantum_get_ms(), 20);
    finish_others(others);
}

#endif

SELF_TEST(an_idle_machine_is_in_harmony)
{
    thread_sleep_ms(FILL_TICKS);
    EXPECT_EQUAL(harmony_permille(), HARMONY_MAX);
    EXPECT_EQUAL(harmony_fairness_permille(), HARMONY_MAX);
    EXPECT_EQUAL(information_of(thread_self()).window_run_ppm, 0);
    EXPECT_EQUAL(information_of(thread_self()).share_percent, -1);
}

/* Those that wake each other have all that they want. */
static struct semaphore ping, pong;

static void answer(void *argument)
{
    (void)argument;
    while (semaphore_wait(&ping, WAIT_FOREVER) == 0 && !must_stop)
        semaphore_post(&pong);
}

SELF_TEST(two_that_wake_each_other_are_in_harmony)
{
    semaphore_init(&ping, 0);
    semaphore_init(&pong, 0);
    must_stop = false;
    int other = start(answer, NULL, THREAD_PRIORITY_DEFAULT);
    uint64_t end = clock_ticks() + FILL_TICKS;
    while (clock_ticks() < end) {
        semaphore_post(&ping);
        EXPECT_EQUAL(semaphore_wait(&pong, WAIT_FOREVER), 0);
    }
    EXPECT(harmony_permille() >= 995);
    EXPECT(harmony_fairness_permille() >= 995);
    must_stop = true;
    semaphore_post(&ping);
    finish(other);
}

static void do_nothing(void *argument)
{
    (void)argument;
}

/* Who has ended, and is joined only in a later period, is in nobody's list meanwhile. */
SELF_TEST(who_is_joined_late_leaves_nothing_behind_in_the_shares)
{
    for (unsigned i = 0; i < 5; i++) {
        int tid = start(do_nothing, NULL, THREAD_PRIORITY_DEFAULT);
        thread_sleep_ms(2 * HARMONY_PERIOD_TICKS);
        finish(tid);
        EXPECT_EQUAL(thread_get_information(tid, &(struct thread_information){0}),
                     -ERROR_NOT_FOUND);
    }
    thread_sleep_ms(2 * HARMONY_PERIOD_TICKS);
    EXPECT_EQUAL(harmony_permille(), HARMONY_MAX);
}
