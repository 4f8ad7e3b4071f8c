/* Condition variables. A waiter's wait_data is its mutex, until it has been signalled. */
#include "sched/sync/condition.h"

#include "kernel/lib/errors.h"
#include "sched/core/core.h"
#include "sched/sync/handover.h"
#include "sched/sync/waiting.h"

void condition_init(struct condition *condition)
{
    *condition = (struct condition)CONDITION;
}

/* Interrupts off. */
static int wait_for_signal(struct condition *condition, struct mutex *mutex, int timeout_ms)
{
    struct thread *self = this_cpu()->running;
    int error = waiting_check(&condition->waiters, timeout_ms);
    if (error == 0)
        error = mutex_release_to_wait(mutex);
    if (error != 0)
        return error;

    self->wait_data = mutex;
    waiting_enter(&condition->waiters, self);
    int result = waiting_block(timeout_ms);
    bool was_signalled = self->wait_data == NULL;
    int locked = was_signalled ? result : mutex_acquire_again(mutex);
    if (locked == -ERROR_DESTROYED)
        return -ERROR_INVALID;
    return locked != 0 ? locked : result;
}

int condition_wait(struct condition *condition, struct mutex *mutex, int timeout_ms)
{
    uint64_t flags = critical_enter();
    int result = mutex_holder(mutex) == this_cpu()->running->tid
                     ? wait_for_signal(condition, mutex, timeout_ms)
                     : -ERROR_NOT_PERMITTED;
    critical_exit(flags);
    return result;
}

bool condition_signal(struct condition *condition)
{
    uint64_t flags = critical_enter();
    struct thread *thread = waiting_first(&condition->waiters);
    if (thread != NULL) {
        struct mutex *mutex = thread->wait_data;
        thread->wait_data = NULL;
        waiting_remove(thread);
        mutex_pass_to(mutex, thread);
    }
    critical_exit(flags);
    return thread != NULL;
}

/* With preemption off nobody can begin to wait meanwhile, so the loop ends. */
unsigned condition_broadcast(struct condition *condition)
{
    unsigned signalled = 0;
    preempt_disable();
    while (condition_signal(condition))
        signalled++;
    preempt_enable();
    return signalled;
}

void condition_destroy(struct condition *condition)
{
    wait_queue_destroy(&condition->waiters);
}
