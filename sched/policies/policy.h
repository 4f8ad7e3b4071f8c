/*
 * What a scheduling policy is: functions that say which of the ready threads is next. A file in
 * sched/policies/ says POLICY(...), and that is all it takes.
 *
 * The core runs the first thread of its run queue's most urgent level. So a policy decides by the
 * level that it gives a thread; and a policy that keeps its threads in a structure of its own puts
 * just one of them, the elected, into the run queue. A plain policy has a fixed level for each
 * thread and no functions but level_of(): then the core is on its own, and nothing is called.
 *
 * The running thread need not be the elected: where it cannot lose the CPU, it runs on when another
 * one has been elected, and waits in the policy's structure meanwhile.
 *
 * Threads of the highest priority are never shown to a policy: they have the highest level.
 * Everything here is called with interrupts off, and must take constant or logarithmic time.
 */
#ifndef AETHEL_SCHED_POLICIES_POLICY_H
#define AETHEL_SCHED_POLICIES_POLICY_H

#include <stddef.h>

#include "sched/clock.h"
#include "sched/observe/latency.h"
#include "sched/policy.h"
#include "sched/state/control_block.h"
#include "sched/state/state.h"

#define NS_PER_TICK (1000000000u / TICK_HZ)

#define POLICY_LEVEL 31u /* for policies that need only one, and the highest of others */

struct policy {
    struct policy_information information;

    /* The level of `thread`, whose policy_state is all zero when it is new. Required. */
    unsigned (*level_of)(const struct thread *thread);

    /*
     * All of the following are NULL in a plain policy; in others only begin, waiting, tick and seed
     * may be.
     */

    /* It comes into force: it knows nothing of what was when it was in force before. */
    void (*begin)(void);

    /* `thread` is ready, and in no queue: it queues behind its equals, or, if `first`, it must be
     * the next to run. The running thread comes here too, when something about it has changed. */
    void (*enqueue)(struct thread *thread, bool first);

    /* `thread` leaves: it blocks, ends, is moved. It may be the running thread. */
    void (*dequeue)(struct thread *thread);

    /* The running thread gives way: its quantum is used up, or else it yields. */
    void (*give_way)(struct thread *thread, bool is_used_up);

    /* How many ready threads are in queues of its own. */
    unsigned (*waiting)(void);

    /* The tick has come, and no threads of another policy are ready. `running` is NULL if that
     * thread is none of the policy's. If somebody else is to run from now on, it says so by
     * policy_want_switch(). */
    void (*tick)(struct thread *running);

    /* It draws lots, from now on those that follow from `seed`. */
    void (*seed)(uint64_t seed);
};

#define POLICY(identifier, ...)                                                        \
    static const struct policy identifier##_policy = {.information.name = #identifier, \
                                                      __VA_ARGS__};                    \
    extern const struct policy *const policy_registration_##identifier;                \
    const struct policy *const policy_registration_##identifier                        \
        __attribute__((used, section(".policies." #identifier))) = &identifier##_policy

/* The level where there is only one. */
unsigned policy_single_level(const struct thread *thread);

/* Cycles that `thread` has run since the last call for it, or since it came under the policy. In a
 * handler the run time holds the handler's too, until it ends: then it steps back. */
static inline uint64_t policy_take_run_cycles(struct thread *thread)
{
    uint64_t cycles = state_run_cycles(thread);
    if (cycles <= thread->charged_cycles)
        return 0;
    uint64_t taken = cycles - thread->charged_cycles;
    thread->charged_cycles = cycles;
    return taken;
}

/* A quantum's length in cycles. */
static inline uint64_t policy_quantum_cycles(void)
{
    return the_scheduler.quantum_ticks * latency_cycles_per_tick();
}

/* From a policy's tick(): somebody else is to run than the one who does. */
void policy_want_switch(void);

/* `next`, or nobody if it is NULL, is elected instead of `*elected`, who may be nobody likewise. */
void policy_elect(struct thread **elected, struct thread *next);

#endif
