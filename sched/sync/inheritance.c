/* Who runs with whose priority. */
#include "sched/sync/inheritance.h"

#include <stddef.h>

#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/contended.h"
#include "sched/sync/holder.h"
#include "sched/sync/rwlock.h"

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
    unsigned lent = is_on ? contended_lent_priority(&thread->contended_mutexes) : 0;
    return lent > thread->base_priority ? lent : thread->base_priority;
}

static bool wants(const struct thread *thread, enum lock_kind kind)
{
    return thread->wanted_lock != NULL && thread->wanted_lock->kind == kind;
}

/* Whom `thread` lends its priority to. */
static struct thread *heir_of(const struct thread *thread)
{
    return wants(thread, LOCK_MUTEX)
               ? mutex_holding_thread(LOCK_OF(thread->wanted_lock, struct mutex))
               : NULL;
}

/* What `thread` waits for sees its new priority: its holder may be lent more or less, or a lock may
 * be open for who has become the most urgent waiter. Wait queues that have no holder keep their
 * order by core_set_priority() alone. */
static void change_priority(struct thread *thread, unsigned priority)
{
    core_set_priority(thread, priority);
    struct thread *heir = heir_of(thread);
    if (heir != NULL)
        contended_find_place(LIST_ENTRY(thread->waiting_in, struct mutex, waiters), heir);
    else if (wants(thread, LOCK_RWLOCK))
        rwlock_waiters_changed(thread->waiting_in);
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
        change_priority(thread, priority);
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
        change_priority(thread, thread->base_priority);
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
