/*
 * How another policy comes into force.
 *
 * While the threads are moved, those of both policies are ready side by side. The CPU is given to
 * nobody else meanwhile, so that nobody has to choose among them.
 */
#include "sched/policy.h"

#include <stddef.h>

#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/core/core.h"
#include "sched/observe/trace_ring.h"
#include "sched/policies/policies.h"
#include "sched/state/attention.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"

extern const struct policy *const __policies_start[], *const __policies_end[];

static uint64_t latest_seed = POLICY_SEED_DEFAULT;

/* Preemption off: no thread can come or go, so that each is found from the one before. */
static void move_all(void)
{
    struct thread *thread = thread_table_next(-1);
    while (thread != NULL) {
        uint64_t flags = critical_enter();
        policy_move(thread);
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
    policy_begin_change(with);
    attention_set(ATTENTION_POLICY, true);
    critical_exit(flags);
    move_all();
    flags = critical_enter();
    policy_end_change();
    attention_set(ATTENTION_POLICY, !policy_is_plain(with));
    trace_setting(TRACE_POLICY, 0, with->information.name);
    core_request_switch_if_due();
    critical_exit(flags);
}

static void choose(const struct policy *chosen, uint64_t seed)
{
    preempt_disable();
    if (chosen != policy_in_force())
        replace(chosen);
    uint64_t flags = critical_enter();
    state_setting_changed();
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
    return policy_in_force()->information.name;
}

const struct policy_information *policy_at(unsigned index)
{
    const struct policy *const *entry = __policies_start + index;
    return entry < __policies_end ? &(*entry)->information : NULL;
}
