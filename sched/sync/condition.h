/*
 * The condition variable, used with a mutex that guards what the condition is about:
 *
 *     mutex_lock(&mutex, WAIT_FOREVER);
 *     while (!there_is_work)
 *         condition_wait(&work_came, &mutex, WAIT_FOREVER);
 *     ...
 *     mutex_unlock(&mutex);
 *
 * Who is signalled while the mutex is held waits for the mutex from then on, in the order of
 * priorities, without running in between.
 */
#ifndef AETHEL_SCHED_SYNC_CONDITION_H
#define AETHEL_SCHED_SYNC_CONDITION_H

#include <stdbool.h>

#include "sched/sync/mutex.h"
#include "sched/wait_queue.h"

struct condition {
    struct wait_queue waiters;
};

/* A condition variable at file scope: static struct condition work_came = CONDITION; */
#define CONDITION                                          \
    {                                                      \
        .waiters = WAIT_QUEUE_OF(WAIT_FOR_CONDITION, NULL) \
    }

/* Any context. */
void condition_init(struct condition *condition);

/*
 * Unlocks `mutex`, waits up to `timeout_ms` (0: -ERROR_AGAIN, and the mutex stays locked;
 * WAIT_FOREVER) for a signal, and locks the mutex again, for however long that takes: it is held
 * when this returns, but for the last two errors. Returns 0, -ERROR_TIMED_OUT, -ERROR_OWNER_DEAD
 * (see mutex_lock()), -ERROR_DESTROYED (the condition was), -ERROR_NOT_PERMITTED if the caller does
 * not hold the mutex, or -ERROR_INVALID if the mutex was destroyed meanwhile. Blocks; misuse: as
 * wait_queue_wait().
 */
int condition_wait(struct condition *condition, struct mutex *mutex, int timeout_ms);

/* Lets the most urgent waiter go on. Returns whether there was one. Any context. */
bool condition_signal(struct condition *condition);

/* Lets all who wait now go on, most urgent first. Returns how many. Any context. */
unsigned condition_broadcast(struct condition *condition);

/* Ends the condition's life before its memory does: waiters get -ERROR_DESTROYED. Threads only. */
void condition_destroy(struct condition *condition);

#endif
