/* Jain's index: how evenly equals share the CPU. */
#include "kernel/lib/errors.h"
#include "kernel/mm/heap.h"
#include "sched/scheduler.h"
#include "sched/thread.h"

#define PERFECT 1000u

/* What runnable threads of one priority have had. */
struct share_sums {
    uint64_t threads;
    uint64_t sum;
    uint64_t sum_of_squares;
};

static void add_runnable_threads(struct share_sums *sums)
{
    struct thread_information thread;
    for (int tid = thread_next(0); tid >= 0; tid = thread_next(tid)) {
        if (thread_get_information(tid, &thread) != 0)
            continue;
        if (thread.state != THREAD_READY && thread.state != THREAD_RUNNING)
            continue;
        struct share_sums *equals = &sums[thread.priority];
        equals->threads++;
        equals->sum += thread.window_ticks;
        equals->sum_of_squares += (uint64_t)thread.window_ticks * thread.window_ticks;
    }
}

/* (sum of x)^2 / (n * sum of x^2), in thousandths. */
static unsigned index_of(const struct share_sums *equals)
{
    if (equals->threads < 2 || equals->sum_of_squares == 0)
        return PERFECT;
    return (unsigned)(equals->sum * equals->sum * PERFECT /
                      (equals->threads * equals->sum_of_squares));
}

int scheduler_fairness_permille(void)
{
    struct share_sums *sums = kmalloc_zeroed(THREAD_PRIORITIES * sizeof(*sums));
    if (sums == NULL)
        return -ERROR_NO_MEMORY;
    add_runnable_threads(sums);
    unsigned lowest = PERFECT;
    for (unsigned priority = 0; priority < THREAD_PRIORITIES; priority++) {
        unsigned index = index_of(&sums[priority]);
        if (index < lowest)
            lowest = index;
    }
    kfree(sums);
    return (int)lowest;
}
