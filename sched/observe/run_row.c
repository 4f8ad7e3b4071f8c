/* A row of the run chart. Nothing is done for each column that passes: see run_row.h. */
#include "sched/observe/run_row.h"

#include "kernel/lib/string.h"

#define WORD_BITS 64u

static const uint64_t ticks_at[RUN_ROW_LEVELS] = {1, 10, 100, 1000};

/* --- The grid --------------------------------------------------------------------------------- */

uint64_t run_grid_column(const struct run_grid *grid, uint64_t time)
{
    uint64_t length = grid->cycles_per_tick;
    if ((int64_t)(time - grid->began) >= 0)
        return grid->tick + (time - grid->began) / length;
    uint64_t before = (grid->began - time + length - 1) / length;
    return before < grid->tick ? grid->tick - before : 0;
}

static uint64_t begin_of(const struct run_grid *grid, uint64_t column)
{
    return grid->began + (column - grid->tick) * grid->cycles_per_tick;
}

/* --- Cells ------------------------------------------------------------------------------------ */

static struct run_row_cell cell_of(const uint64_t spent[RUN_STATES], uint64_t length, uint8_t marks,
                                   uint8_t began_as)
{
    return (struct run_row_cell){
        .run = run_share_of(spent[RUN_STATE_RUNNING], length),
        .ready = run_share_of(spent[RUN_STATE_READY], length),
        .marks = marks & 0x3F,
        .began_as = began_as & 3,
    };
}

static struct run_row_cell unchanged(uint8_t state)
{
    return (struct run_row_cell){
        .run = state == RUN_STATE_RUNNING ? RUN_WHOLE_COLUMN : 0,
        .ready = state == RUN_STATE_READY ? RUN_WHOLE_COLUMN : 0,
        .began_as = state & 3,
    };
}

static bool is_written(const struct run_row_level *level, uint64_t column)
{
    uint64_t place = column % RUN_ROW_COLUMNS;
    return level->written[place / WORD_BITS] >> place % WORD_BITS & 1;
}

static void write_cell(struct run_row_level *level, uint64_t column, struct run_row_cell cell)
{
    uint64_t place = column % RUN_ROW_COLUMNS;
    level->cells[place] = cell;
    level->written[place / WORD_BITS] |= 1ull << place % WORD_BITS;
}

/* Of the columns [from, to) nothing is written. */
static void forget_cells(struct run_row_level *level, uint64_t from, uint64_t to)
{
    if (to - from >= RUN_ROW_COLUMNS) {
        memset(level->written, 0, sizeof(level->written));
        return;
    }
    while (from < to) {
        uint64_t bit = from % WORD_BITS;
        uint64_t count = WORD_BITS - bit < to - from ? WORD_BITS - bit : to - from;
        uint64_t bits = count < WORD_BITS ? (1ull << count) - 1 : ~0ull;
        level->written[from % RUN_ROW_COLUMNS / WORD_BITS] &= ~(bits << bit);
        from += count;
    }
}

/* --- Passing columns -------------------------------------------------------------------------- */

static void begin_column(struct run_row_level *level, uint8_t state, uint64_t cycles)
{
    memset(level->spent, 0, sizeof(level->spent));
    level->spent[state] = cycles;
    level->marks = 0;
    level->began_as = state;
}

void run_row_begin(struct run_row *row, const struct run_grid *grid, uint64_t column,
                   enum run_state state)
{
    row->column = column;
    row->since = begin_of(grid, column);
    row->column_end = row->since + grid->cycles_per_tick;
    row->state = (uint8_t)state;
    row->marks = 0;
    memset(row->spent, 0, sizeof(row->spent));
    for (unsigned i = 0; i < RUN_ROW_LEVELS; i++) {
        begin_column(&row->levels[i], row->state, 0);
        memset(row->levels[i].written, 0, sizeof(row->levels[i].written));
    }
}

