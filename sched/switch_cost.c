/* Samples of the cost of a context switch. */
#include "sched/switch_cost.h"

#include "kernel/cpu/tsc.h"

bool switch_cost_is_due;
uint64_t switch_cost_started_at;

static uint64_t samples;
static uint64_t cycles_in_all;
static uint64_t longest;

void switch_cost_end(void)
{
    uint64_t cycles = tsc_read() - switch_cost_started_at;
    samples++;
    cycles_in_all += cycles;
    if (cycles > longest)
        longest = cycles;
}

void switch_cost_get(uint64_t *average_cycles, uint64_t *max_cycles)
{
    *average_cycles = samples > 0 ? cycles_in_all / samples : 0;
    *max_cycles = longest;
}

void switch_cost_reset(void)
{
    samples = 0;
    cycles_in_all = 0;
    longest = 0;
}
