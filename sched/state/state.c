/* The scheduler's state: what follows from it, and the run queue as policies change it. */
#include "sched/state/state.h"

#include <stddef.h>

#include "sched/state/attention.h"

struct scheduler_state the_scheduler;

void state_setting_changed(void)
{
    the_scheduler.settings_changes++;
}

unsigned state_ready_count(void)
{
    unsigned runnable = the_scheduler.run_queue.count;
    if (attention_is_needed(ATTENTION_POLICY))
        runnable += the_scheduler.count_in_policies();
    return runnable - (this_cpu()->running != this_cpu()->idle);
}

enum thread_state state_of_thread(const struct thread *thread)
{
    if (thread == this_cpu()->running)
        return THREAD_RUNNING;
    bool is_suspended = thread->is_suspended && thread->state != THREAD_ENDED;
    return is_suspended ? THREAD_SUSPENDED : (enum thread_state)thread->state;
}

void state_queue_append(struct thread *thread)
{
    run_queue_append(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

void state_queue_prepend(struct thread *thread)
{
    run_queue_prepend(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

void state_queue_remove(struct thread *thread)
{
    run_queue_remove(&the_scheduler.run_queue, &thread->run_node, thread->level);
}

void state_queue_splice(unsigned from, unsigned to)
{
    if (run_queue_has_level(&the_scheduler.run_queue, from))
        run_queue_splice(&the_scheduler.run_queue, from, to);
}

struct thread *state_queue_head(unsigned level)
{
    if (!run_queue_has_level(&the_scheduler.run_queue, level))
        return NULL;
    return LIST_ENTRY(run_queue_head(&the_scheduler.run_queue, level), struct thread, run_node);
}