/* The row goes on with column `next`, in the state in which its own one has ended. */
static void pass_at(struct run_row *row, unsigned number, uint64_t next, uint64_t cycles_per_tick)
{
    struct run_row_level *level = &row->levels[number];
    uint64_t ticks = ticks_at[number];
    uint64_t own = row->column / ticks;
    uint64_t now = next / ticks;
    uint64_t end = now != own ? (own + 1) * ticks : next;
    for (unsigned i = 0; i < RUN_STATES; i++)
        level->spent[i] += row->spent[i];
    level->spent[row->state] += (end - row->column - 1) * cycles_per_tick;
    level->marks = run_marks_joined(level->marks, row->marks);
    if (now == own)
        return;
    write_cell(level, own,
               cell_of(level->spent, ticks * cycles_per_tick, level->marks, level->began_as));
    forget_cells(level, own + 1, now + 1);
    begin_column(level, row->state, (next - now * ticks) * cycles_per_tick);
}

/* Since it was told when the column ends, the grid may have moved a little. */
void run_row_pass(struct run_row *row, const struct run_grid *grid, uint64_t time)
{
    uint64_t next = run_grid_column(grid, time);
    if (next > row->column) {
        row->spent[row->state] += row->column_end - row->since;
        for (unsigned i = 0; i < RUN_ROW_LEVELS; i++)
            pass_at(row, i, next, grid->cycles_per_tick);
        memset(row->spent, 0, sizeof(row->spent));
        row->marks = 0;
        row->column = next;
        row->since = begin_of(grid, next);
    }
    row->column_end = begin_of(grid, row->column + 1);
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* The column that goes on, as it will be if nothing changes any more. */
static struct run_row_cell cell_that_goes_on(const struct run_row *row, const struct run_grid *grid,
                                             unsigned number)
{
    const struct run_row_level *level = &row->levels[number];
    uint64_t ticks = ticks_at[number];
    uint64_t left = (row->column / ticks + 1) * ticks - row->column - 1; /* ticks behind its own */
    uint64_t spent[RUN_STATES];
    for (unsigned i = 0; i < RUN_STATES; i++)
        spent[i] = level->spent[i] + row->spent[i];
    spent[row->state] += row->column_end - row->since + left * grid->cycles_per_tick;
    return cell_of(spent, ticks * grid->cycles_per_tick, run_marks_joined(level->marks, row->marks),
                   level->began_as);
}

struct sum {
    unsigned run, ready;
    uint8_t marks;
};

static struct run_cell mean_of(const struct sum *sum, unsigned parts)
{
    return (struct run_cell){
        .run = (uint8_t)((sum->run + parts - 1) / parts),
        .ready = (uint8_t)((sum->ready + parts - 1) / parts),
        .marks = sum->marks,
    };
}

/* From the latest column backwards: one that was passed over is as the next one began. */
void run_row_read(const struct run_row *row, const struct run_grid *grid, unsigned level,
                  uint64_t first, unsigned parts, unsigned count, struct run_cell *cells)
{
    uint64_t own = row->column / ticks_at[level];
    uint64_t end = first + parts * count;
    uint64_t column = end > own + 1 ? end : own + 1;
    uint8_t state = row->state;
    struct sum sum = {0};
    while (column-- > first) {
        struct run_row_cell cell = unchanged(state);
        if (column == own)
            cell = cell_that_goes_on(row, grid, level);
        else if (column < own && is_written(&row->levels[level], column))
            cell = row->levels[level].cells[column % RUN_ROW_COLUMNS];
        state = cell.began_as;
        if (column >= end)
            continue;
        sum.run += cell.run;
        sum.ready += cell.ready;
        sum.marks = run_marks_joined(sum.marks, cell.marks);
        if ((column - first) % parts != 0)
            continue;
        cells[(column - first) / parts] = mean_of(&sum, parts);
        sum = (struct sum){0};
    }
}
