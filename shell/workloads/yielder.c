/* The yielder: gives the CPU away as often as it can. Many of them measure the switch. */
#include "sched/thread.h"
#include "shell/workloads/workload.h"

static void yielder(struct workload_run *run)
{
    while (workload_goes_on(run))
        thread_yield();
}

WORKLOAD(yielder, .summary = "yields all the time",
         .help = "Two of them switch as often as the machine can: watch 'stats', switches and\n"
                 "what one costs (switch_avg_ns). They are polite in cooperative mode too.\n",
         .run = yielder);
