/*
 * A row of the run chart: what one thread did, column by column. Pure. For the rooms of sched/
 * only; interrupts off.
 *
 * What happens is added up in the column that goes on, and goes into rings of cells when that is
 * complete, a ring for each length of columns. Columns in which nothing changes are passed over:
 * their cells are not written, and what the row was doing in them is told by the next one that is.
 * So a change takes the same time after a millisecond and after an hour.
 */
#ifndef AETHEL_SCHED_OBSERVE_RUN_ROW_H
#define AETHEL_SCHED_OBSERVE_RUN_ROW_H

#include <stdint.h>

#include "sched/run_cell.h"

#define RUN_ROW_LEVELS  4u
#define RUN_ROW_COLUMNS 512u /* that are remembered of each level */
#define RUN_ROW_WORDS   (RUN_ROW_COLUMNS / 64)

enum run_state {
    RUN_STATE_READY,
    RUN_STATE_RUNNING,
    RUN_STATE_BLANK, /* it sleeps, is blocked or suspended, does not exist */
    RUN_STATES,
};

/* When columns begin: the one of tick `tick` at TSC `began`. Ticks are counted from any moment. */
struct run_grid {
    uint64_t tick;
    uint64_t began;
    uint64_t cycles_per_tick;
};

struct run_row_cell {
    uint8_t run, ready; /* see struct run_cell */
    uint8_t marks : 6;
    uint8_t began_as : 2; /* enum run_state at the column's beginning */
};

struct run_row_level {
    uint64_t spent[RUN_STATES]; /* cycles of the column that goes on, up to the row's column */
    uint8_t marks;
    uint8_t began_as;
    uint64_t written[RUN_ROW_WORDS]; /* a bit for each cell: it is of the latest columns */
    struct run_row_cell cells[RUN_ROW_COLUMNS]; /* by column modulo */
};

struct run_row {
    uint64_t since;             /* TSC up to which everything is counted */
    uint64_t column_end;        /* TSC */
    uint64_t column;            /* in which `since` lies, in ticks of the grid */
    uint64_t spent[RUN_STATES]; /* cycles of it */
    uint8_t state;              /* since then */
    uint8_t marks;              /* of the column */
    struct run_row_level levels[RUN_ROW_LEVELS];
};

_Static_assert(sizeof(struct run_row_cell) == 3, "a row is to be small");

/* The column in which TSC `time` lies. */
uint64_t run_grid_column(const struct run_grid *grid, uint64_t time);

/* Begins a row with column `column`; it has been in `state` since the column's beginning. */
void run_row_begin(struct run_row *row, const struct run_grid *grid, uint64_t column,
                   enum run_state state);

/* The row's column, and perhaps others, are over at TSC `time`. Constant time. */
void run_row_pass(struct run_row *row, const struct run_grid *grid, uint64_t time);

/* Up to TSC `time`, which lies in the row's column or before what is counted, it was what it is;
 * from there on it is `state`. A run that ended then has a mark. */
static inline void run_row_change(struct run_row *row, uint64_t time, enum run_state state,
                                  uint8_t mark)
{
    if ((int64_t)(time - row->since) > 0) {
        row->spent[row->state] += time - row->since;
        row->since = time;
    }
    row->state = (uint8_t)state;
    row->marks = run_marks_joined(row->marks, mark);
}

/*
 * `count` columns, each of which is `parts` (1 to 5) columns of 10 to the power of `level` ticks;
 * the first of these is number `first`, counted in such columns. Where the row has not come to, it
 * goes on as it is. What is not remembered any more must not be asked for.
 */
void run_row_read(const struct run_row *row, const struct run_grid *grid, unsigned level,
                  uint64_t first, unsigned parts, unsigned count, struct run_cell *cells);

#endif
