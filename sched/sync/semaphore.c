/*
 * Counting semaphores. While nobody waits, a unit is taken or given by a single
 * compare-and-exchange of the count; all else happens with interrupts off.
 *
 * Invariant, with interrupts on: the count is HAS_WAITERS or HAS_ONE_WAITER if and only if there
 * are waiters, and IS_DESTROYED once the semaphore is destroyed.
 */
#include "sched/sync/semaphore.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/list.h"
#include "sched/core/core.h"
#include "sched/core/switching.h"
#include "sched/sync/waiting.h"

#define HAS_WAITERS    (-1)
#define HAS_ONE_WAITER (-2) /* and it waits for ever */
#define IS_DESTROYED   (-3)

static void note_end_of_wait(struct semaphore *semaphore)
{
    if (wait_queue_is_empty(&semaphore->waiters))
        semaphore->count = 0;
}

void semaphore_waiter_left(struct wait_queue *queue)
{
    note_end_of_wait(LIST_ENTRY(queue, struct semaphore, waiters));
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

static int take_unit(struct semaphore *semaphore, int timeout_ms)
{
    if (semaphore->count > 0) {
        semaphore->count--;
        return 0;
    }
    int error = waiting_check(&semaphore->waiters, timeout_ms);
    if (error != 0)
        return error;
    semaphore->count = HAS_WAITERS;
    return waiting_enter_and_block(&semaphore->waiters, timeout_ms);
}

/* The other half of wait_slowly(), where more is to be done. */
static __attribute__((noinline)) int wait_among_any(struct semaphore *semaphore, int timeout_ms,
                                                    uint64_t flags)
{
    int result = take_unit(semaphore, timeout_ms);
    critical_exit(flags);
    return result;
}

/* Apart from the fast path, which so needs no stack frame. Mostly nobody waits there yet, and it is
 * to be for ever: then little is to be done. */
static __attribute__((noinline)) int wait_slowly(struct semaphore *semaphore, int timeout_ms)
{
    uint64_t flags = critical_enter();
    if (semaphore->count != 0 || timeout_ms >= 0 || !core_may_block())
        return wait_among_any(semaphore, timeout_ms, flags);
    struct thread *self = this_cpu()->running;
    semaphore->count = HAS_ONE_WAITER;
    waiting_enter_empty(&semaphore->waiters, self);
    block(self, THREAD_BLOCKED);
    critical_exit(flags);
    return self->wait_result;
}

int semaphore_wait(struct semaphore *semaphore, int timeout_ms)
{
    int32_t count = semaphore->count;
    if (count > 0 && change_count(semaphore, count, -1))
        return 0;
    return wait_slowly(semaphore, timeout_ms);
}

static int give_unit(struct semaphore *semaphore)
{
    if (semaphore->count == IS_DESTROYED)
        return -ERROR_DESTROYED;
    if (semaphore->count == SEMAPHORE_MAX)
        return -ERROR_OVERFLOW;
    if (waiting_wake_first(&semaphore->waiters, 0))
        note_end_of_wait(semaphore);
    else
        semaphore->count++;
    return 0;
}

/* The other half of post_slowly(), where more is to be done. */
static __attribute__((noinline)) int post_to_any(struct semaphore *semaphore, uint64_t flags)
{
    int result = give_unit(semaphore);
    critical_exit(flags);
    return result;
}

static __attribute__((noinline)) int post_slowly(struct semaphore *semaphore)
{
    uint64_t flags = critical_enter();
    if (semaphore->count != HAS_ONE_WAITER)
        return post_to_any(semaphore, flags);
    struct thread *thread = waiter_of(semaphore->waiters.waiters.first);
    semaphore->count = 0;
    waiting_leave_empty(&semaphore->waiters, thread, 0);
    make_ready(thread, THREAD_BLOCKED);
    critical_exit(flags);
    return 0;
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
    semaphore->count = IS_DESTROYED;
    waiting_close(&semaphore->waiters);
    critical_exit(flags);
    wait_queue_wake_all(&semaphore->waiters, -ERROR_DESTROYED);
    preempt_enable();
}
