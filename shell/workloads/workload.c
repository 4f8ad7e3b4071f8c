/* Starting workloads, and giving back what they used. */
#include "shell/workloads/workload.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/thread.h"

const struct workload *workload_find(const char *name)
{
    WORKLOAD_FOR_EACH(entry)
    {
        if (strcmp((*entry)->name, name) == 0)
            return *entry;
    }
    return NULL;
}

const char *workload_name(unsigned index)
{
    const struct workload *const *entry = __workloads_start + index;
    return entry < __workloads_end ? (*entry)->name : NULL;
}

bool workload_goes_on(struct workload_run *run)
{
    if (run->activity)
        run->activity->beats = run->activity->beats + 1;
    return clock_ticks() < run->deadline;
}

static void run_workload(void *argument)
{
    struct workload_run *run = argument;
    run->workload->run(run);
}

/* However the thread ends, all that was made for it goes. */
static void end_run(void *argument)
{
    struct workload_run *run = argument;
    activity_release(run->activity);
    kfree(run);
}

int workload_start(const struct workload *workload, unsigned priority, uint64_t deadline)
{
    struct workload_run *run = kmalloc(sizeof(*run));
    if (!run)
        return -ERROR_NO_MEMORY;
    *run = (struct workload_run){
        .workload = workload,
        .deadline = deadline,
        .activity = workload->has_cell ? activity_claim() : NULL,
    };

    char name[THREAD_NAME_SIZE];
    unsigned number = __atomic_add_fetch(workload->started, 1, __ATOMIC_RELAXED);
    format_string(name, sizeof(name), "%s%u", workload->name, number);
    int tid = thread_create(&(struct thread_attributes){
        .name = name,
        .entry = run_workload,
        .argument = run,
        .priority = priority,
        .detached = true,
        .on_end = end_run,
    });
    if (tid < 0)
        end_run(run);
    return tid;
}
