/* The deadlock: two threads take two mutexes, each in the other's order. */
#include "kernel/lib/errors.h"
#include "kernel/log.h"
#include "sched/sync/barrier.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

struct pair {
    unsigned number;
    struct mutex left, right;
    struct barrier both_hold_one;
};

static void take_crosswise(struct pair *pair, const char *name, struct mutex *own,
                           struct mutex *other)
{
    mutex_lock(own, WAIT_FOREVER);
    barrier_wait(&pair->both_hold_one, WAIT_FOREVER);
    if (mutex_lock(other, WAIT_FOREVER) == -ERROR_OWNER_DEAD)
        log_notice("deadlock%u: %s%u goes on, since the other one has ended", pair->number, name,
                   pair->number);
    mutex_unlock(other);
    mutex_unlock(own);
}

static void left(void *argument)
{
    struct pair *pair = argument;
    take_crosswise(pair, "left", &pair->left, &pair->right);
}

static void right(void *argument)
{
    struct pair *pair = argument;
    take_crosswise(pair, "right", &pair->right, &pair->left);
}

static void deadlock(struct workload_run *run)
{
    unsigned priority = (unsigned)thread_get_base_priority(thread_self());
    if (workload_start_child(run, "left", priority, left, run->data) &&
        workload_start_child(run, "right", priority, right, run->data))
        workload_wait_for_children(run);
}

static void begin(struct workload_run *run)
{
    struct pair *pair = run->data;
    pair->number = run->number;
    mutex_init(&pair->left, "left");
    mutex_init(&pair->right, "right");
    barrier_init(&pair->both_hold_one, 2);
}

static void end(struct workload_run *run)
{
    struct pair *pair = run->data;
    mutex_destroy(&pair->left);
    mutex_destroy(&pair->right);
    barrier_destroy(&pair->both_hold_one);
}

WORKLOAD(deadlock, .summary = "two threads that wait for each other",
         .help =
             "Thread left holds the mutex 'left' and wants 'right', thread right holds 'right'\n"
             "and wants 'left'. The kernel finds the cycle when it closes, and a notice names\n"
             "it; 'locks' shows it. Kill left or right, and the other one goes on; kill\n"
             "deadlock, which waits for both, and both go. The shell is not concerned.\n",
         .run = deadlock, .data_size = sizeof(struct pair), .begin = begin, .end = end);
