/* A workload of one's own: three runners hand a baton on, and count the rounds. */
#include "kernel/log.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define RUNNERS 3u

/* One of these for each `spawn relay`. */
struct relay {
    struct semaphore baton[RUNNERS]; /* posted when it is that runner's turn */
    unsigned runners;                /* that have taken their place */
    uint64_t rounds;
};

static void runner(void *argument)
{
    struct workload_run *run = argument;
    struct relay *relay = run->data;
    unsigned place = __atomic_fetch_add(&relay->runners, 1, __ATOMIC_RELAXED);

    while (workload_goes_on(run)) {
        if (semaphore_wait(&relay->baton[place], workload_timeout_ms(run)) != 0)
            break;
        if (place == 0)
            relay->rounds++;
        semaphore_post(&relay->baton[(place + 1) % RUNNERS]);
    }
}

static void relay(struct workload_run *run)
{
    struct relay *data = run->data;
    for (unsigned i = 0; i < RUNNERS; i++)
        semaphore_init(&data->baton[i], i == 0);
    for (unsigned i = 0; i < RUNNERS; i++)
        workload_start_child(run, "runner", THREAD_PRIORITY_DEFAULT, runner, run);
    workload_wait_for_children(run);
    log_notice("relay%u: rounds: %lu", run->number, data->rounds);
}

WORKLOAD(relay, .summary = "hands a baton around in a ring",
         .help = "Three runners wait for a semaphore each and post the next one's. Watch the\n"
                 "voluntary switches in 'ps', and try 'spawn relay for=5'.\n",
         .run = relay, .data_size = sizeof(struct relay));
