/* Starting workloads, and giving back what they used. */
#include "shell/workloads/workload.h"

#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/thread.h"
#include "shell/editor/completion.h"

/* Children that know the deadline are given that time to end by themselves. */
#define GRACE_MS 100

const struct workload *workload_find(const char *name)
{
    WORKLOAD_FOR_EACH(entry)
    {
        if (strcmp((*entry)->name, name) == 0)
            return *entry;
    }
    return NULL;
}

void workload_complete(struct completion *completion)
{
    WORKLOAD_FOR_EACH(entry)
    {
        completion_add(completion, (*entry)->name, (*entry)->summary);
    }
}

bool workload_goes_on(struct workload_run *run)
{
    if (run->activity)
        run->activity->beats = run->activity->beats + 1;
    return clock_ticks() < run->deadline;
}

int workload_timeout_ms(const struct workload_run *run)
{
    uint64_t now = clock_ticks();
    if (run->deadline == WORKLOAD_FOREVER)
        return WAIT_FOREVER;
    return run->deadline > now ? (int)((run->deadline - now) * 1000 / TICK_HZ) : 0;
}

static void name_thread(char name[THREAD_NAME_SIZE], const char *prefix, unsigned number)
{
    format_string(name, THREAD_NAME_SIZE, "%s%u", prefix, number);
}

/* --- Children -------------------------------------------------------------------------------- */

/* Returns the child's tid, or a negative error. */
static int create_child(struct workload_run *run, const struct thread_attributes *attributes)
{
    if (!run->children)
        run->children = kmalloc_zeroed(sizeof(*run->children));
    struct workload_children *children = run->children;
    if (!children || children->count == WORKLOAD_CHILDREN_MAX)
        return -ERROR_NO_MEMORY;
    int tid = thread_create(attributes);
    if (tid >= 0)
        children->tids[children->count++] = tid;
    return tid;
}

/* With preemption off, so that who is killed in here leaves no child that nobody knows of. */
bool workload_start_child(struct workload_run *run, const char *name, unsigned priority,
                          void (*entry)(void *argument), void *argument)
{
    char full_name[THREAD_NAME_SIZE];
    name_thread(full_name, name, run->number);
    struct thread_attributes attributes = {
        .name = full_name, .entry = entry, .argument = argument, .priority = priority};
    preempt_disable();
    int tid = create_child(run, &attributes);
    preempt_enable();
    if (tid < 0)
        log_notice("%s could not be started: %s", full_name, error_text(tid));
    return tid >= 0;
}

void workload_wait_for_children(struct workload_run *run)
{
    for (unsigned i = 0; run->children && i < run->children->count; i++) {
        int timeout_ms = workload_timeout_ms(run);
        if (timeout_ms != WAIT_FOREVER)
            timeout_ms += GRACE_MS;
        thread_join(run->children->tids[i], timeout_ms, NULL);
    }
}

/* Those that have been joined are not found any more. */
static void end_children(struct workload_children *children)
{
    for (unsigned i = 0; children && i < children->count; i++) {
        thread_detach(children->tids[i]);
        thread_kill(children->tids[i]);
    }
    kfree(children);
}

/* --- A run ------------------------------------------------------------------------------------ */

static void run_workload(void *argument)
{
    struct workload_run *run = argument;
    run->workload->run(run);
}

static struct workload_run *begin_run(const struct workload *workload)
{
    struct workload_run *run = kmalloc_zeroed(sizeof(*run) + workload->data_size);
    if (!run)
        return NULL;
    run->workload = workload;
    run->data = run + 1;
    run->activity = workload->has_cell ? activity_claim() : NULL;
    preempt_disable();
    workload->counts->living++;
    run->number = ++workload->counts->started;
    preempt_enable();
    if (workload->begin)
        workload->begin(run);
    return run;
}

/* However the thread ends, all that was made for it goes. */
static void end_run(void *argument)
{
    struct workload_run *run = argument;
    const struct workload *workload = run->workload;
    preempt_disable();
    end_children(run->children);
    if (workload->end)
        workload->end(run);
    if (--workload->counts->living == 0 && workload->report)
        workload->report();
    preempt_enable();
    activity_release(run->activity);
    kfree(run);
}

int workload_start(const struct workload *workload, struct terminal *terminal, unsigned priority,
                   uint64_t deadline)
{
    struct workload_run *run = begin_run(workload);
    if (!run)
        return -ERROR_NO_MEMORY;
    run->terminal = terminal;
    run->deadline = deadline;

    char name[THREAD_NAME_SIZE];
    name_thread(name, workload->name, run->number);
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
