/*
 * Which policy is in force, and how another one comes into force.
 *
 * While that goes on, threads of both policies are ready side by side: each thread says itself
 * under which it is, and what happens to it is told to that one. The CPU is given to nobody else
 * meanwhile, so that nobody has to choose among them.
 */
#include "sched/policies/policies.h"

#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/core/core.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/thread_table.h"

extern const struct policy *const __policies_start[], *const __policies_end[];
extern const struct policy *const policy_registration_prio;

static const struct policy *policy;   /* in force: new threads come under it */
static const struct policy *previous; /* before; the same but while it is being replaced */
static uint64_t latest_seed = POLICY_SEED_DEFAULT;

static bool is_plain(const struct policy *which)
{
    return which->enqueue == NULL;
}

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
    thread->charged_cycles = core_run_cycles(thread);
    thread->level = (uint8_t)policy_level_of(thread);
}

/* Whether the core's own queueing does for `thread`. */
static bool is_queued_plainly(const struct thread *thread)
{
    return is_plain(thread->policy) || thread->level == THREAD_PRIORITY_HIGHEST;
}

/* One that was not ready when its turn came to be moved may come under the policy here. */
void policy_enqueue(struct thread *thread, bool first)
{
    if (thread->policy != policy)
        policy_admit(thread);
    if (!is_queued_plainly(thread))
        thread->policy->enqueue(thread, first);
    else if (first)
        core_queue_prepend(thread);
    else
        core_queue_append(thread);
}

void policy_dequeue(struct thread *thread)
{
    if (is_queued_plainly(thread))
        core_queue_remove(thread);
    else
        thread->policy->dequeue(thread);
}

/* A queue's head that is taken out and put behind the others is the same as one step. */
void policy_give_way(struct thread *thread, bool is_used_up)
{
    if (!is_queued_plainly(thread)) {
        thread->policy->give_way(thread, is_used_up);
    } else {
        core_queue_remove(thread);
        core_queue_append(thread);
    }
}

/* While threads of the previous policy are left in the levels, the new one must not touch these. */
void policy_tick(void)
{
    if (policy->tick != NULL && policy == previous)
        policy->tick(is_queued_plainly(this_cpu()->running) ? NULL : this_cpu()->running);
}

unsigned policy_waiting_count(void)
{
    unsigned count = policy->waiting != NULL ? policy->waiting() : 0;
    if (previous != policy && previous->waiting != NULL)
        count += previous->waiting();
    return count;
}

/* In a handler the run time holds the handler's too, until it ends: then it steps back. */
uint64_t policy_take_run_cycles(struct thread *thread)
{
    uint64_t cycles = core_run_cycles(thread);
    if (cycles <= thread->charged_cycles)
        return 0;
    uint64_t taken = cycles - thread->charged_cycles;
    thread->charged_cycles = cycles;
    return taken;
}

uint64_t policy_quantum_cycles(void)
{
    return tsc_from_ns((uint64_t)core_quantum() * NS_PER_TICK);
}

unsigned policy_single_level(const struct thread *thread)
{
    (void)thread;
    return POLICY_LEVEL;
}

void policy_elect(struct thread **elected, struct thread *next)
{
    if (*elected != NULL)
        core_queue_remove(*elected);
    *elected = next;
    if (next != NULL)
        core_queue_append(next);
}

void policies_init(void)
{
    policy = policy_registration_prio;
    previous = policy;
}

/* Interrupts off. */
static void move(struct thread *thread)
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

/* Preemption off: no thread can come or go, so that each is found from the one before. */
static void move_all(void)
{
    struct thread *thread = thread_table_next(-1);
    while (thread != NULL) {
        uint64_t flags = critical_enter();
        move(thread);
        critical_exit(flags);
        thread = thread_table_next(thread->tid);
    }
}

static const struct policy *find(const char *name)
{
    for (const struct policy *const *entry = __policies_start; entry < __policies_end; entry++) {
        if (strcmp((*entry)->information.name, name) == 0)
            return *entry;
    }
    return NULL;
}

static void replace(const struct policy *with)
{
    uint64_t flags = critical_enter();
    policy = with;
    attention_set(ATTENTION_POLICY, true);
    critical_exit(flags);
    move_all();
    flags = critical_enter();
    previous = with;
    attention_set(ATTENTION_POLICY, !is_plain(with));
    trace_setting(TRACE_POLICY, 0, with->information.name);
    core_request_switch_if_due();
    critical_exit(flags);
}

static void choose(const struct policy *chosen, uint64_t seed)
{
    preempt_disable();
    if (chosen != policy)
        replace(chosen);
    uint64_t flags = critical_enter();
    latest_seed = seed;
    if (chosen->seed != NULL)
        chosen->seed(seed);
    critical_exit(flags);
    preempt_enable();
}

int policy_choose(const char *name)
{
    const struct policy *chosen = find(name);
    if (chosen == NULL)
        return -ERROR_NOT_FOUND;
    choose(chosen, POLICY_SEED_DEFAULT);
    return 0;
}

int policy_choose_seeded(const char *name, uint64_t seed)
{
    const struct policy *chosen = find(name);
    if (chosen == NULL)
        return -ERROR_NOT_FOUND;
    if (chosen->seed == NULL)
        return -ERROR_NOT_SUPPORTED;
    choose(chosen, seed);
    return 0;
}

uint64_t policy_seed(void)
{
    return latest_seed;
}

const char *policy_name(void)
{
    return policy->information.name;
}

const struct policy_information *policy_at(unsigned index)
{
    const struct policy *const *entry = __policies_start + index;
    return entry < __policies_end ? &(*entry)->information : NULL;
}
