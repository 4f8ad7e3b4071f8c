/*
 * The room sched/core/ is the core of the scheduler: who runs, who could, and the change from one
 * to the other; and the switches that a person turns, preemption and the policy.
 *
 * Entered by: the rooms of sched/ above it.
 * Invariant: whenever interrupts are on, the running thread is the idle thread, or it is in the run
 * queue; there it is the head of its level, or need_resched is set. Interrupts are off in all of
 * it, unless it says otherwise.
 */
#ifndef AETHEL_SCHED_CORE_CORE_H
#define AETHEL_SCHED_CORE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"
#include "sched/state/control_block.h"
#include "sched/state/critical_section.h"
#include "sched/trace.h"

/* Makes `idle` the running thread, which runs when nobody else can. Boot only. */
void core_init(struct thread *idle);

/* Whether anybody but the idle thread can run. */
bool core_has_ready(void);

/* For interrupts_set_account(): the running thread was interrupted for so many cycles. */
void core_account_interrupt(uint64_t cycles);

/* Makes `thread` ready, behind its equals, and asks for a switch if it is more urgent than the
 * running one; if it is suspended, it is only that from now on. Constant time. */
void core_make_ready(struct thread *thread);

/*
 * Takes the running thread off the CPU in state `state`, and returns when it has been made ready
 * and it is its turn again. The caller has seen to it that somebody will.
 */
void core_block(enum thread_state state);

/* The same in two steps, for who has to do something in between: out of the run queue, and off the
 * CPU. */
void core_begin_block(enum thread_state state);
void core_end_block(void);

/* The running thread goes behind its equals. Called by thread_yield() in switch_context.asm. */
void core_yield(void);

/* Takes `thread`, which is ready and does not run, out of the run queue. */
void core_unready(struct thread *thread);

/* Takes the running thread, which is about to end, out of the run queue; it runs on. */
void core_retire_current(void);

/*
 * The running thread, which has been retired, leaves for good: its control block is not touched,
 * and may be gone already.
 */
_Noreturn void core_leave(enum switch_reason reason);

/* The idle thread gives the CPU to whoever is ready. */
void core_leave_idle(void);

/* Changes the effective priority of `thread`, in whichever state, and asks for a switch if one is
 * due. */
void core_set_priority(struct thread *thread, unsigned priority);

/* Puts `thread`, if it is ready, in front of its equals, the running one among them, and asks for
 * a switch if it is the most urgent then. */
void core_put_first(struct thread *thread);

/* Queues `thread`, which is ready, anew: the running one in front. */
void core_requeue(struct thread *thread);

/* Asks for a switch, in the policy's name, if somebody else is to run than the one who does. */
void core_request_switch_if_due(void);

/* Whether the running thread may lose the CPU against its will. */
bool core_can_be_preempted(void);

/* Switches between cooperative and preemptive scheduling. */
void core_set_preemption(bool on);

/* A tick has come: if the running thread's quantum is over, its level moves on. */
void core_charge_tick(void);

/* Panics, in debug builds, where core_may_block() is false. Any context. */
#if CONFIG_DEBUG
void core_assert_may_block(void);
#else
static inline void core_assert_may_block(void)
{
}
#endif

/* Whether the caller may block: not in a handler, nor with preemption off or a spinlock held.
 * There, debug builds panic. Any context. */
static inline bool core_may_block(void)
{
    core_assert_may_block();
    return this_cpu()->preempt_count == 0;
}

#endif
