/* Barriers. Those that have come are those that wait. */
#include "sched/sync/barrier.h"

#include "kernel/lib/errors.h"
#include "sched/core/core.h"

int barrier_init(struct barrier *barrier, uint32_t threads)
{
    if (threads == 0)
        return -ERROR_INVALID;
    *barrier = (struct barrier)BARRIER(threads);
    return 0;
}

static bool is_last(const struct barrier *barrier)
{
    return !barrier->waiters.is_destroyed && barrier->waiters.count + 1 == barrier->threads;
}

/* From the last one's coming until all are awake, preemption is off: nobody can come for the next
 * time meanwhile. */
int barrier_wait(struct barrier *barrier, int timeout_ms)
{
    int result = BARRIER_LAST;
    uint64_t flags = critical_enter();
    bool opens = is_last(barrier);
    if (opens)
        preempt_disable();
    else
        result = wait_queue_wait(&barrier->waiters, timeout_ms);
    critical_exit(flags);
    if (opens) {
        wait_queue_wake_all(&barrier->waiters, 0);
        preempt_enable();
    }
    return result;
}

void barrier_destroy(struct barrier *barrier)
{
    wait_queue_destroy(&barrier->waiters);
}
