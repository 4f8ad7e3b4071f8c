/* Looking at all threads and what they wait for. */
#include "tests/kernel/soundness.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/this_cpu.h"
#include "sched/state/control_block.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"
#include "sched/sync/mutex.h"
#include "sched/timers/timers.h"
#include "tests/kernel/report.h"

/* Says of `thread`, unless it is NULL, what does not hold of it. Returns whether it holds. */
static bool holds(bool condition, const struct thread *thread, const char *text)
{
    if (!condition)
        report("# not sound: %s: %s (tid %d)\r\n", text, thread != NULL ? thread->name : "all",
               thread != NULL ? thread->tid : 0);
    return condition;
}

static unsigned count_waiters(const struct wait_queue *queue)
{
    unsigned count = 0;
    for (struct thread *thread = thread_table_next(-1); thread != NULL;
         thread = thread_table_next(thread->tid))
        count += thread->waiting_in == queue;
    return count;
}

/* The mutex that `thread` waits for, or NULL. */
static const struct mutex *mutex_wanted_by(const struct thread *thread)
{
    bool wants_mutex = thread->wanted_lock != NULL && thread->wanted_lock->kind == LOCK_MUTEX;
    return wants_mutex ? LOCK_OF(thread->wanted_lock, struct mutex) : NULL;
}

static unsigned priority_due_to(const struct thread *thread)
{
    unsigned priority = thread->base_priority;
    if (!mutex_has_inheritance())
        return priority;
    for (struct thread *other = thread_table_next(-1); other != NULL;
         other = thread_table_next(other->tid)) {
        const struct mutex *mutex = mutex_wanted_by(other);
        if (mutex != NULL && mutex_holder(mutex) == thread->tid && other->priority > priority)
            priority = other->priority;
    }
    return priority;
}

static bool mutex_is_sound(const struct mutex *mutex, const struct thread *waiter)
{
    const struct thread *holder = thread_table_find(mutex_holder(mutex));
    bool is_held = mutex_holder(mutex) > 0 && holder != NULL && holder->state != THREAD_ENDED;
    return holds(is_held, waiter, "it waits for a mutex that nobody holds");
}

static bool wait_is_sound(const struct thread *thread)
{
    const struct wait_queue *queue = thread->waiting_in;
    bool is_sound = holds((thread->state == THREAD_BLOCKED) == (queue != NULL), thread,
                          "blocked without a queue, or queued without being blocked");
    is_sound &= holds(thread->wanted_lock == NULL || queue != NULL, thread,
                      "it wants a lock and does not wait");
    if (queue != NULL) {
        is_sound &= holds(queue->count == count_waiters(queue), thread, "its queue's count");
        is_sound &= holds(!queue->is_destroyed, thread, "it waits in what is destroyed");
    }
    const struct mutex *mutex = mutex_wanted_by(thread);
    if (mutex != NULL)
        is_sound &= mutex_is_sound(mutex, thread);
    return is_sound;
}

static bool thread_is_sound(const struct thread *thread)
{
    bool is_sound = wait_is_sound(thread);
    is_sound &= holds(thread->priority == priority_due_to(thread), thread, "its priority");
    is_sound &= holds(!thread->is_ending || thread->state == THREAD_ENDED, thread, "half ended");
    /* While it is ready, its policy's node lies in the same place. */
    bool may_be_timed = thread->state == THREAD_BLOCKED || thread->state == THREAD_SLEEPING ||
                        thread->state == THREAD_READY;
    is_sound &= holds(may_be_timed || !timer_is_armed(&thread->timer), thread, "its timer");
    return is_sound;
}

bool everything_is_sound(void)
{
    unsigned ready = 0;
    uint64_t flags = interrupts_save();
    bool is_sound = holds(this_cpu()->preempt_count == 0, NULL, "preemption is off");
    is_sound &= holds(!this_cpu()->need_resched, NULL, "a switch is due");
    for (struct thread *thread = thread_table_next(0); thread != NULL;
         thread = thread_table_next(thread->tid)) {
        ready += thread->state == THREAD_READY;
        is_sound &= thread_is_sound(thread);
    }
    bool idles = this_cpu()->running == this_cpu()->idle;
    is_sound &= holds(state_ready_count() + !idles == ready, NULL, "the run queue's count");
    interrupts_restore(flags);
    return is_sound;
}

void end_time_of(int tid)
{
    struct thread *thread = thread_table_find(tid);
    bool is_waiting = tid > 0 && thread != NULL && thread->state != THREAD_READY;
    if (!is_waiting || !timer_is_armed(&thread->timer))
        return;
    timers_cancel(&thread->timer);
    thread->timer.expire(&thread->timer);
}
