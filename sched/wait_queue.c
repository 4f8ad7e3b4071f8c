/* Waiting, waking, and giving up. */
#include "sched/wait_queue.h"

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/core.h"
#include "sched/timers.h"

static struct thread *waiter_of(const struct priority_queue_node *node)
{
    return PRIORITY_QUEUE_ENTRY(node, struct thread, wait_node);
}

static bool is_more_urgent(const struct priority_queue_node *first,
                           const struct priority_queue_node *second)
{
    return waiter_of(first)->priority > waiter_of(second)->priority;
}

void wait_queue_init(struct wait_queue *queue)
{
    priority_queue_init(&queue->waiters, is_more_urgent);
}

int wait_queue_wait(struct wait_queue *queue, int timeout_ms)
{
    if (timeout_ms == 0)
        return -ERROR_AGAIN;
    core_assert_may_block();
    struct thread *self = current_thread;
    self->waiting_in = queue;
    priority_queue_insert(&queue->waiters, &self->wait_node);
    if (timeout_ms > 0)
        timers_arm(&self->timer, clock_ticks() + (uint64_t)timeout_ms);
    core_block(THREAD_BLOCKED);
    return self->wait_result;
}

bool wait_queue_wake_one(struct wait_queue *queue, int result)
{
    uint64_t flags = critical_enter();
    struct priority_queue_node *first = priority_queue_pop(&queue->waiters);
    if (first != NULL) {
        struct thread *thread = waiter_of(first);
        timers_cancel(&thread->timer);
        thread->waiting_in = NULL;
        thread->wait_result = result;
        core_make_ready(thread);
    }
    critical_exit(flags);
    return first != NULL;
}
