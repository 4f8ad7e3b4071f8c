/*
 * What a scheduling policy is: functions that say which of the ready threads is next. A file in
 * sched/policies/ says POLICY(...), and that is all it takes.
 *
 * The core runs the first thread of its run queue's most urgent level. So a policy decides by the
 * level that it gives a thread; and a policy that keeps its threads in a structure of its own puts
 * just one of them, the elected, into the run queue. A plain policy has a fixed level for each
 * thread and no functions but level_of(): then the core is on its own, and nothing is called.
 *
 * Threads of the highest priority are never shown to a policy: they have the highest level.
 * Everything here is called with interrupts off.
 */
#ifndef AETHEL_SCHED_POLICIES_POLICY_H
#define AETHEL_SCHED_POLICIES_POLICY_H

#include "sched/control_block.h"
#include "sched/policy.h"

#define POLICY_LEVEL 31u /* for policies that need only one */

struct policy {
    struct policy_information information;

    /* The level of `thread` by its priority alone. Required. */
    unsigned (*level_of)(const struct thread *thread);

    /*
     * All of the following are NULL in a plain policy; in others only tick, admit may be.
     */

    /* `thread` comes under this policy: it is new, or the policy is. Its policy_state is zero. */
    void (*admit)(struct thread *thread);

    /* `thread` is ready, and in no queue: it queues behind its equals, or, if `first`, it must be
     * the next to run. The running thread comes here too, when something about it has changed. */
    void (*enqueue)(struct thread *thread, bool first);

    /* `thread` leaves: it blocks, ends, is moved. It may be the running thread. */
    void (*dequeue)(struct thread *thread);

    /* The running thread gives way: its quantum is used up, or else it yields. */
    void (*give_way)(struct thread *thread, bool is_used_up);

    /* How many ready threads are in queues of its own. */
    unsigned (*waiting)(void);

    /* The tick has come, and somebody else than the idle thread runs. */
    void (*tick)(void);
};

#define POLICY(identifier, ...)                                                        \
    static const struct policy identifier##_policy = {.information.name = #identifier, \
                                                      __VA_ARGS__};                    \
    extern const struct policy *const policy_registration_##identifier;                \
    const struct policy *const policy_registration_##identifier                        \
        __attribute__((used, section(".policies." #identifier))) = &identifier##_policy

/* Cycles that `thread` has run since the last call for it, or since it was admitted. */
uint64_t policy_take_run_cycles(struct thread *thread);

#endif
