/*
 * The timeline: from the trace's events to what each thread did in each column of a chart. Pure.
 *
 * The window is cut into columns of equal length. Of each it is told how much of it a thread ran
 * and waited for the CPU, and how its runs ended, in the column in which they ended.
 *
 * Nothing before the window need be known: the first event of a thread tells what it had been
 * doing until then. What a thread has been doing that no event tells of is what it does at the end.
 * Where the recording has a gap, both hold up to the gap only.
 */
#ifndef AETHEL_SHELL_VIEWS_TIMELINE_H
#define AETHEL_SHELL_VIEWS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/run_cell.h"
#include "sched/trace.h"

#define TIMELINE_COLUMNS_MAX 230u
#define TIMELINE_ROWS        256u /* threads; those that come up later are left out */

enum timeline_state {
    TIMELINE_BLANK, /* it slept, was blocked or suspended, or did not exist */
    TIMELINE_READY, /* it waited for the CPU */
    TIMELINE_RUNNING,
    TIMELINE_UNKNOWN, /* it was not recorded */
};

struct timeline_row {
    int tid;
    uint8_t state;                /* an enum timeline_state, since `since` */
    uint8_t column;               /* in which `since` lies */
    bool is_active;               /* something happened to it */
    char name[THREAD_NAME_SIZE];  /* if it has ended; else empty */
    uint64_t since;               /* TSC; never beyond the window */
    uint64_t column_end;          /* TSC */
    uint64_t run, ready, unknown; /* cycles in `column` up to `since` */
    uint64_t waited_us; /* for how long it has been waiting for the CPU by the window's left edge */
    struct run_cell *cells;
};

/* A mark of a cell beside those that runs end with: it waits, and has been for too long. */
#define TIMELINE_STARVING 64u

#define TIMELINE_SLOTS (2 * TIMELINE_ROWS)

struct timeline {
    uint64_t start; /* TSC, as all times here */
    uint64_t end;
    uint64_t known_from; /* the end of the latest gap, or of what is unknown at the left */
    uint64_t column_cycles;
    unsigned unknown_columns; /* up to there: unknown of a thread that comes up later */
    bool has_ended;           /* the recording, before the window does */
    unsigned columns_max;     /* that there are cells for */
    struct run_cell *cells;   /* of all rows */
    unsigned row_count;
    struct timeline_row *sorted[TIMELINE_ROWS]; /* after timeline_finish() */
    uint16_t slots[TIMELINE_SLOTS];             /* a hash table: 0, or the row's index and 1 */
    struct timeline_row rows[TIMELINE_ROWS];
};

/* Gives the timeline `cells` for charts of up to `columns` columns: TIMELINE_ROWS times as many. */
void timeline_set_cells(struct timeline *timeline, struct run_cell *cells, unsigned columns);

/*
 * Begins a chart of `columns` columns, for which there are cells, of `column_cycles` each from
 * `start` on. Events have been recorded since `known_from`.
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

/* A row whose cells the caller fills in instead, from the left edge to the window's end. NULL:
 * there is no room. */
struct timeline_row *timeline_add_row(struct timeline *timeline, int tid, const char *name);

/* Takes that one back again: it is the last one. */
void timeline_drop_row(struct timeline *timeline);

/* The row of thread `tid`, or NULL: it has none. */
struct timeline_row *timeline_find_row(struct timeline *timeline, int tid);

/* Marks the cells in which it waits for the CPU and has been doing so for `limit_us`. */
void timeline_mark_starving(struct timeline_row *row, unsigned columns, unsigned column_us,
                            unsigned limit_us);

/* For how long a thread has been waiting at the end of these cells, if it had been for `waited_us`
 * when they began. */
uint64_t timeline_waited_us(const struct run_cell *cells, unsigned columns, unsigned column_us,
                            uint64_t waited_us);

/*
 * Completes the cells and sorts the rows by tid. If there are more than `rows`, the threads to
 * which nothing happened come behind all others: who waits all the time is told best by a few of
 * them.
 */
void timeline_finish(struct timeline *timeline, unsigned rows);

/*
 * The cell as one character. One run that ended has a mark, in two forms: the thread ran for half
 * of the column at least, or for less. Where none or several ended it is a shade: how much it ran.
 * Who does not run, and waits, is a dot; or, where it is marked as starving, a star.
 */
char timeline_character(struct run_cell cell);

#endif
