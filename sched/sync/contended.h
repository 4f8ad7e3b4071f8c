/*
 * The mutexes that a thread holds and others wait for, the one with the most urgent waiter first:
 * so what the thread is lent is known without looking at them all. For the room sync only;
 * interrupts off.
 */
#ifndef AETHEL_SCHED_SYNC_CONTENDED_H
#define AETHEL_SCHED_SYNC_CONTENDED_H

#include "sched/state/control_block.h"
#include "sched/sync/mutex.h"
#include "sched/sync/waiting.h"

#define MUTEX_CONTENDED                                                       \
    1u /* in the owner's word: the mutex is among its holder's contended ones \
        */

static inline struct mutex *contended_mutex_of(const struct priority_list_node *node)
{
    return PRIORITY_LIST_ENTRY(node, struct mutex, contended_node);
}

/* The order: what the holder is lent through each. */
static inline unsigned contended_lends(const struct priority_list_node *node)
{
    return contended_mutex_of(node)->lent_priority;
}

/* The mutex that the most urgent of all who wait wants, or NULL. */
static inline struct mutex *contended_first(const struct priority_list *contended)
{
    return contended->first != NULL ? contended_mutex_of(contended->first) : NULL;
}

/* That waiter's priority, or 0. */
static inline unsigned contended_lent_priority(const struct priority_list *contended)
{
    const struct mutex *first = contended_first(contended);
    return first != NULL ? first->lent_priority : 0;
}

/* `mutex`, which has waiters and is not among them yet, joins those of its holder. */
static inline void contended_join(struct mutex *mutex, struct thread *holder)
{
    mutex->owner |= MUTEX_CONTENDED;
    mutex->lent_priority = waiting_first(&mutex->waiters)->priority;
    priority_list_insert(&holder->contended_mutexes, &mutex->contended_node, contended_lends);
}

/* `mutex` leaves them, if it is among them. */
static inline void contended_leave(struct mutex *mutex, struct thread *holder)
{
    if (mutex->owner & MUTEX_CONTENDED)
        priority_list_remove(&holder->contended_mutexes, &mutex->contended_node);
    mutex->owner &= ~MUTEX_CONTENDED;
}

/* The waiters of `mutex` have changed, or the priority of one of them: it takes its place among
 * those of its holder, or leaves them. */
static inline void contended_find_place(struct mutex *mutex, struct thread *holder)
{
    const struct thread *first = waiting_first(&mutex->waiters);
    bool is_in_place = (mutex->owner & MUTEX_CONTENDED) && first != NULL &&
                       first->priority == mutex->lent_priority;
    if (is_in_place)
        return;
    contended_leave(mutex, holder);
    if (first != NULL)
        contended_join(mutex, holder);
}

#endif
