/* The yielder: gives the CPU away as often as it can. Many of them measure the switch. */
#include "sched/thread.h"
#include "shell/workloads/workload.h"

static void yielder(struct workload_run *run)
{
    while (workload_goes_on(run))
        thread_yield();
}

WORKLOAD(yielder, .summary = "yields all the time", .run = yielder);
