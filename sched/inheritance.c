/* Who runs with whose priority. */
#include "sched/inheritance.h"

#include <stddef.h>

#include "sched/core.h"
#include "sched/sync/held_locks.h"
#include "sched/sync/mutex.h"
#include "sched/waiting.h"

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
    return waits_for_mutex ? held_lock_holder(thread->wanted_lock) : NULL;
}

void inheritance_update(struct thread *thread)
{
    while (thread != NULL) {
        unsigned priority = effective_priority(thread);
        if (priority == thread->priority)
            return;
        core_set_priority(thread, priority);
        thread = heir_of(thread);
    }
}
