/*
 * What the way of a switch must not pass by: one byte of the processor's for all, so that a switch
 * that nobody cares about carries one test. For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_STATE_ATTENTION_H
#define AETHEL_SCHED_STATE_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"

#define ATTENTION_POLICY      1u  /* the policy has queues of its own */
#define ATTENTION_TRACE       2u  /* switches and wakeups are recorded */
#define ATTENTION_SWITCH_COST 4u  /* the next switch is to be timed */
#define ATTENTION_SHARES      8u  /* a thread may get the CPU for the first time in this epoch */
#define ATTENTION_CHART       16u /* the run chart is kept */
#define ATTENTION_WAKEUP      (ATTENTION_POLICY | ATTENTION_TRACE | ATTENTION_CHART)
#define ATTENTION_SWITCH \
    (ATTENTION_TRACE | ATTENTION_SWITCH_COST | ATTENTION_SHARES | ATTENTION_CHART)

/* Whether any of `what` is asked for. */
static inline bool attention_is_needed(uint8_t what)
{
    return __builtin_expect((this_cpu()->attention & what) != 0, false);
}

/* Asks for `what`, or no more. */
static inline void attention_set(uint8_t what, bool on)
{
    struct cpu *cpu = this_cpu();
    cpu->attention = (uint8_t)(on ? cpu->attention | what : cpu->attention & ~what);
}

#endif
