/*
 * Counting semaphores. While nobody waits, a unit is taken or given by a single
 * compare-and-exchange of the count; all else happens with interrupts off.
 *
 * Invariant, with interrupts on: the count is -1 if and only if there are waiters, or the
 * semaphore was destroyed.
 */
#include "sched/sync/semaphore.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/list.h"
#include "sched/core/core.h"
#include "sched/sync/waiting.h"

#define HAS_WAITERS (-1)

void semaphore_waiter_left(struct wait_queue *queue)
{
    struct semaphore *semaphore = LIST_ENTRY(queue, struct semaphore, waiters);
    if (wait_queue_is_empty(queue))
        semaphore->count = 0;
}

int semaphore_init(struct semaphore *semaphore, int32_t units)
{
    if (units < 0)
        return -ERROR_INVALID;
    *semaphore = (struct semaphore)SEMAPHORE(units);
    return 0;
}

static bool change_count(struct semaphore *semaphore, int32_t count, int32_t change)
{
    return cpu_compare_exchange((uint32_t *)&semaphore->count, (uint32_t)count,
                                (uint32_t)(count + change));
}

/* Apart from the fast path, which so needs no stack frame. */
static __attribute__((noinline)) int wait_slowly(struct semaphore *semaphore, int timeout_ms)
{
    int result = 0;
    uint64_t flags = critical_enter();
    if (semaphore->count > 0) {
        semaphore->count--;
    } else {
        result = waiting_check(&semaphore->waiters, timeout_ms);
        if (result == 0) {
            semaphore->count = HAS_WAITERS;
            result = waiting_enter_and_block_quickly(&semaphore->waiters, timeout_ms);
        }
    }
    critical_exit(flags);
    return result;
}

int semaphore_wait(struct semaphore *semaphore, int timeout_ms)
{
    int32_t count = semaphore->count;
    if (count > 0 && change_count(semaphore, count, -1))
        return 0;
    return wait_slowly(semaphore, timeout_ms);
}

static __attribute__((noinline)) int post_slowly(struct semaphore *semaphore)
{
    int result = 0;
    uint64_t flags = critical_enter();
    if (semaphore->waiters.is_destroyed) {
        result = -ERROR_DESTROYED;
    } else if (waiting_wake_first(&semaphore->waiters, 0)) {
        if (wait_queue_is_empty(&semaphore->waiters))
            semaphore->count = 0;
    } else if (semaphore->count == SEMAPHORE_MAX) {
        result = -ERROR_OVERFLOW;
    } else {
        semaphore->count++;
    }
    critical_exit(flags);
    return result;
}

int semaphore_post(struct semaphore *semaphore)
{
    int32_t count = semaphore->count;
    if (count >= 0 && count < SEMAPHORE_MAX && change_count(semaphore, count, 1))
        return 0;
    return post_slowly(semaphore);
}

int32_t semaphore_count(const struct semaphore *semaphore)
{
    return semaphore->count > 0 ? semaphore->count : 0;
}

/* The count says so first, or a unit would be taken on the fast path of what is destroyed; a waiter
 * that leaves in between must not set it back. */
void semaphore_destroy(struct semaphore *semaphore)
{
    preempt_disable();
    uint64_t flags = critical_enter();
    semaphore->count = HAS_WAITERS;
    waiting_close(&semaphore->waiters);
    critical_exit(flags);
    wait_queue_wake_all(&semaphore->waiters, -ERROR_DESTROYED);
    preempt_enable();
}
