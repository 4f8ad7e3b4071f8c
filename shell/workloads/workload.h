/*
 * The room shell/workloads/ is what spawned threads do, a file each.
 *
 * Entered by: the commands that spawn and list them; EXTRA= code; the status bar for signs of life.
 * Invariant: a workload ends when it is told to or killed, whatever it waits for, and leaves
 * nothing behind.
 *
 * Workloads: threads that load the machine in a known way, for watching the scheduler. A file in
 * shell/workloads/ says WORKLOAD(...), and `spawn`, `help` and Tab know it: the linker gathers
 * the entries, sorted by name, between __workloads_start and __workloads_end.
 */
#ifndef AETHEL_SHELL_WORKLOADS_WORKLOAD_H
#define AETHEL_SHELL_WORKLOADS_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shell/terminal.h"
#include "shell/workloads/activity.h"

#define WORKLOAD_FOREVER      UINT64_MAX /* as a deadline */
#define WORKLOAD_CHILDREN_MAX 5u

struct completion;
struct workload_run;

/* How many threads of a workload there have been, and there are. */
struct workload_counts {
    unsigned started;
    unsigned living;
};

struct workload {
    const char *name;
    const char *summary;
    const char *help; /* what to watch: lines, each with its newline; or NULL */
    void (*run)(struct workload_run *run); /* does its work while workload_goes_on() */
    bool has_cell;                         /* the status bar shows a sign of its life */
    size_t data_size;                      /* of what run->data is for; zeroed before `begin` */
    /*
     * Any of the hooks may be NULL. None of them may block. `begin` is called before the thread
     * exists, `end` after its last instruction, however it has ended, when its children are gone;
     * `report` after the `end` of the last thread of this workload that was left.
     */
    void (*begin)(struct workload_run *run);
    void (*end)(struct workload_run *run);
    void (*report)(void);
    struct workload_counts *counts;
};

struct workload_children {
    int tids[WORKLOAD_CHILDREN_MAX];
    unsigned count;
};

/* One thread of a workload. */
struct workload_run {
    const struct workload *workload;
    struct terminal *terminal; /* from which it was spawned, for terminal_printf(); NULL: none */
    unsigned number;           /* the thread's running number, as in its name */
    uint64_t deadline;         /* in ticks: when it ends by itself */
    struct activity *activity; /* NULL: it has no cell, or all were taken */
    void *data;                /* the workload's own */
    struct workload_children *children; /* NULL: it has never had any */
};

/*
 * WORKLOAD(hog, .summary = ..., .run = ...): registers the workload `hog`. The registration is a
 * global symbol, so that two workloads of one name do not link.
 */
#define WORKLOAD(identifier, ...)                                           \
    static struct workload_counts identifier##_counts;                      \
    static const struct workload identifier##_workload = {                  \
        .name = #identifier, .counts = &identifier##_counts, __VA_ARGS__};  \
    extern const struct workload *const workload_registration_##identifier; \
    const struct workload *const workload_registration_##identifier         \
        __attribute__((used, section(".workloads." #identifier))) = &identifier##_workload

extern const struct workload *const __workloads_start[], *const __workloads_end[];

#define WORKLOAD_FOR_EACH(entry) \
    for (const struct workload *const *entry = __workloads_start; entry < __workloads_end; entry++)

/* The workload of that name, or NULL. */
const struct workload *workload_find(const char *name);

/* Tells Tab the names of the workloads. */
void workload_complete(struct completion *completion);

/*
 * Starts one thread, named after the workload and its running number, that ends at tick
 * `deadline`. Returns its tid or the error of thread_create(). Threads only; does not block.
 */
int workload_start(const struct workload *workload, struct terminal *terminal, unsigned priority,
                   uint64_t deadline);

/* A sign of life; returns whether the deadline is still to come. */
bool workload_goes_on(struct workload_run *run);

/* The time up to the deadline, as a timeout: 0 when it has passed, or WAIT_FOREVER. */
int workload_timeout_ms(const struct workload_run *run);

/*
 * Starts a thread that ends with the workload's own thread at the latest. Its name is `name` and
 * the run's number. Says so in the log if it cannot be started, and returns whether it could.
 * For the workload's thread and its children; at most WORKLOAD_CHILDREN_MAX.
 */
bool workload_start_child(struct workload_run *run, const char *name, unsigned priority,
                          void (*entry)(void *argument), void *argument);

/* Waits until all children have ended, or until shortly after the deadline. For the workload's
 * thread. Blocks. */
void workload_wait_for_children(struct workload_run *run);

#endif
