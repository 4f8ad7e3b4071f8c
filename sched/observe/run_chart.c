/*
 * The run chart. A thread gets a row when something happens to it for the first time; until then it
 * has been doing what it did when the chart began. Where there is no room, the row of whoever ended
 * first is taken.
 */
#include "sched/run_chart.h"

#include <stddef.h>

#include "drivers/clock/pit.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/observe/run_recorder.h"
#include "sched/observe/run_row.h"
#include "sched/state/attention.h"
#include "sched/state/control_block.h"
#include "sched/state/critical_section.h"
#include "sched/trace.h"

/* As much as a page of memory in so many, and within these. */
#define FREE_SHARE 32u
#define ROWS_MIN   16u
#define ROWS_MAX   256u

/* Columns before the first whole one: it begins with all sets of columns. */
#define COLUMNS_BEFORE 1000u

/* What a tick causes comes within this part of a tick, and is to end the column on the left. */
#define REACTION_SHARE 16u

#define READ_AT_ONCE 8u /* columns, with interrupts off */

#define SAMPLE_CYCLES (1ull << 30) /* long enough for an exact rate */

#define NO_ROW UINT16_MAX

_Static_assert(RUN_CHART_COLUMNS == RUN_ROW_COLUMNS, "the contract says otherwise");

struct chart_row {
    int tid;
    uint16_t next_ended; /* of those that have ended, the next one to be taken, or NO_ROW */
    bool has_ended;
    char name[THREAD_NAME_SIZE]; /* if it has ended */
    uint64_t known_from;         /* column */
    struct run_row row;
};

struct run_chart {
    uint64_t tick_of_column_0; /* modulo 2^64: shortly after the boot it is before tick 0 */
    struct run_grid grid;      /* of a copy */
    uint32_t capacity;
    uint32_t count;
    bool has_left_out;     /* somebody, for lack of rows */
    uint16_t first_ended;  /* whose row is taken first, or NO_ROW */
    uint16_t last_ended;   /* if there is a first one */
    struct run_row stolen; /* the machine's: running is being away */
    struct chart_row rows[];
};

static struct run_chart *the_chart; /* NULL: nobody holds it */
static unsigned holders;

