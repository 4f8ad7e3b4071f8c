/* What the life of a thread costs, and what all others that live add to anything. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"

#define CREATIONS     500u
#define FEW           100u
#define MANY          10000u
#define MOST          24000u /* that a machine of 128 MiB holds with small stacks */
#define SLEEP_LONG_MS 1000000

static int sleepers[MOST];

static void do_nothing(void *argument)
{
    (void)argument;
}

static void sleep_long(void *argument)
{
    (void)argument;
    thread_sleep_ms(SLEEP_LONG_MS);
}

static void begin_sleepers(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sleepers[i] = bench_thread(sleep_long, NULL, THREAD_PRIORITY_DEFAULT);
    thread_yield();
}

static void end_sleepers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        thread_kill(sleepers[i]);
        thread_join(sleepers[i], WAIT_FOREVER, NULL);
    }
}

static void bench_create_to_join(const char *name)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < CREATIONS; i++) {
        uint64_t before = tsc_read();
        thread_join(bench_thread(do_nothing, NULL, THREAD_PRIORITY_DEFAULT), WAIT_FOREVER, NULL);
        uint64_t cost = tsc_read() - before;
        if (cost < best)
            best = cost;
    }
    report_cost(name, best);
}

/* Older kernels, which tools/bench-compare measures by this file, have stacks of one size. */
#if __has_include("sched/threads/spare_stacks.h")

static size_t memory_in_use(void)
{
    return (frames_total() - frames_available()) * FRAME_SIZE - thread_spare_memory();
}

static void begin_small_sleepers(void)
{
    for (unsigned i = 0; i < MOST; i++) {
        sleepers[i] = thread_create(&(struct thread_attributes){.entry = sleep_long,
                                                                .priority = THREAD_PRIORITY_DEFAULT,
                                                                .stack_size = STACK_SIZE_MIN});
        if (sleepers[i] < 0)
            panic("bench: there is no thread number %u", i);
    }
    thread_yield();
}

/* Finding each of all threads by its tid, and reading its priority. */
static void bench_finding(const char *name)
{
    uint64_t before = tsc_read();
    for (unsigned i = 0; i < MOST; i++)
        thread_get_priority(sleepers[i]);
    report_mean(name, tsc_read() - before, MOST);
}

static void bench_most_threads(void)
{
    size_t before = memory_in_use();
    begin_small_sleepers();
    report_cost("thread_bytes_stack_4_kib", (memory_in_use() - before) / MOST);
    bench_create_to_join("create_run_join_24000_alive");
    bench_round_trip("semaphore_round_trip_24000_alive");
    bench_finding("thread_find_24000_alive");
    end_sleepers(MOST);
}

#else

static void bench_most_threads(void)
{
}

#endif

void bench_threads(void)
{
    bench_create_to_join("create_run_join_alone");
    begin_sleepers(FEW);
    bench_create_to_join("create_run_join_100_alive");
    end_sleepers(FEW);
    begin_sleepers(MANY);
    bench_create_to_join("create_run_join_10000_alive");
    bench_round_trip("semaphore_round_trip_10000_alive");
    bench_tick_beside_sleepers();
    end_sleepers(MANY);
    bench_most_threads();
}
