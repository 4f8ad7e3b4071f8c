/*
 * Workloads: threads that load the machine in a known way, for watching the scheduler. A file in
 * shell/workloads/ says WORKLOAD(...), and `spawn`, `help` and Tab know it: the linker gathers
 * the entries, sorted by name, between __workloads_start and __workloads_end.
 */
#ifndef AETHEL_SHELL_WORKLOADS_WORKLOAD_H
#define AETHEL_SHELL_WORKLOADS_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/workloads/activity.h"

#define WORKLOAD_FOREVER UINT64_MAX /* as a deadline */

struct workload_run;

struct workload {
    const char *name;
    const char *summary;
    void (*run)(struct workload_run *run); /* does its work while workload_goes_on() */
    bool has_cell;                         /* the status bar shows a sign of its life */
    unsigned *started;                     /* how many were: the next one's number */
};

/* One thread of a workload. */
struct workload_run {
    const struct workload *workload;
    uint64_t deadline;         /* in ticks: when it ends by itself */
    struct activity *activity; /* NULL: it has no cell, or all were taken */
};

/* WORKLOAD(hog, .summary = ..., .run = ...): registers the workload `hog`. */
#define WORKLOAD(identifier, ...)                                            \
    static unsigned identifier##_started;                                    \
    static const struct workload identifier##_workload = {                   \
        .name = #identifier, .started = &identifier##_started, __VA_ARGS__}; \
    static const struct workload *const identifier##_registration            \
        __attribute__((used, section(".workloads." #identifier))) = &identifier##_workload

extern const struct workload *const __workloads_start[], *const __workloads_end[];

#define WORKLOAD_FOR_EACH(entry) \
    for (const struct workload *const *entry = __workloads_start; entry < __workloads_end; entry++)

/* The workload of that name, or NULL. */
const struct workload *workload_find(const char *name);

/* The name of workload number `index`, from 0, or NULL: for Tab. */
const char *workload_name(unsigned index);

/*
 * Starts one thread, named after the workload and its running number, that ends at tick
 * `deadline`. Returns its tid or the error of thread_create(). Threads only; does not block.
 */
int workload_start(const struct workload *workload, unsigned priority, uint64_t deadline);

/* A sign of life; returns whether the deadline is still to come. */
bool workload_goes_on(struct workload_run *run);

#endif
