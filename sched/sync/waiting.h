/*
 * The room sched/sync/ is waiting, and all that is built on it: mutexes with inheritance,
 * semaphores, conditions, queues, flags, barriers, pools; and what is known of who waits for whom.
 *
 * Entered by: everybody, by the header of each kind and by sched/wait_queue.h; this one is for the
 * rooms of sched/ alone.
 * Invariant: whenever interrupts are on, a blocked thread is in exactly one wait queue; what is
 * given while somebody waits has gone to the most urgent waiter.
 *
 * Waiting in pieces, for what is built on wait queues and has to do something between them.
 * Interrupts are off in all of it.
 */
#ifndef AETHEL_SCHED_SYNC_WAITING_H
#define AETHEL_SCHED_SYNC_WAITING_H

#include "kernel/lib/errors.h"
#include "sched/core/core.h"
#include "sched/state/control_block.h"
#include "sched/state/waiters.h"

/* The most urgent waiter, or NULL. It stays in the queue. */
static inline struct thread *waiting_first(const struct wait_queue *queue)
{
    const struct priority_list_node *first = queue->waiters.first;
    return first != NULL ? waiter_of(first) : NULL;
}

/*
 * 0 if the caller may wait up to `timeout_ms` in `queue` now, else the error to return:
 * -ERROR_DESTROYED, -ERROR_AGAIN (timeout 0), or, where debug builds panic, -ERROR_NOT_PERMITTED.
 */
static inline int waiting_check(const struct wait_queue *queue, int timeout_ms)
{
    if (queue->is_destroyed)
        return -ERROR_DESTROYED;
    if (timeout_ms == 0)
        return -ERROR_AGAIN;
    return core_may_block() ? 0 : -ERROR_NOT_PERMITTED;
}

/* From now on nobody can wait in `queue`, and whoever leaves it is not its owner's business. */
void waiting_close(struct wait_queue *queue);

/* Puts `thread`, which runs, or is blocked but in no queue, into `queue`. */
void waiting_enter(struct wait_queue *queue, struct thread *thread);

/* Blocks the caller, which has entered a queue. Returns the waker's result or -ERROR_TIMED_OUT. */
int waiting_block(int timeout_ms);

/* Both, for the caller. */
int waiting_enter_and_block(struct wait_queue *queue, int timeout_ms);

/* Puts `thread`, which runs, into `queue`, which is empty. */
static inline void waiting_enter_empty(struct wait_queue *queue, struct thread *thread)
{
    thread->waiting_in = queue;
    priority_list_insert_only(&queue->waiters, &thread->wait_node);
    queue->count = 1;
}

/* Both, for the caller, if it is to be for ever and nobody waits there yet: mostly it is so. */
static inline int waiting_enter_and_block_quickly(struct wait_queue *queue, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    if (!wait_queue_is_empty(queue) || timeout_ms >= 0)
        return waiting_enter_and_block(queue, timeout_ms);
    waiting_enter_empty(queue, self);
    core_block(THREAD_BLOCKED);
    return self->wait_result;
}

/* Takes `thread` out of its queue, and cancels its timeout; it stays blocked. */
void waiting_remove(struct thread *thread);

/* The same, and its wait ends with `result`. */
void waiting_wake(struct thread *thread, int result);

/* Whether `thread` waits alone in its queue, and for ever: then little is to be done. */
static inline bool waiting_is_simple(const struct thread *thread)
{
    return priority_list_is_only(&thread->wait_node) && !timer_is_armed(&thread->timer);
}

/* Takes `thread`, which waits simply, out of `queue`; its wait ends with `result`, but it stays
 * blocked. */
static inline void waiting_leave_empty(struct wait_queue *queue, struct thread *thread, int result)
{
    queue->waiters.first = NULL;
    queue->count = 0;
    thread->waiting_in = NULL;
    thread->wanted_lock = NULL;
    thread->wait_result = result;
}

/* Wakes the most urgent waiter. Returns whether there was one. */
static inline bool waiting_wake_first(struct wait_queue *queue, int result)
{
    struct thread *thread = waiting_first(queue);
    if (thread == NULL)
        return false;
    if (!waiting_is_simple(thread)) {
        waiting_wake(thread, result);
        return true;
    }
    waiting_leave_empty(queue, thread, result);
    core_make_ready(thread);
    return true;
}

/* `thread` leaves its queue without having been woken: it was killed, or its time is up. */
void waiting_leave(struct thread *thread);

#endif
