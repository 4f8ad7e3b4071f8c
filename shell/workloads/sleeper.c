/* The sleeper: sleeps, wakes, sleeps. It hardly loads the machine, and is woken by the tick. */
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define SLEEP_MS 10

static void sleeper(struct workload_run *run)
{
    while (workload_goes_on(run))
        thread_sleep_ms(SLEEP_MS);
}

WORKLOAD(sleeper, .summary = "sleeps 10 ms at a time",
         .help = "Thousands of them hardly load the machine ('spawn sleeper 5000'): each is woken\n"
                 "by the tick, and waits in no queue of those that are ready.\n",
         .run = sleeper);
