/*
 * Priority inversion: a thread of low priority holds a mutex that one of high priority wants, and
 * one between them computes. Without inheritance it keeps both waiting.
 */
#include "kernel/cpu/tsc.h"
#include "kernel/log.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "shell/workloads/workload.h"

#define LOW_WORK_MS    50u
#define MEDIUM_WORK_MS 500u
#define NS_PER_MS      1000000u
#define STEPS          1000u /* between two looks at the time */

#define LOW_PRIORITY_MAX (THREAD_PRIORITY_HIGHEST - 2) /* leaves room for medium and high */

struct experiment {
    struct mutex lock;
    unsigned low_priority;
};

static uint64_t time_on_cpu(void)
{
    struct thread_information self;
    return thread_get_information(thread_self(), &self) == 0 ? self.run_time_ns : 0;
}

/* Until the caller itself has had that much of the CPU, or the deadline. */
static void compute(struct workload_run *run, unsigned milliseconds)
{
    uint64_t end = time_on_cpu() + (uint64_t)milliseconds * NS_PER_MS;
    volatile unsigned counter = 0;
    while (time_on_cpu() < end && workload_goes_on(run)) {
        for (unsigned i = 0; i < STEPS; i++)
            counter = counter + 1;
    }
}

static void run_high(void *argument)
{
    const struct workload_run *run = argument;
    struct experiment *experiment = run->data;
    bool inherits = mutex_has_inheritance();
    uint64_t start = tsc_read();
    int error = mutex_lock(&experiment->lock, WAIT_FOREVER);
    uint64_t waited_ms = tsc_to_ns(tsc_read() - start) / NS_PER_MS;
    mutex_unlock(&experiment->lock);
    if (error == 0)
        log_notice("inversion%u: high_waited_ms: %lu, inheritance: %s", run->number, waited_ms,
                   inherits ? "on" : "off");
    else
        log_notice("inversion%u: low has ended too early", run->number);
}

static void run_medium(void *argument)
{
    compute(argument, MEDIUM_WORK_MS);
}

/* Under preemption each of the two that it starts runs at once, as far as it can. */
static void run_low(void *argument)
{
    struct workload_run *run = argument;
    struct experiment *experiment = run->data;
    unsigned priority = experiment->low_priority;
    mutex_lock(&experiment->lock, WAIT_FOREVER);
    if (workload_start_child(run, "high", priority + 2, run_high, run) &&
        workload_start_child(run, "medium", priority + 1, run_medium, run))
        compute(run, LOW_WORK_MS);
    mutex_unlock(&experiment->lock);
}

static void inversion(struct workload_run *run)
{
    struct experiment *experiment = run->data;
    int priority = thread_get_base_priority(thread_self());
    if (!preemption_is_on()) {
        log_notice("inversion%u: preemption is off, and without it nothing is to be seen",
                   run->number);
        return;
    }
    experiment->low_priority = (unsigned)priority;
    if (experiment->low_priority > LOW_PRIORITY_MAX)
        experiment->low_priority = LOW_PRIORITY_MAX;
    if (workload_start_child(run, "low", experiment->low_priority, run_low, run))
        workload_wait_for_children(run);
}

static void begin_experiment(struct workload_run *run)
{
    struct experiment *experiment = run->data;
    mutex_init(&experiment->lock, "inversion");
}

static void end_experiment(struct workload_run *run)
{
    struct experiment *experiment = run->data;
    mutex_destroy(&experiment->lock);
}

WORKLOAD(inversion, .summary = "one experiment with priority inversion",
         .help =
             "Needs preemption. Thread low (prio=P) takes a mutex and computes for 50 ms; high\n"
             "(P+2) then wants the mutex, and medium (P+1) computes for 500 ms. A notice tells\n"
             "how long high waited: with 'inherit on' about 50 ms, since low borrows its\n"
             "priority; with 'inherit off' 550 ms, since medium comes before low.\n",
         .run = inversion, .data_size = sizeof(struct experiment), .begin = begin_experiment,
         .end = end_experiment);
