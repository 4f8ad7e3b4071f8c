/*
 * Deadlocks: cycles in the graph of who waits for whom. Whenever a thread begins to wait, be it
 * that a condition's signal makes it wait for the mutex, its wait may close one; the log then names
 * the threads and the locks. The threads wait all the same: killing one of them, or a timeout, lets
 * the others go on. Followed are mutexes, reader-writer locks that are held for writing, and joins:
 * there, one thread waits for one other.
 */
#ifndef AETHEL_SCHED_DEADLOCK_H
#define AETHEL_SCHED_DEADLOCK_H

#include <stddef.h>

#include "sched/thread.h"

struct thread;

#define DEADLOCK_THREADS_MAX 8u /* a longer cycle is told with this many */

struct deadlock_step {
    int tid;
    char thread[THREAD_NAME_SIZE];
    char wants[THREAD_NAME_SIZE]; /* the lock's name, cut to fit; "": the next thread's end */
};

struct deadlock {
    unsigned threads;                                 /* in the cycle */
    struct deadlock_step steps[DEADLOCK_THREADS_MAX]; /* each waits for the next, the last for the
                                                          first */
};

/* Whether thread `tid` is in a cycle of waiting threads; if so, `deadlock` tells which. Takes as
 * long as the chain of those it waits for. Threads only. */
bool deadlock_find(int tid, struct deadlock *deadlock);

/* How many of the steps are filled in. */
unsigned deadlock_steps(const struct deadlock *deadlock);

/* How many cycles have closed since the boot. Any context. */
unsigned deadlock_count(void);

/* Writes "a waits for x, held by b; b waits for c to end; ..." to `buffer`, cut to `size`. */
void deadlock_describe(const struct deadlock *deadlock, char *buffer, size_t size);

/* Reports in the log the cycle that `thread`, which has just entered a queue, closes by that, if
 * there is one. For the rooms of sched/ only; interrupts off. */
void deadlock_report_if_closed(const struct thread *thread);

#endif
