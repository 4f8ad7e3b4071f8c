/* The run chart: what it tells of threads that switch at each yield, and its memory. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/run_chart.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define COLUMNS 20u

static volatile bool is_over;

static void yield_until_over(void *argument)
{
    (void)argument;
    while (!is_over)
        thread_yield();
}

/* The cells of thread `tid`. Returns whether it is in the chart. */
static bool read_thread(const struct run_chart *chart, int tid, uint64_t tick,
                        struct run_cell cells[COLUMNS])
{
    char name[THREAD_NAME_SIZE];
    int found;
    for (unsigned i = 0; run_chart_thread(chart, i, &found, name); i++) {
        if (found != tid)
            continue;
        run_chart_read(chart, i, 1, tick, COLUMNS, cells);
        return true;
    }
    return false;
}

static void expect_about_half(const struct run_cell cells[COLUMNS])
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        EXPECT(!cells[i].is_unknown);
        EXPECT(cells[i].run >= RUN_WHOLE_COLUMN * 2 / 5 &&
               cells[i].run <= RUN_WHOLE_COLUMN * 3 / 5);
        EXPECT((cells[i].marks & (RUN_YIELDED | RUN_SEVERAL)) == (RUN_YIELDED | RUN_SEVERAL));
    }
}

SELF_TEST(run_chart_shows_two_that_yield_half_each)
{
    struct run_cell one[COLUMNS] = {0}, other[COLUMNS] = {0};
    is_over = false;
    EXPECT_EQUAL(run_chart_hold(), 0);
    int tids[] = {start(yield_until_over, NULL, THREAD_PRIORITY_DEFAULT),
                  start(yield_until_over, NULL, THREAD_PRIORITY_DEFAULT)};
    thread_sleep_ms(2);
    uint64_t tick = clock_ticks();
    thread_sleep_ms(COLUMNS + 2);
    EXPECT(tick >= run_chart_begin(NULL));
    EXPECT(read_thread(NULL, tids[0], tick, one) && read_thread(NULL, tids[1], tick, other));
    expect_about_half(one);
    expect_about_half(other);
    for (unsigned i = 0; i < COLUMNS; i++)
        EXPECT(one[i].run + other[i].run <= (int)RUN_WHOLE_COLUMN + 2);
    is_over = true;
    finish(tids[0]);
    finish(tids[1]);
    run_chart_release();
}

SELF_TEST(run_chart_keeps_a_copy_as_it_was)
{
    struct run_cell before[COLUMNS] = {0}, after[COLUMNS] = {0};
    is_over = false;
    EXPECT_EQUAL(run_chart_hold(), 0);
    uint64_t tick = run_chart_begin(NULL);
    int tid = start(yield_until_over, NULL, THREAD_PRIORITY_DEFAULT);
    thread_sleep_ms(COLUMNS + 2);
    struct run_chart *copy = run_chart_copy();
    EXPECT(copy != NULL && read_thread(copy, tid, tick, before));
    is_over = true;
    finish(tid);
    spin_ticks(2 * RUN_CHART_COLUMNS);
    EXPECT(read_thread(copy, tid, tick, after));
    for (unsigned i = 0; i < COLUMNS; i++)
        EXPECT(before[i].run == after[i].run && !after[i].is_unknown);
    EXPECT(read_thread(NULL, tid, tick, after) && after[0].is_unknown);
    EXPECT(run_chart_oldest(NULL, 1, clock_ticks()) > tick);
    EXPECT_EQUAL(run_chart_oldest(NULL, 10, clock_ticks()), tick);
    kfree(copy);
    run_chart_release();
}

/* So many large blocks that none is left for a chart. */
SELF_TEST(run_chart_needs_memory_and_gives_it_back)
{
    enum { BLOCKS = 4096 };
    static void *blocks[BLOCKS];
    size_t frames = frames_available();
    EXPECT_EQUAL(run_chart_hold(), 0);
    EXPECT(frames_available() < frames);
    EXPECT_EQUAL(run_chart_hold(), 0);
    run_chart_release();
    EXPECT(frames_available() < frames);
    run_chart_release();
    EXPECT_EQUAL(frames_available(), frames);
    unsigned count = 0;
    while (count < BLOCKS && (blocks[count] = kmalloc(16 * FRAME_SIZE)) != NULL)
        count++;
    EXPECT(count < BLOCKS);
    EXPECT_EQUAL(run_chart_hold(), -ERROR_NO_MEMORY);
    while (count-- > 0)
        kfree(blocks[count]);
    EXPECT_EQUAL(run_chart_hold(), 0);
    run_chart_release();
    EXPECT_EQUAL(frames_available(), frames);
}
