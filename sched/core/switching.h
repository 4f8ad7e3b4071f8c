/*
 * How a thread leaves the CPU, how it comes to it, and how it becomes ready: the bodies of
 * core_block() and core_make_ready(), for who does so thousands of times a second. There they are
 * inline (semaphore.c, control.c); core.c has them as functions, for everybody else. Whatever
 * somebody has asked to be told of, and a policy with queues of its own, goes through switching.c.
 *
 * The running thread changes in take_over(), and nowhere else. For the rooms of sched/ only;
 * interrupts off.
 */
#ifndef AETHEL_SCHED_CORE_SWITCHING_H
#define AETHEL_SCHED_CORE_SWITCHING_H

#include "kernel/cpu/preempt.h"
#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/observe/latency.h"
#include "sched/observe/shares.h"
#include "sched/policies/policies.h"
#include "sched/state/attention.h"
#include "sched/state/state.h"
#include "sched/trace.h"

/* Why a thread loses the CPU that leaves it in a state of these. */
#define WHY_LEFT_IN(state) ((enum switch_reason)((state) + (SWITCH_BLOCK - THREAD_BLOCKED)))
_Static_assert(WHY_LEFT_IN(THREAD_SLEEPING) == SWITCH_SLEEP &&
                   WHY_LEFT_IN(THREAD_SUSPENDED) == SWITCH_SUSPEND,
               "WHY_LEFT_IN() counts on the order of both");

/* In switch_context.asm. */
void switch_context(struct thread *previous, struct thread *next);

/* --- In switching.c: what is rare ------------------------------------------------------------ */

/* switch_to(), and block(), while anything of ATTENTION_SWITCH or ATTENTION_POLICY is asked for. */
void switch_attentively(struct thread *previous, struct thread *next, enum switch_reason reason);
void block_attentively(enum thread_state state);

/* Queues `thread`, which has become ready, and asks for a switch if one is due, while anything of
 * ATTENTION_WAKEUP is asked for. */
void queue_attentively(struct thread *thread);

/* --- Queueing: by the core alone, or as the policy wants it ---------------------------------- */

