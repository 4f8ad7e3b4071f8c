/* What it costs to be watched: a switch with tracing on, and without. */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "sched/trace.h"
#include "tests/bench/measure.h"

static volatile bool is_over;
static struct semaphore there = SEMAPHORE(0);
static struct semaphore back = SEMAPHORE(0);

static void yield_back(void *argument)
{
    (void)argument;
    while (!is_over)
        thread_yield();
}

static void yield_there_and_back(void)
{
    thread_yield();
}

static void post_back(void *argument)
{
    (void)argument;
    while (semaphore_wait(&there, WAIT_FOREVER) == 0)
        semaphore_post(&back);
}

static void post_there_and_wait(void)
{
    semaphore_post(&there);
    semaphore_wait(&back, WAIT_FOREVER);
}

static uint64_t least_cost(void (*action)(void))
{
    LEAST(least, action());
    return least;
}

/* How much more two switches cost while they are recorded. */
static uint64_t extra_cost(void (*action)(void))
{
    uint64_t unwatched = least_cost(action);
    if (trace_start(TRACE_SCHEDULING) != 0)
        panic("bench: no memory for the trace");
    uint64_t watched = least_cost(action);
    trace_stop();
    return watched - unwatched;
}

void bench_trace(void)
{
    int tid = bench_thread(yield_back, NULL, THREAD_PRIORITY_DEFAULT);
    report_cost("trace_extra_per_yield", extra_cost(yield_there_and_back) / 2);
    is_over = true;
    thread_join(tid, WAIT_FOREVER, NULL);

    tid = bench_thread(post_back, NULL, THREAD_PRIORITY_DEFAULT);
    report_cost("trace_extra_per_semaphore_round_trip", extra_cost(post_there_and_wait));
    semaphore_destroy(&there);
    thread_join(tid, WAIT_FOREVER, NULL);
}
