/* Waiting, waking, and giving up. */
#include "sched/wait_queue.h"

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/core/core.h"
#include "sched/sync/waiting.h"
#include "sched/timers/timers.h"

void wait_queue_init(struct wait_queue *queue)
{
    *queue = (struct wait_queue)WAIT_QUEUE(NULL);
}

/* --- In pieces ------------------------------------------------------------------------------- */

void waiting_close(struct wait_queue *queue)
{
    queue->is_destroyed = true;
    queue->on_leave = NULL;
}

void waiting_enter(struct wait_queue *queue, struct thread *thread)
{
    thread->waiting_in = queue;
    waiters_add(queue, thread);
    queue->count++;
}

int waiting_block(int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    if (timeout_ms > 0) {
        core_begin_block(THREAD_BLOCKED);
        timers_arm(&self->timer, clock_ticks() + (uint64_t)timeout_ms);
        core_end_block();
    } else {
        core_block(THREAD_BLOCKED);
    }
    return self->wait_result;
}

int waiting_enter_and_block(struct wait_queue *queue, int timeout_ms)
{
    waiting_enter(queue, this_cpu()->running);
    return waiting_block(timeout_ms);
}

void waiting_remove(struct thread *thread)
{
    struct wait_queue *queue = thread->waiting_in;
    waiters_remove(queue, thread);
    queue->count--;
    thread->waiting_in = NULL;
    thread->wanted_lock = NULL;
    if (timer_is_armed(&thread->timer))
        timers_cancel(&thread->timer);
}

void waiting_wake(struct thread *thread, int result)
{
    waiting_remove(thread);
    thread->wait_result = result;
    core_make_ready(thread);
}

void waiting_leave(struct thread *thread)
{
    struct wait_queue *queue = thread->waiting_in;
    waiting_remove(thread);
    if (queue->on_leave != NULL)
        queue->on_leave(queue);
}

/* --- As a whole ------------------------------------------------------------------------------ */

int wait_queue_wait(struct wait_queue *queue, int timeout_ms)
{
    int error = waiting_check(queue, timeout_ms);
    return error == 0 ? waiting_enter_and_block(queue, timeout_ms) : error;
}

bool wait_queue_wake_one(struct wait_queue *queue, int result)
{
    uint64_t flags = critical_enter();
    bool was_waiting = waiting_wake_first(queue, result);
    critical_exit(flags);
    return was_waiting;
}

/* With preemption off nobody can begin to wait meanwhile, so the loop ends. */
unsigned wait_queue_wake_all(struct wait_queue *queue, int result)
{
    unsigned woken = 0;
    preempt_disable();
    while (wait_queue_wake_one(queue, result))
        woken++;
    preempt_enable();
    return woken;
}

/* With preemption off: who is killed between the two halves would leave its waiters behind. */
void wait_queue_destroy(struct wait_queue *queue)
{
    preempt_disable();
    uint64_t flags = critical_enter();
    waiting_close(queue);
    critical_exit(flags);
    wait_queue_wake_all(queue, -ERROR_DESTROYED);
    preempt_enable();
}