static inline void queue_append(struct thread *thread)
{
    if (attention_is_needed(ATTENTION_POLICY))
        policy_enqueue(thread, false);
    else
        run_queue_append(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

static inline void queue_prepend(struct thread *thread)
{
    if (attention_is_needed(ATTENTION_POLICY))
        policy_enqueue(thread, true);
    else
        run_queue_prepend(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

static inline void queue_remove(struct thread *thread)
{
    if (attention_is_needed(ATTENTION_POLICY))
        policy_dequeue(thread);
    else
        run_queue_remove(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

/* --- Who runs -------------------------------------------------------------------------------- */

static inline struct thread *thread_of(struct list_node *run_node)
{
    return LIST_ENTRY(run_node, struct thread, run_node);
}

static inline struct thread *most_urgent(void)
{
    return run_queue_is_empty(&the_scheduler.run_queue)
               ? this_cpu()->idle
               : thread_of(run_queue_first(&the_scheduler.run_queue));
}

/* `next` runs from TSC `now` on. */
static inline void take_over(struct thread *next, uint64_t now)
{
    account_switched_in(&next->accounting, now);
#if CONFIG_PREEMPT
    preempt_acknowledge();
#endif
    this_cpu()->running = next;
}

/* Closes the accounts of both, and returns when that was. */
static inline uint64_t hand_over(struct thread *previous, struct thread *next)
{
    uint64_t now = tsc_read();
    account_switched_out(&previous->accounting, now);
    take_over(next, now);
    return now;
}

/* The CPU goes from `self`, which runs, to `next`, and nobody wants to know. Returns when it is
 * switched to again. */
static inline void switch_unnoticed(struct thread *self, struct thread *next)
{
    hand_over(self, next);
    switch_context(self, next);
}

/* The same, if somebody wants to know, too. `attention` is the constant 0 where nobody asks for
 * any. */
static inline __attribute__((always_inline)) void
switch_to(struct thread *self, struct thread *next, enum switch_reason reason, uint8_t attention)
{
    if (__builtin_expect((attention & ATTENTION_SWITCH) != 0, false))
        switch_attentively(self, next, reason);
    else
        switch_unnoticed(self, next);
}

/* `self` gives the CPU away of its own accord. */
static inline __attribute__((always_inline)) void switch_voluntarily(struct thread *self,
                                                                     struct thread *next,
                                                                     enum switch_reason reason,
                                                                     uint8_t attention)
{
    the_scheduler.voluntary_switches++;
    self->accounting.voluntary_switches++;
    switch_to(self, next, reason, attention);
}

/* --- Blocking -------------------------------------------------------------------------------- */

static inline void begin_block(struct thread *self, enum thread_state state)
{
    self->state = (uint8_t)state;
    self->quantum_start = QUANTUM_NOT_BEGUN;
    queue_remove(self);
}

static inline __attribute__((always_inline)) void
end_block(struct thread *self, enum thread_state state, uint8_t attention)
{
    switch_voluntarily(self, most_urgent(), WHY_LEFT_IN(state), attention);
    account_woken(&self->accounting);
}

/* `self`, which runs, blocks: see core_block(). */
static inline __attribute__((always_inline)) void block(struct thread *self,
                                                        enum thread_state state)
{
    if (attention_is_needed(ATTENTION_POLICY | ATTENTION_SWITCH)) {
        block_attentively(state);
        return;
    }
    self->state = (uint8_t)state;
    self->quantum_start = QUANTUM_NOT_BEGUN;
    run_queue_remove(&the_scheduler.run_queue, &self->run_node, self->level);
    end_block(self, state, 0);
}

/* --- Becoming ready -------------------------------------------------------------------------- */

/* The idle loop looks for itself who is ready, and has to set the clock right first: nobody asks
 * for it to be preempted. */
static inline bool can_be_preempted(void)
{
    return CONFIG_PREEMPT && the_scheduler.is_preemptive && this_cpu()->running != this_cpu()->idle;
}

/* Asks for a switch, which nobody has yet. */
static inline void request_switch(enum switch_reason reason)
{
    this_cpu()->resched_reason = (uint8_t)reason;
    latency_switch_wanted(preempt_is_disabled());
    preempt_request();
}

/* Asks for a switch, unless somebody has. */
static inline void want_switch(enum switch_reason reason)
{
    if (!this_cpu()->need_resched)
        request_switch(reason);
}

static inline bool is_switch_due(void)
{
    return can_be_preempted() && most_urgent() != this_cpu()->running;
}

static inline void request_switch_if_due(void)
{
    if (is_switch_due())
        want_switch(SWITCH_PRIORITY);
}

/* Whether `thread`, which has just been queued behind its equals, is to run now, and nobody has
 * asked for a switch: the running one is the first of its level then. */
static inline bool is_more_urgent(const struct thread *thread)
{
    return can_be_preempted() && thread->level > this_cpu()->running->level &&
           !this_cpu()->need_resched;
}

/* `thread`, which is in state `state`, becomes ready: see core_make_ready(). */
static inline __attribute__((always_inline)) void make_ready(struct thread *thread,
                                                             enum thread_state state)
{
    shares_note_if_first(thread);
    uint64_t now = tsc_read();
    account_close(&thread->accounting, state, now);
    bool is_resumed = state == THREAD_SUSPENDED;
    if (__builtin_expect(!is_resumed && thread->is_suspended, false)) {
        thread->state = THREAD_SUSPENDED;
        return;
    }
    thread->state = THREAD_READY;
    thread->accounting.wakeups++;
    thread->accounting.woken_at = now;
    thread->share.run_when_woken = SHARE_UNITS(thread->accounting.cycles[THREAD_RUNNING]);
    if (attention_is_needed(ATTENTION_WAKEUP)) {
        queue_attentively(thread);
        return;
    }
    run_queue_append(&the_scheduler.run_queue, &thread->run_node, thread->level);
    if (is_more_urgent(thread))
        request_switch(SWITCH_PRIORITY);
}

#endif
