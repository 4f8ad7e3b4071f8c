/*
 * The run chart: how long each thread ran and waited in each column of time, kept apart from the
 * events of the trace, in memory of a fixed size, however often the CPU changes hands. It is kept
 * while somebody holds it, and costs nothing else.
 *
 * Columns are told by the tick with which they begin. There are four sets of them, of 1, 10, 100
 * and 1000 ticks, counted from the tick in which the chart begins; of each the latest
 * RUN_CHART_COLUMNS are remembered.
 */
#ifndef AETHEL_SCHED_RUN_CHART_H
#define AETHEL_SCHED_RUN_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/run_cell.h"
#include "sched/thread.h"

#define RUN_CHART_COLUMNS 512u

struct run_chart;

/*
 * It is kept until as many have released it as have held it; the first takes its memory, the last
 * gives it back. Returns 0 or -ERROR_NO_MEMORY: then it is not held. Threads only.
 */
int run_chart_hold(void);
void run_chart_release(void);

/* A copy, as it is now, to be given back by kfree(); NULL: there is no memory. The functions below
 * take it, or NULL for the chart itself. For holders; threads only. */
struct run_chart *run_chart_copy(void);

/* The tick with which the first column begins. */
uint64_t run_chart_begin(const struct run_chart *chart);

/* The same for the oldest column of so many ticks (see run_chart_read()) that is remembered; the
 * first one, or one that `now` (a tick) has left behind. */
uint64_t run_chart_oldest(const struct run_chart *chart, unsigned column_ticks, uint64_t now);

/* Threads to which something happened, by `index` from 0. Returns whether there are so many. The
 * name is that of a thread that has ended, else empty. */
bool run_chart_thread(const struct run_chart *chart, unsigned index, int *tid,
                      char name[THREAD_NAME_SIZE]);

/* Whether there may be others, for which there is no room. */
bool run_chart_is_full(const struct run_chart *chart);

#define RUN_CHART_STOLEN UINT32_MAX /* as an index: the time that the machine did not give */

/*
 * What thread `index` did in `columns` columns of `column_ticks`, which has to be 1, 2 or 5, or
 * ten, a hundred, a thousand times that. They begin with `tick`, which is some columns behind the
 * first tick of the chart. What is not remembered is unknown. Some columns at a time are read with
 * interrupts off.
 */
void run_chart_read(const struct run_chart *chart, unsigned index, unsigned column_ticks,
                    uint64_t tick, unsigned columns, struct run_cell *cells);

#endif
