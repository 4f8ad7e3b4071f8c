/*
 * What a context switch costs, by sample: the first switch after each tick is timed, which asks
 * for it by ATTENTION_SWITCH_COST. For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_OBSERVE_SWITCH_COST_H
#define AETHEL_SCHED_OBSERVE_SWITCH_COST_H

#include <stdint.h>

#include "kernel/lib/histogram.h"

/* Written through the function below alone. */
extern uint64_t switch_cost_started_at;

/* The switch to be timed began at TSC `now`. */
static inline void switch_cost_begin(uint64_t now)
{
    switch_cost_started_at = now;
}

/* It ends here, in the thread that was switched to. Called by switch_context.asm. */
void switch_cost_end(void);

/* The samples since the last reset, in TSC cycles. */
const struct histogram *switch_cost_samples(void);
void switch_cost_reset(void);

#endif
