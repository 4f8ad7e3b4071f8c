/*
 * The room sched/policies/ says who is next: a file for each policy, which registers itself
 * (policy.h) and knows nothing of the others.
 *
 * Entered by: the core, and sched/threads/, which brings threads under a policy.
 * Invariant: a ready thread is in exactly one queue: the run queue, or one of its policy's own.
 *
 * Which policy is in force, and what the core asks of it. Interrupts off.
 */
#ifndef AETHEL_SCHED_POLICIES_POLICIES_H
#define AETHEL_SCHED_POLICIES_POLICIES_H

#include "sched/policies/policy.h"

/* The default policy comes into force. Boot only. */
void policies_init(void);

/* `thread`, a new one, comes under the policy in force. */
void policy_admit(struct thread *thread);

/* The level of `thread` by its priority. */
unsigned policy_level_of(const struct thread *thread);

/* For threads under a policy that is not plain, as struct policy's functions. */
void policy_enqueue(struct thread *thread, bool first);
void policy_dequeue(struct thread *thread);
void policy_give_way(struct thread *thread, bool is_used_up);

/* The quantum of the running thread is used up, and another has been put in front of it: where all
 * threads of a policy are in the levels, it goes behind its equals. */
void policy_end_quantum_behind(struct thread *running);

/* As struct policy's; returns whether somebody else is to run from now on. */
bool policy_tick(void);

/* Whether the core's own queueing does for all threads of policy `which`. */
static inline bool policy_is_plain(const struct policy *which)
{
    return which->enqueue == NULL;
}

/* The policy that new threads come under. */
const struct policy *policy_in_force(void);

/*
 * How another policy comes into force: from the first of these on new threads come under it, each
 * thread of the one before is moved, and no thread of that one is left at the last.
 */
void policy_begin_change(const struct policy *to);
void policy_move(struct thread *thread);
void policy_end_change(void);

#endif
