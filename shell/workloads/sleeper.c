/* The sleeper: sleeps, wakes, sleeps. It hardly loads the machine, and is woken by the tick. */
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define SLEEP_MS 10

static void sleeper(struct workload_run *run)
{
    while (workload_goes_on(run))
        thread_sleep_ms(SLEEP_MS);
}

WORKLOAD(sleeper, .summary = "sleeps 10 ms at a time", .run = sleeper);
