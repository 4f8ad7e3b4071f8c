/*
 * What the core asks of the policy in force.
 *
 * While another one comes into force (sched/core/policy.c), threads of both are ready side by side:
 * each thread says itself under which it is, and what happens to it is told to that one.
 */
#include "sched/policies/policies.h"

#include <stddef.h>

#include "kernel/cpu/this_cpu.h"
#include "sched/state/state.h"

extern const struct policy *const policy_registration_prio;

static const struct policy *policy;   /* in force: new threads come under it */
static const struct policy *previous; /* before; the same but while it is being replaced */
static bool wants_switch;

static bool is_above_policies(const struct thread *thread)
{
    return thread->priority == THREAD_PRIORITY_HIGHEST;
}

unsigned policy_level_of(const struct thread *thread)
{
    return is_above_policies(thread) ? THREAD_PRIORITY_HIGHEST : thread->policy->level_of(thread);
}

void policy_admit(struct thread *thread)
{
    thread->policy = policy;
    thread->policy_state = (union policy_state){0};
    thread->charged_cycles = state_run_cycles(thread);
    thread->level = (uint8_t)policy_level_of(thread);
}

/* Whether the core's own queueing does for `thread`. */
static bool is_queued_plainly(const struct thread *thread)
{
    return policy_is_plain(thread->policy) || thread->level == THREAD_PRIORITY_HIGHEST;
}

/* One that was not ready when its turn came to be moved may come under the policy here. */
void policy_enqueue(struct thread *thread, bool first)
{
    if (thread->policy != policy)
        policy_admit(thread);
    if (!is_queued_plainly(thread))
        thread->policy->enqueue(thread, first);
    else if (first)
        state_queue_prepend(thread);
    else
        state_queue_append(thread);
}

void policy_dequeue(struct thread *thread)
{
    if (is_queued_plainly(thread))
        state_queue_remove(thread);
    else
        thread->policy->dequeue(thread);
}

void policy_give_way(struct thread *thread, bool is_used_up)
{
    if (!is_queued_plainly(thread))
        thread->policy->give_way(thread, is_used_up);
    else
        state_queue_move_back(thread);
}

void policy_end_quantum_behind(struct thread *running)
{
    if (!is_queued_plainly(running) && running->policy->waiting == NULL)
        running->policy->give_way(running, true);
}

/* While threads of the previous policy are left in the levels, the new one must not touch these. */
bool policy_tick(void)
{
    wants_switch = false;
    if (policy->tick != NULL && policy == previous)
        policy->tick(is_queued_plainly(this_cpu()->running) ? NULL : this_cpu()->running);
    return wants_switch;
}

void policy_want_switch(void)
{
    wants_switch = true;
}

static unsigned count_waiting(void)
{
    unsigned count = policy->waiting != NULL ? policy->waiting() : 0;
    if (previous != policy && previous->waiting != NULL)
        count += previous->waiting();
    return count;
}

unsigned policy_single_level(const struct thread *thread)
{
    (void)thread;
    return POLICY_LEVEL;
}

void policy_elect(struct thread **elected, struct thread *next)
{
    struct thread *former = *elected;
    *elected = next;
    if (former != NULL && next != NULL)
        state_queue_replace(former, next);
    else if (former != NULL)
        state_queue_remove(former);
    else if (next != NULL)
        state_queue_append(next);
}

void policies_init(void)
{
    policy = policy_registration_prio;
    previous = policy;
    the_scheduler.count_in_policies = count_waiting;
}

const struct policy *policy_in_force(void)
{
    return policy;
}

void policy_begin_change(const struct policy *to)
{
    policy = to;
    if (policy->begin != NULL)
        policy->begin();
}

void policy_move(struct thread *thread)
{
    if (thread->policy == policy || thread->tid == 0)
        return;
    bool is_ready = thread->state == THREAD_READY;
    if (is_ready)
        policy_dequeue(thread);
    policy_admit(thread);
    if (is_ready)
        policy_enqueue(thread, thread == this_cpu()->running);
}

void policy_end_change(void)
{
    previous = policy;
}
