/* All threads at once, so that what they had of the last second adds up to that second. */
#ifndef AETHEL_SHELL_VIEWS_THREAD_LIST_H
#define AETHEL_SHELL_VIEWS_THREAD_LIST_H

#include "sched/scheduler.h"
#include "sched/thread.h"

/* Threads that may be created while somebody goes through all of them. */
#define NEW_THREADS_MAX 16u

struct thread_list {
    struct scheduler_statistics figures;
    unsigned count;
    struct thread_information threads[]; /* by tid */
};

/*
 * Takes the list of all threads, and the scheduler's figures beside it. All that is of the last
 * second is of the same second, unless the machine is so busy that none is long enough for it. To
 * be given to kfree(). Returns NULL if there is no memory for it. Threads only.
 */
struct thread_list *thread_list_take(void);

#endif
