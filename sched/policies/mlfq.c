/*
 * A multilevel feedback queue: it learns from what a thread does whether somebody waits for it.
 * (Corbato and others 1962; the rules are those of "Operating Systems: Three Easy Pieces".)
 *
 *  1. The threads of the highest of the four levels that has any run, and take turns.
 *  2. A new thread begins at the top.
 *  3. One that has used up its allotment at a level, which is one quantum, goes a level down,
 *     however often it gave the CPU up meanwhile. Run time is counted in exact cycles, so that to
 *     yield or to sleep just before the tick is of no use.
 *  4. Every second all go to the top, with a new allotment.
 *
 * Rule 4 does not visit the threads: the levels' circles are joined, and each thread finds out when
 * it is looked at next, by the number of times that this has happened.
 */
#include "kernel/cpu/tsc.h"
#include "sched/policies/policy.h"
#include "sched/state/state.h"

#define LEVELS      4u
#define BOOST_TICKS TICK_HZ

static uint32_t boosts;
static uint64_t next_boost; /* tick */

static unsigned level_of(const struct thread *thread)
{
    bool is_boosted = thread->policy_state.mlfq.boosts != boosts;
    return POLICY_LEVEL - (is_boosted ? 0 : thread->policy_state.mlfq.depth);
}

static void boost_if_due(void)
{
    if (clock_ticks() < next_boost)
        return;
    next_boost = clock_ticks() + BOOST_TICKS;
    boosts++;
    for (unsigned depth = 1; depth < LEVELS; depth++)
        state_queue_splice(POLICY_LEVEL - depth, POLICY_LEVEL);
}

/* `thread` learns of a boost, if there has been one. Its turn, if it runs, is not longer for it. */
static void look_at(struct thread *thread)
{
    if (thread->policy_state.mlfq.boosts == boosts)
        return;
    policy_take_run_cycles(thread);
    thread->policy_state = (union policy_state){.mlfq.boosts = boosts};
    thread->level = POLICY_LEVEL;
}

/* At the lowest level there is nothing to use up. */
static void charge(struct thread *thread, bool is_used_up)
{
    uint64_t *used = &thread->policy_state.mlfq.used_cycles;
    uint8_t *depth = &thread->policy_state.mlfq.depth;
    *used += policy_take_run_cycles(thread);
    bool sinks = *depth < LEVELS - 1 && (is_used_up || *used >= policy_quantum_cycles());
    if (sinks)
        (*depth)++;
    if (sinks || *depth == LEVELS - 1)
        *used = 0;
}

/* Its quantum ends with its allotment. It has just been charged. */
static void begin_turn(struct thread *thread)
{
    thread->level = (uint8_t)level_of(thread);
    thread->quantum_start = thread->charged_cycles + thread->accounting.interrupted -
                            thread->policy_state.mlfq.used_cycles;
}

/* What it ran above the policies does not count. */
static void enqueue(struct thread *thread, bool first)
{
    look_at(thread);
    policy_take_run_cycles(thread);
    begin_turn(thread);
    if (first)
        state_queue_prepend(thread);
    else
        state_queue_append(thread);
}

static void dequeue(struct thread *thread)
{
    look_at(thread);
    state_queue_remove(thread);
    charge(thread, false);
}

static void give_way(struct thread *thread, bool is_used_up)
{
    look_at(thread);
    unsigned former_level = thread->level;
    charge(thread, is_used_up);
    if (level_of(thread) != former_level)
        state_queue_remove(thread);
    begin_turn(thread);
    if (thread->level != former_level)
        state_queue_append(thread);
    else
        state_queue_move_back(thread);
}

static void tick(struct thread *running)
{
    boost_if_due();
    if (running != NULL)
        look_at(running);
}

POLICY(mlfq, .information.summary = "who computes sinks, in 4 levels",
       .information.priority = "means nothing below 63", .level_of = level_of, .enqueue = enqueue,
       .dequeue = dequeue, .give_way = give_way, .tick = tick);
