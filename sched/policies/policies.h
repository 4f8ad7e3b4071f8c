/* Which policy is in force, and what the core asks of it. For core.c and thread.c; interrupts off.
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

/* How many ready threads are not in the run queue, but in queues of policies. */
unsigned policy_waiting_count(void);

/* For threads under a policy that is not plain, as struct policy's functions. */
void policy_enqueue(struct thread *thread, bool first);
void policy_dequeue(struct thread *thread);
void policy_give_way(struct thread *thread, bool is_used_up);
void policy_tick(void);

#endif