static void get_grid(struct run_grid *grid)
{
    grid->tick = clock_ticks() - the_chart->tick_of_column_0;
    grid->cycles_per_tick = the_chart->grid.cycles_per_tick;
    grid->began = clock_tick_began() + grid->cycles_per_tick / REACTION_SHARE;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static struct chart_row *take_row_of_ended(void)
{
    if (the_chart->first_ended == NO_ROW)
        return NULL;
    struct chart_row *row = &the_chart->rows[the_chart->first_ended];
    the_chart->first_ended = row->next_ended;
    return row;
}

static struct chart_row *take_row(void)
{
    struct run_chart *chart = the_chart;
    struct chart_row *row =
        chart->count < chart->capacity ? &chart->rows[chart->count++] : take_row_of_ended();
    if (row == NULL)
        chart->has_left_out = true;
    return row;
}

/* The thread has been in `state` up to now. NULL: there is no room. */
static __attribute__((noinline)) struct chart_row *begin_row(struct thread *thread, uint64_t now,
                                                             enum run_state state)
{
    struct run_grid grid;
    struct chart_row *row = take_row();
    if (row == NULL)
        return NULL;
    get_grid(&grid);
    row->tid = thread->tid;
    row->has_ended = false;
    row->known_from = the_chart->has_left_out ? run_grid_column(&grid, now) + 1 : COLUMNS_BEFORE;
    run_row_begin(&row->row, &grid, COLUMNS_BEFORE - 1, state);
    thread->chart_row = (uint16_t)(row - the_chart->rows);
    return row;
}

/* A number that is left from an earlier chart, or a row that has been taken, is another one's. */
static inline struct chart_row *row_of(struct thread *thread, uint64_t now, enum run_state state)
{
    uint16_t number = thread->chart_row;
    if (number < the_chart->count && the_chart->rows[number].tid == thread->tid)
        return &the_chart->rows[number];
    return begin_row(thread, now, state);
}

static __attribute__((noinline)) void pass(struct run_row *row, uint64_t now)
{
    struct run_grid grid;
    get_grid(&grid);
    run_row_pass(row, &grid, now);
}

static inline void change(struct run_row *row, uint64_t now, enum run_state state, uint8_t mark)
{
    if (__builtin_expect((int64_t)(now - row->column_end) >= 0, false))
        pass(row, now);
    run_row_change(row, now, state, mark);
}

/* `before`: what it has been doing if nothing was heard of it yet. */
static inline void change_of(struct thread *thread, uint64_t now, enum run_state before,
                             enum run_state state, uint8_t mark)
{
    struct chart_row *row = row_of(thread, now, before);
    if (row != NULL)
        change(&row->row, now, state, mark);
}

/* --- Recording -------------------------------------------------------------------------------- */

/* The idle thread takes what is left, and waits for nothing. */
static enum run_state waiting(const struct thread *thread)
{
    return thread->tid != 0 ? RUN_STATE_READY : RUN_STATE_BLANK;
}

static bool stays_ready(unsigned reason)
{
    return reason <= SWITCH_YIELD;
}

void run_chart_switch(struct thread *previous, struct thread *next, uint64_t now, unsigned reason)
{
    static const uint8_t marks[] = {
        [SWITCH_QUANTUM] = RUN_USED_UP,  [SWITCH_PRIORITY] = RUN_PREEMPTED,
        [SWITCH_POLICY] = RUN_PREEMPTED, [SWITCH_YIELD] = RUN_YIELDED,
        [SWITCH_SLEEP] = RUN_WAITED,     [SWITCH_BLOCK] = RUN_WAITED,
        [SWITCH_SUSPEND] = RUN_WAITED,   [SWITCH_EXIT] = RUN_ENDED,
        [SWITCH_KILL] = RUN_ENDED,       [SWITCH_IDLE] = RUN_SEVERAL,
    };
    change_of(previous, now, RUN_STATE_RUNNING,
              stays_ready(reason) ? RUN_STATE_READY : RUN_STATE_BLANK, marks[reason]);
    change_of(next, now, waiting(next), RUN_STATE_RUNNING, 0);
}

void run_chart_wakeup(struct thread *thread)
{
    change_of(thread, thread->accounting.since, RUN_STATE_BLANK, RUN_STATE_READY, 0);
}

void run_chart_suspension(struct thread *thread)
{
    change_of(thread, thread->accounting.since, RUN_STATE_READY, RUN_STATE_BLANK, 0);
}

/* The switch is still to come if it ends by itself. */
void run_chart_end(struct thread *thread)
{
    uint64_t now = tsc_read();
    bool is_running = thread == this_cpu()->running;
    struct chart_row *row = row_of(thread, now, is_running ? RUN_STATE_RUNNING : RUN_STATE_BLANK);
    if (row == NULL)
        return;
    if (!is_running)
        change(&row->row, now, RUN_STATE_BLANK, RUN_ENDED);
    string_copy(row->name, thread->name, sizeof(row->name));
    row->has_ended = true;
    row->next_ended = NO_ROW;
    uint16_t number = (uint16_t)(row - the_chart->rows);
    if (the_chart->first_ended == NO_ROW)
        the_chart->first_ended = number;
    else
        the_chart->rows[the_chart->last_ended].next_ended = number;
    the_chart->last_ended = number;
}

void run_chart_steal(uint64_t cycles)
{
    uint64_t now = tsc_read();
    struct thread *running = this_cpu()->running;
    change_of(running, now - cycles, RUN_STATE_RUNNING, RUN_STATE_BLANK, 0);
    change_of(running, now, RUN_STATE_BLANK, RUN_STATE_RUNNING, 0);
    change(&the_chart->stolen, now - cycles, RUN_STATE_RUNNING, 0);
    change(&the_chart->stolen, now, RUN_STATE_BLANK, RUN_SEVERAL);
}

/* --- Holding ---------------------------------------------------------------------------------- */

static struct run_chart *allocate(void)
{
    uint64_t rows = frames_available() * FRAME_SIZE / FREE_SHARE / sizeof(struct chart_row);
    if (rows > ROWS_MAX)
        rows = ROWS_MAX;
    if (rows < ROWS_MIN)
        rows = ROWS_MIN;
    struct run_chart *chart = kmalloc(sizeof(*chart) + rows * sizeof(struct chart_row));
    if (chart != NULL)
        *chart = (struct run_chart){
            .capacity = (uint32_t)rows,
            .first_ended = NO_ROW,
            .grid.cycles_per_tick = pit_tick_ns() * SAMPLE_CYCLES / (tsc_to_ns(SAMPLE_CYCLES) | 1),
        };
    return chart;
}

/* The first whole column begins with the next tick. */
static void begin_chart(struct run_chart *chart)
{
    struct run_grid grid;
    chart->tick_of_column_0 = clock_ticks() + 1 - COLUMNS_BEFORE;
    the_chart = chart;
    get_grid(&grid);
    run_row_begin(&chart->stolen, &grid, COLUMNS_BEFORE - 1, RUN_STATE_BLANK);
    attention_set(ATTENTION_CHART, true);
    row_of(this_cpu()->running, tsc_read(), RUN_STATE_RUNNING);
}

int run_chart_hold(void)
{
    struct run_chart *chart = allocate();
    uint64_t flags = critical_enter();
    if (the_chart == NULL && chart != NULL) {
        begin_chart(chart);
        chart = NULL;
    }
    bool is_held = the_chart != NULL;
    if (is_held)
        holders++;
    critical_exit(flags);
    kfree(chart); /* somebody holds it already */
    return is_held ? 0 : -ERROR_NO_MEMORY;
}

void run_chart_release(void)
{
    struct run_chart *chart = NULL;
    uint64_t flags = critical_enter();
    if (--holders == 0) {
        attention_set(ATTENTION_CHART, false);
        chart = the_chart;
        the_chart = NULL;
    }
    critical_exit(flags);
    kfree(chart);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static const struct run_chart *chart_or(const struct run_chart *chart)
{
    return chart != NULL ? chart : the_chart;
}

/* Row by row, each with interrupts off: what was complete before the copy began is in it. */
struct run_chart *run_chart_copy(void)
{
    uint32_t count = the_chart->count;
    struct run_chart *copy = kmalloc(sizeof(*copy) + count * sizeof(struct chart_row));
    if (copy == NULL)
        return NULL;
    uint64_t flags = critical_enter();
    *copy = *the_chart;
    get_grid(&copy->grid);
    critical_exit(flags);
    for (uint32_t i = 0; i < count; i++) {
        flags = critical_enter();
        copy->rows[i] = the_chart->rows[i];
        critical_exit(flags);
    }
    copy->count = count;
    return copy;
}

uint64_t run_chart_begin(const struct run_chart *chart)
{
    return chart_or(chart)->tick_of_column_0 + COLUMNS_BEFORE;
}

/* Of the set of columns that those of `column_ticks` are made of. */
static unsigned level_of(unsigned column_ticks, unsigned *ticks)
{
    unsigned level = 0;
    *ticks = 1;
    while (level + 1 < RUN_ROW_LEVELS && column_ticks % (*ticks * 10) == 0) {
        *ticks *= 10;
        level++;
    }
    return level;
}

uint64_t run_chart_oldest(const struct run_chart *chart, unsigned column_ticks, uint64_t now)
{
    unsigned ticks;
    level_of(column_ticks, &ticks);
    uint64_t begin = run_chart_begin(chart);
    if (now <= begin)
        return begin;
    uint64_t columns = (now - begin) / column_ticks;
    uint64_t room = (RUN_CHART_COLUMNS - 1) * ticks / column_ticks - 1;
    return columns > room ? begin + (columns - room) * column_ticks : begin;
}

bool run_chart_thread(const struct run_chart *chart, unsigned index, int *tid,
                      char name[THREAD_NAME_SIZE])
{
    uint64_t flags = critical_enter();
    const struct run_chart *from = chart_or(chart);
    bool is_there = index < from->count;
    if (is_there) {
        const struct chart_row *row = &from->rows[index];
        *tid = row->tid;
        string_copy(name, row->has_ended ? row->name : "", THREAD_NAME_SIZE);
    }
    critical_exit(flags);
    return is_there;
}

bool run_chart_is_full(const struct run_chart *chart)
{
    return chart_or(chart)->has_left_out;
}

/* Of the columns, those that nothing is known of. */
static unsigned count_unknown(uint64_t column, uint64_t known_from, unsigned ticks,
                              unsigned columns)
{
    uint64_t unknown = known_from > column ? (known_from - column + ticks - 1) / ticks : 0;
    return unknown < columns ? (unsigned)unknown : columns;
}

/* The first column that is remembered of those `ticks` long. */
static uint64_t remembered_from(const struct run_grid *grid, unsigned ticks)
{
    uint64_t room = (uint64_t)(RUN_CHART_COLUMNS - 1) * ticks;
    return grid->tick > COLUMNS_BEFORE + room ? grid->tick - room : COLUMNS_BEFORE;
}

/* As run_chart_read(), of so few columns that it does not take long. */
static void read_some(const struct run_chart *chart, unsigned index, unsigned column_ticks,
                      uint64_t tick, unsigned columns, struct run_cell *cells)
{
    unsigned ticks;
    unsigned level = level_of(column_ticks, &ticks);
    struct run_grid grid;
    uint64_t flags = critical_enter();
    const struct run_chart *from = chart_or(chart);
    uint64_t column = tick - from->tick_of_column_0;
    const struct run_row *row = index == RUN_CHART_STOLEN ? &from->stolen : &from->rows[index].row;
    uint64_t known_from = index == RUN_CHART_STOLEN ? COLUMNS_BEFORE : from->rows[index].known_from;
    if (chart != NULL)
        grid = chart->grid;
    else
        get_grid(&grid);
    if (remembered_from(&grid, ticks) > known_from)
        known_from = remembered_from(&grid, ticks);
    unsigned unknown = count_unknown(column, known_from, column_ticks, columns);
    run_row_read(row, &grid, level, column / ticks + unknown * (column_ticks / ticks),
                 column_ticks / ticks, columns - unknown, cells + unknown);
    critical_exit(flags);
    for (unsigned i = 0; i < unknown; i++)
        cells[i] = (struct run_cell){.is_unknown = true};
}

void run_chart_read(const struct run_chart *chart, unsigned index, unsigned column_ticks,
                    uint64_t tick, unsigned columns, struct run_cell *cells)
{
    for (unsigned first = 0; first < columns; first += READ_AT_ONCE) {
        unsigned count = columns - first < READ_AT_ONCE ? columns - first : READ_AT_ONCE;
        read_some(chart, index, column_ticks, tick + (uint64_t)first * column_ticks, count,
                  cells + first);
    }
}
