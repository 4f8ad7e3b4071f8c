/*
 * A switch that is wanted, for whoever turns interrupts on: what kernel/cpu/cpu.h needs of the
 * protocol that kernel/cpu/preempt.h tells.
 */
#ifndef AETHEL_KERNEL_CPU_RESCHEDULE_H
#define AETHEL_KERNEL_CPU_RESCHEDULE_H

#include <stdbool.h>

#include "kernel/config.h"
#include "kernel/cpu/this_cpu.h"

/* Whether a switch is wanted. The stress build always wants one. */
static inline bool preempt_is_requested(void)
{
    return this_cpu()->need_resched || CONFIG_STRESS;
}

/*
 * Switches now if a switch is wanted and allowed here. With interrupts off it is not: what turns
 * them on again makes good for it. Any context.
 */
void preempt_check(void);

/* The same, for who knows that interrupts are on. */
void preempt_check_enabled(void);

/* In debug builds: panics if the caller, who is about to turn interrupts on and no more, would lose
 * a switch that is due. Interrupts off. */
#if CONFIG_DEBUG
void interrupts_assert_no_switch_due(void);
#else
static inline void interrupts_assert_no_switch_due(void)
{
}
#endif

#endif
