/* What a yield costs: with few and with many threads, and under each policy. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "sched/policy.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"
#include "tests/kernel/report.h"

#define YIELDS      20000u /* in all, however many threads share them */
#define THREADS_MAX 10000u
#define ATTEMPTS    3u
#define PRIORITY    (THREAD_PRIORITY_DEFAULT - 1)

static unsigned unfinished;
static struct semaphore all_finished = SEMAPHORE(0);

/* In cooperative mode nobody comes between. */
static void yield_repeatedly(void *argument)
{
    for (uint64_t left = (uint64_t)argument; left > 0; left--)
        thread_yield();
    if (--unfinished == 0)
        semaphore_post(&all_finished);
}

/* What it takes `threads` threads to begin, yield and end, in cycles. */
static uint64_t measure(unsigned threads, uint64_t yields_each)
{
    static int tids[THREADS_MAX];
    unfinished = threads;
    for (unsigned i = 0; i < threads; i++)
        tids[i] = bench_thread(yield_repeatedly, (void *)yields_each, PRIORITY);
    uint64_t before = tsc_read();
    semaphore_wait(&all_finished, WAIT_FOREVER);
    uint64_t cycles = tsc_read() - before;
    for (unsigned i = 0; i < threads; i++)
        thread_join(tids[i], WAIT_FOREVER, NULL);
    return cycles;
}

/* The least of several: ten times a second each thread is looked at for harmony, once. */
static uint64_t measure_least(unsigned threads, uint64_t yields_each)
{
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        uint64_t cycles = measure(threads, yields_each);
        if (cycles < least)
            least = cycles;
    }
    return least;
}

/* Beginning and ending are the same without yields. */
static void bench_yield(const char *prefix, unsigned threads)
{
    uint64_t yields_each = YIELDS / threads;
    uint64_t with_yields = measure_least(threads, yields_each);
    uint64_t tenths = (with_yields - measure_least(threads, 0)) * 10 / (yields_each * threads);
    report("yield_switch_%s%u_threads: %lu.%lu\r\n", prefix, threads, tenths / 10, tenths % 10);
}

void bench_yields(void)
{
    bench_yield("", 2);
    bench_yield("", 100);
    bench_yield("", 1000);
}

void bench_policies(void)
{
    static const char *const policies[] = {"rr", "fair", "mlfq", "lottery", "harmony"};
    bench_yield("", THREADS_MAX);
    for (unsigned i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        char prefix[16];
        format_string(prefix, sizeof(prefix), "%s_", policies[i]);
        policy_choose(policies[i]);
        bench_yield(prefix, 2);
        bench_yield(prefix, THREADS_MAX);
    }
    policy_choose("prio");
}
