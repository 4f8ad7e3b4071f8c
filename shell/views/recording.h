/*
 * A recording: the run chart, and the trace's events as far back as they go, as a chart of any part
 * of that time. Moments are microseconds as ticks count them, so that all columns stand on a grid.
 */
#ifndef AETHEL_SHELL_VIEWS_RECORDING_H
#define AETHEL_SHELL_VIEWS_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/run_chart.h"
#include "shell/views/timeline.h"

#define US_PER_TICK 1000u

struct recording {
    uint64_t first;       /* the number of the first event that is there */
    unsigned clearings;   /* of the trace, up to now */
    uint64_t known_until; /* TSC, or UINT64_MAX: then it was told to stop, or not yet */
    uint64_t known_from;  /* TSC: since when none is missing; 0: not looked yet */
    uint64_t now_tick;    /* the end of it: this tick began ... */
    uint64_t now_tsc;     /* ... when the TSC was this */
    uint64_t cycles_per_tick;
    struct run_chart *chart;    /* a copy, or NULL */
    struct trace_event *frozen; /* a copy of the events from `first` on, or NULL */
    uint64_t frozen_end;        /* the number behind the last of them */
    unsigned rows;              /* that fit on the chart */
    unsigned thread_count;      /* whose states at the end of the recording are in `threads` */
    struct {
        int tid;
        enum thread_state state;
        uint32_t waiting_ticks; /* as in struct thread_information */
        bool is_in_chart;       /* which tells what it did */
    } threads[TIMELINE_ROWS];
    unsigned columns;         /* that a chart may have */
    struct run_cell *cells;   /* of the timeline, and of `stolen` behind it */
    struct timeline timeline; /* the last chart */
    bool has_stolen;          /* in it there is time that the machine did not give: */
    struct timeline_row stolen;
};

/*
 * Begins to record; or only reads the trace if that records who runs already: then all that it has
 * got belongs to the recording. Its charts have up to `columns` columns. NULL: there is no memory.
 * Threads only.
 */
struct recording *recording_begin(unsigned columns);

/* Makes room for charts of `columns` columns, up to TIMELINE_COLUMNS_MAX. Returns how many there is
 * room for: without memory as many as before. The last chart is gone. */
unsigned recording_make_room(struct recording *recording, unsigned columns);

/* The trace records what it did before, unless others need more. NULL is ignored. */
void recording_end(struct recording *recording);

/*
 * The end of the recording is now. Threads that do nothing all the time are in its charts if there
 * are at most `rows` threads; see timeline_finish(), too. Not while it is frozen.
 */
void recording_extend(struct recording *recording, unsigned rows);

/* From here on the recording stays as it is, while chart and trace go on. Returns 0 or
 * -ERROR_NO_MEMORY. */
int recording_freeze(struct recording *recording);
void recording_thaw(struct recording *recording);

/* The moment at which the tick begins that the recording ends with. */
uint64_t recording_now(const struct recording *recording);

/* The latest beginning of a column of `column_us` that is not after `moment`. */
uint64_t recording_align(const struct recording *recording, uint64_t moment, unsigned column_us);

/* When the recording begins, for a chart with such columns: before that nothing is known. */
uint64_t recording_start(struct recording *recording, unsigned column_us);

/* Draws `columns` columns, of `column_us` each, from `moment` on: see `timeline`. */
void recording_draw(struct recording *recording, uint64_t moment, unsigned column_us,
                    unsigned columns);

/* Whether threads may be missing in the chart for lack of room. */
bool recording_has_left_out(const struct recording *recording);

/* The name of a row's thread. */
void recording_thread_name(const struct timeline_row *row, char name[THREAD_NAME_SIZE]);

#endif
