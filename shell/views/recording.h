/*
 * A recording: the trace's events, as far back as they go, as a chart of any part of that time.
 * Moments are ticks, so that the columns of all charts stand on the same grid.
 */
#ifndef AETHEL_SHELL_VIEWS_RECORDING_H
#define AETHEL_SHELL_VIEWS_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/views/timeline.h"

struct recording {
    uint64_t first;       /* the number of the first event that is there */
    unsigned clearings;   /* of the trace, up to now */
    uint64_t known_until; /* TSC, or UINT64_MAX: then it was told to stop, or not yet */
    uint64_t known_from;  /* TSC: since when none is missing; 0: not looked yet */
    uint64_t now_tick;    /* the end of it: this tick began ... */
    uint64_t now_tsc;     /* ... when the TSC was this */
    uint64_t cycles_per_tick;
    struct trace_event *frozen; /* a copy of the events from `first` on, or NULL */
    uint64_t frozen_end;        /* the number behind the last of them */
    unsigned rows;              /* that fit on the chart */
    unsigned thread_count;      /* whose states at the end of the recording are in `threads` */
    struct {
        int tid;
        enum thread_state state;
    } threads[TIMELINE_ROWS];
    struct timeline timeline; /* the last chart */
};

/*
 * Begins to record, or only to read if the trace records who runs already: then all that it has
 * got belongs to the recording. NULL: there is no memory. Threads only.
 */
struct recording *recording_begin(void);

/* The trace records what it did before, unless others need more. NULL is ignored. */
void recording_end(struct recording *recording);

/* To be called when a tick has just woken the caller, the more often the better: so the recording
 * learns when ticks begin. */
void recording_look_at_clocks(struct recording *recording);

/*
 * The end of the recording is now. Threads that do nothing all the time are in its charts if there
 * are at most `rows` threads; see timeline_finish(), too. Not while it is frozen.
 */
void recording_extend(struct recording *recording, unsigned rows);

/* From here on the recording stays as it is, while the trace goes on. Returns 0 or
 * -ERROR_NO_MEMORY. */
int recording_freeze(struct recording *recording);
void recording_thaw(struct recording *recording);

/* The tick in which the recording begins: before it nothing is known. */
uint64_t recording_start_tick(struct recording *recording);

/* Draws `columns` columns, of `column_ticks` each, from `tick` on: see `timeline`. */
void recording_draw(struct recording *recording, uint64_t tick, unsigned column_ticks,
                    unsigned columns);

/* The name of a row's thread. */
void recording_thread_name(const struct timeline_row *row, char name[THREAD_NAME_SIZE]);

#endif
