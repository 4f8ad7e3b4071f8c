/*
 * The timeline: from the trace's events to what each thread did in each column of a chart. Pure.
 *
 * The window is cut into columns of equal length. What is true of a thread for an eighth of a
 * column counts there, which keeps the switch that comes a moment behind a column's edge from
 * showing in two columns; and running counts more than waiting. A mark says how a run ended, in
 * the column in which it ended, however short it was.
 *
 * Nothing before the window need be known: the first event of a thread tells what it had been
 * doing until then. What a thread has been doing that no event tells of is what it does at the end.
 * Where the recording has a gap, both hold up to the gap only.
 */
#ifndef AETHEL_SHELL_VIEWS_TIMELINE_H
#define AETHEL_SHELL_VIEWS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/trace.h"

#define TIMELINE_COLUMNS 60u
#define TIMELINE_ROWS    256u /* threads; those that come up later are left out */

enum timeline_fill {
    TIMELINE_BLANK,   /* it slept, was blocked or suspended, or did not exist */
    TIMELINE_READY,   /* it waited for the CPU */
    TIMELINE_PARTLY,  /* it ran, for less than half of the column */
    TIMELINE_RUNNING, /* it ran for at least half of the column */
    TIMELINE_UNKNOWN, /* it was not recorded */
};

/* How a run ended. Of several in one column the last of this list is shown. */
enum timeline_mark {
    TIMELINE_NO_MARK,
    TIMELINE_WAITED, /* it slept, blocked or was suspended */
    TIMELINE_YIELDED,
    TIMELINE_PREEMPTED, /* somebody more urgent came, or the policy was changed */
    TIMELINE_USED_UP,   /* its quantum was used up */
    TIMELINE_ENDED,
    TIMELINE_MARKS,
};

struct timeline_cell {
    uint8_t fill; /* enum timeline_fill */
    uint8_t mark; /* enum timeline_mark */
};

struct timeline_row {
    int tid;
    uint8_t state;                /* what it has been doing since `since`: an enum timeline_fill */
    uint8_t column;               /* in which `since` lies */
    char name[THREAD_NAME_SIZE];  /* if it has ended; else empty */
    uint64_t since;               /* TSC; never beyond the window */
    uint64_t column_end;          /* TSC */
    uint64_t run, ready, unknown; /* cycles in `column` up to `since` */
    struct timeline_cell cells[TIMELINE_COLUMNS];
};

#define TIMELINE_SLOTS (2 * TIMELINE_ROWS)

struct timeline {
    uint64_t start; /* TSC, as all times here */
    uint64_t end;
    uint64_t known_from; /* the end of the latest gap, or of what is unknown at the left */
    uint64_t column_cycles;
    unsigned unknown_columns; /* up to there: unknown of a thread that comes up later */
    bool has_ended;           /* the recording, before the window does */
    unsigned row_count;
    unsigned active_count;                      /* rows of threads with events come first */
    struct timeline_row *sorted[TIMELINE_ROWS]; /* after timeline_finish() */
    uint16_t slots[TIMELINE_SLOTS];             /* a hash table: 0, or the row's index and 1 */
    struct timeline_row rows[TIMELINE_ROWS];
};

/*
 * Begins a chart of `columns` (up to TIMELINE_COLUMNS) columns of `column_cycles` each from `start`
 * on. Events have been recorded since `known_from`.
 */
void timeline_begin(struct timeline *timeline, uint64_t start, uint64_t column_cycles,
                    unsigned columns, uint64_t known_from);

/*
 * Takes the next event. All from the window's start up to the latest one are needed, those behind
 * its end too: they may be the first ones of a thread. Earlier ones do no harm.
 */
void timeline_add_event(struct timeline *timeline, const struct trace_event *event);

/* After the events: they are all up to `known_until`, a TSC or UINT64_MAX. */
void timeline_end_events(struct timeline *timeline, uint64_t known_until);

/* After that: `state` is what thread `tid` did when they had happened, or a moment before. */
void timeline_add_thread(struct timeline *timeline, int tid, enum thread_state state);

/*
 * Completes the cells and sorts the rows by tid. If there are more than `rows`, the threads without
 * events come behind all others: who waits all the time is told best by a few of them.
 */
void timeline_finish(struct timeline *timeline, unsigned rows);

/* The cell as one character: its mark, or else its fill. */
char timeline_character(struct timeline_cell cell);

#endif
