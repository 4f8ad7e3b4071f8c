/* Who runs with whose priority. */
#include "sched/sync/inheritance.h"

#include <stddef.h>

#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/holder.h"
#include "sched/sync/mutex.h"
#include "sched/sync/waiting.h"

static bool is_on = true;

void inheritance_set(bool on)
{
    is_on = on;
}

bool inheritance_is_on(void)
{
    return is_on;
}

static unsigned effective_priority(const struct thread *thread)
{
    unsigned priority = thread->base_priority;
    if (!is_on)
        return priority;
    LIST_FOR_EACH(node, &thread->contended_mutexes)
    {
        const struct mutex *mutex = LIST_ENTRY(node, struct mutex, contended_node);
        unsigned lent = waiting_first(&mutex->waiters)->priority;
        if (lent > priority)
            priority = lent;
    }
    return priority;
}

/* Whom `thread` lends its priority to. */
static struct thread *heir_of(const struct thread *thread)
{
    bool waits_for_mutex = thread->wanted_lock != NULL && thread->wanted_lock->kind == LOCK_MUTEX;
    return waits_for_mutex ? mutex_holding_thread(LOCK_OF(thread->wanted_lock, struct mutex))
                           : NULL;
}

/* Whether the heirs of `start` come back to it. They may also lead into a cycle without it. */
static bool is_in_cycle(const struct thread *start)
{
    unsigned limit = thread_table_count();
    const struct thread *thread = heir_of(start);
    for (unsigned steps = 0; thread != NULL && thread != start && steps < limit; steps++)
        thread = heir_of(thread);
    return thread == start;
}

/* Sets the priorities right along the heirs. Returns where nothing changed any more, or NULL. */
static struct thread *propagate(struct thread *thread)
{
    while (thread != NULL) {
        unsigned priority = effective_priority(thread);
        if (priority == thread->priority)
            break;
        core_set_priority(thread, priority);
        thread = heir_of(thread);
    }
    return thread;
}

/*
 * In a deadlock threads lend each other what nobody else lends them any more. So all of them fall
 * back to their own priority first; then each passes on what it has.
 */
static void settle_cycle(struct thread *start)
{
    struct thread *thread = start;
    do {
        core_set_priority(thread, thread->base_priority);
        thread = heir_of(thread);
    } while (thread != start);
    do {
        propagate(thread);
        thread = heir_of(thread);
    } while (thread != start);
}

void inheritance_update(struct thread *thread)
{
    struct thread *end = propagate(thread);
    if (end != NULL && end->priority > end->base_priority && is_in_cycle(end))
        settle_cycle(end);
}
