/* Samples of the cost of a context switch. */
#include "sched/observe/switch_cost.h"

#include "kernel/cpu/tsc.h"

uint64_t switch_cost_started_at;

static struct histogram samples;

void switch_cost_end(void)
{
    histogram_add(&samples, tsc_read() - switch_cost_started_at);
}

const struct histogram *switch_cost_samples(void)
{
    return &samples;
}

void switch_cost_reset(void)
{
    samples = (struct histogram){0};
}
