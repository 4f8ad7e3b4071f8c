/*
 * Who writes the run chart. For the rooms of sched/ only; interrupts off; behind ATTENTION_CHART.
 * Each function takes constant time.
 */
#ifndef AETHEL_SCHED_OBSERVE_RUN_RECORDER_H
#define AETHEL_SCHED_OBSERVE_RUN_RECORDER_H

#include <stdint.h>

struct thread;

/* The CPU goes from `previous` to `next`, at TSC `now`, for a `reason` of enum switch_reason. */
void run_chart_switch(struct thread *previous, struct thread *next, uint64_t now, unsigned reason);

/* `thread`, which does not run, has just been made ready, or is not ready any more. */
void run_chart_wakeup(struct thread *thread);
void run_chart_suspension(struct thread *thread);

/* `thread` ends: by itself if it is running. */
void run_chart_end(struct thread *thread);

/* The machine was away for `cycles`, up to now. */
void run_chart_steal(uint64_t cycles);

#endif
