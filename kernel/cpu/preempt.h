/*
 * The preempt count and the reschedule flag: the protocol between whoever wants a switch and
 * whoever must not be switched away from.
 *
 * An involuntary switch happens only where need_resched is set, the preempt count is 0, and
 * one of these places is passed: the exit of an interrupt, the last preempt_enable(), or the
 * interrupts_restore() with which interrupts come back.
 */
#ifndef AETHEL_KERNEL_CPU_PREEMPT_H
#define AETHEL_KERNEL_CPU_PREEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/config.h"
#include "kernel/cpu/reschedule.h"
#include "kernel/cpu/this_cpu.h"

/* What a handler that runs counts for in the preempt count. */
#define PREEMPT_HANDLER 0x10000u

/*
 * Names the function that switches threads. It is called with interrupts off, and returns, with
 * interrupts off, when the calling thread runs again. `address` is that behind the section that had
 * preemption or interrupts off, or 0 at an interrupt's exit. Called once, before interrupts are on.
 */
void preempt_set_reschedule(void (*reschedule)(uint64_t address));

/* That function. For preempt_check() and the exit of an interrupt alone. */
extern void (*preempt_reschedule_function)(uint64_t address);

/* Asks for a switch at the next allowed place. Any context; interrupts off. */
static inline void preempt_request(void)
{
    this_cpu()->need_resched = true;
}

/* Takes the request back: the one who switches has acted on it. Interrupts off. */
static inline void preempt_acknowledge(void)
{
    this_cpu()->need_resched = false;
}

/* Whether preempt_disable() calls are open, handlers apart. */
static inline bool preempt_is_disabled(void)
{
    return this_cpu()->preempt_count % PREEMPT_HANDLER != 0;
}

/* Adds to the preempt count, by an instruction that nothing comes between; nothing that stands in
 * front of it or behind it crosses it. For this header alone. */
static inline __attribute__((always_inline)) void preempt_count_add(uint32_t number)
{
    __asm__ volatile("addl %1, %0" : "+m"(this_cpu()->preempt_count) : "i"(number) : "memory");
}

/* The calling thread is not switched out until the matching preempt_enable(). Nests. */
static inline void preempt_disable(void)
{
    preempt_count_add(1);
}

/* Ends preempt_disable(). The last one of a nest takes a pending reschedule at once. */
static inline __attribute__((always_inline)) void preempt_enable(void)
{
    preempt_count_add(-1u);
#if CONFIG_PREEMPT
    if (this_cpu()->preempt_count == 0 && preempt_is_requested())
        preempt_check();
#endif
}

/* An interrupt's handler begins or ends. Interrupts off. */
static inline void preempt_enter_handler(void)
{
    preempt_count_add(PREEMPT_HANDLER);
}

static inline void preempt_leave_handler(void)
{
    preempt_count_add(-PREEMPT_HANDLER);
}

/* The one place where an interrupt may switch threads: called last, after EOI, interrupts off. */
static inline void preempt_on_interrupt_exit(void)
{
#if CONFIG_PREEMPT
    if (preempt_is_requested() && this_cpu()->preempt_count == 0)
        preempt_reschedule_function(0);
#endif
}

#endif
