/* The critical section under which all that the scheduler knows is looked at and changed. For the
 * rooms of sched/ only. */
#ifndef AETHEL_SCHED_STATE_CRITICAL_SECTION_H
#define AETHEL_SCHED_STATE_CRITICAL_SECTION_H

#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"

/* Opens one: interrupts off. Any context; sections nest. */
static inline uint64_t critical_enter(void)
{
    return interrupts_save();
}

/* Closes it. In a thread whose interrupts come back, a switch that became due is taken now. */
static inline __attribute__((always_inline)) void critical_exit(uint64_t flags)
{
    interrupts_restore(flags);
}

#endif
