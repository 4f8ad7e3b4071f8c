/* The hog: computes, and never gives the CPU away. In cooperative mode nobody else runs. */
#include "shell/workloads/workload.h"

/* Between two looks at the clock; well under a millisecond on any machine that has long mode. */
#define STEPS 10000u

static void hog(struct workload_run *run)
{
    volatile uint32_t counter = 0;
    while (workload_goes_on(run)) {
        for (unsigned i = 0; i < STEPS; i++)
            counter = counter + 1;
    }
}

WORKLOAD(hog, .summary = "computes and never yields",
         .help = "In cooperative mode ('preempt off') one of them starves everybody, the shells\n"
                 "too; under preemption many of them share the CPU. The status bar's last cells\n"
                 "turn while they work; 'ps' and 'stats' tell the rest.\n",
         .run = hog, .has_cell = true);
