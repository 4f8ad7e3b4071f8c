/*
 * Harmony: all take turns, as in round robin; but who has had more than everybody may have of the
 * last second (sched/harmony.h, the level) is throttled: it runs only when nobody else is ready,
 * until it has had no more than that. So a thread that had the CPU to itself makes room for those
 * that come, until they have caught up with it; and nobody is killed or starved, because who does
 * not run comes back to its share.
 *
 * A thread is judged at the end of its quantum, when it wakes, and at each tick if it runs. Shares
 * also change while it waits: one throttled thread is looked at at each tick; if it is not far
 * enough yet, it goes to the end of its level.
 */
#include "sched/harmony.h"
#include "kernel/cpu/this_cpu.h"
#include "sched/observe/harmony_window.h"
#include "sched/policies/policy.h"
#include "sched/state/state.h"

#define NORMAL    POLICY_LEVEL
#define THROTTLED (POLICY_LEVEL - 1)

/* Thousandths of the level. */
#define THROTTLED_ABOVE 1010u
#define BACK_BELOW      1000u

static unsigned level_of(const struct thread *thread)
{
    return thread->policy_state.harmony.is_throttled ? THROTTLED : NORMAL;
}

static void judge(struct thread *thread)
{
    bool *is_throttled = &thread->policy_state.harmony.is_throttled;
    *is_throttled = harmony_has_more(thread, *is_throttled ? BACK_BELOW : THROTTLED_ABOVE);
}

static void put(struct thread *thread, bool first)
{
    thread->level = (uint8_t)level_of(thread);
    if (first)
        state_queue_prepend(thread);
    else
        state_queue_append(thread);
}

static void look_at_one_throttled(void)
{
    struct thread *thread = state_queue_head(THROTTLED);
    if (thread == NULL)
        return;
    judge(thread);
    if (thread == this_cpu()->running && thread->policy_state.harmony.is_throttled)
        return;
    state_queue_remove(thread);
    put(thread, thread == this_cpu()->running);
}

static void enqueue(struct thread *thread, bool first)
{
    if (!first)
        judge(thread);
    else if (thread != this_cpu()->running)
        thread->policy_state.harmony.is_throttled = false;
    put(thread, first);
}

static void dequeue(struct thread *thread)
{
    state_queue_remove(thread);
}

static void give_way(struct thread *thread, bool is_used_up)
{
    state_queue_remove(thread);
    if (is_used_up)
        judge(thread);
    put(thread, false);
}

/* The running thread stays where it is, or comes first where it goes. */
static void look_at_running(struct thread *running)
{
    bool was_throttled = running->policy_state.harmony.is_throttled;
    judge(running);
    if (running->policy_state.harmony.is_throttled == was_throttled)
        return;
    state_queue_remove(running);
    put(running, true);
}

static void tick(struct thread *running)
{
    if (running != NULL)
        look_at_running(running);
    look_at_one_throttled();
    policy_want_switch();
}

POLICY(harmony, .information.summary = "in turn, who had too much waits",
       .information.priority = "means nothing below 63",
       .information.looks_back_ms = HARMONY_WINDOW_TICKS + 2 * HARMONY_PERIOD_TICKS,
       .level_of = level_of, .enqueue = enqueue, .dequeue = dequeue, .give_way = give_way,
       .tick = tick);
