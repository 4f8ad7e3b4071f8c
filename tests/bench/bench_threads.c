/* What the life of a thread costs, and what all others that live add to anything. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"

#define CREATIONS     500u
#define FEW           100u
#define MANY          10000u
#define SLEEP_LONG_MS 1000000

static int sleepers[MANY];

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
}
