/* Each row goes through time by itself, from one event of its thread to the next. */
#include "shell/views/timeline.h"

#include <stddef.h>

#include "kernel/lib/string.h"
#include "sched/thread.h"

/* Waiting, or not being recorded, counts if it lasted for at least this part of a column. */
#define COUNTING_SHARE 8u

static void know_from(struct timeline *timeline, uint64_t time)
{
    if (time > timeline->end)
        time = timeline->end;
    if (time > timeline->known_from)
        timeline->known_from = time;
    timeline->unknown_columns =
        (unsigned)((timeline->known_from - timeline->start) / timeline->column_cycles);
}

void timeline_set_cells(struct timeline *timeline, struct run_cell *cells, unsigned columns)
{
    timeline->cells = cells;
    timeline->columns_max = columns;
    timeline->row_count = 0;
}

void timeline_begin(struct timeline *timeline, uint64_t start, uint64_t column_cycles,
                    unsigned columns, uint64_t known_from)
{
    timeline->start = start;
    timeline->end = start + columns * column_cycles;
    timeline->column_cycles = column_cycles;
    timeline->known_from = start;
    timeline->has_ended = false;
    know_from(timeline, known_from);
    timeline->row_count = 0;
    memset(timeline->slots, 0, sizeof(timeline->slots));
}

/* --- Rows ---------------------------------------------------------------------------------------
 */

/* The slot of thread `tid`, or the one where it belongs. Half of all slots stay free. */
static uint16_t *slot_of(struct timeline *timeline, int tid)
{
    unsigned index = (unsigned)tid % TIMELINE_SLOTS;
    while (timeline->slots[index] != 0 && timeline->rows[timeline->slots[index] - 1].tid != tid)
        index = (index + 1) % TIMELINE_SLOTS;
    return &timeline->slots[index];
}

/* What a thread that comes up does was not recorded up to here. */
static void begin_row(const struct timeline *timeline, struct timeline_row *row)
{
    row->since = timeline->known_from;
    row->column = (uint8_t)timeline->unknown_columns;
    row->column_end = timeline->start + (row->column + 1) * timeline->column_cycles;
    for (unsigned i = 0; i < row->column; i++)
        row->cells[i].is_unknown = true;
}

/* The row of thread `tid`. If it has none yet, it gets one; if it is the first that is heard of it
 * since the beginning or a gap, it has been in `state` since then. NULL: there is no room. */
static struct timeline_row *row_of(struct timeline *timeline, int tid, enum timeline_state state)
{
    uint16_t *slot = slot_of(timeline, tid);
    if (*slot != 0) {
        struct timeline_row *known = &timeline->rows[*slot - 1];
        if (known->state == TIMELINE_UNKNOWN)
            known->state = (uint8_t)state;
        return known;
    }
    if (timeline->row_count == TIMELINE_ROWS)
        return NULL;
    struct timeline_row *row = &timeline->rows[timeline->row_count];
    memset(row, 0, sizeof(*row));
    row->cells = &timeline->cells[timeline->row_count * timeline->columns_max];
    memset(row->cells, 0, timeline->columns_max * sizeof(*row->cells));
    *slot = (uint16_t)++timeline->row_count;
    row->tid = tid;
    row->is_active = true;
    row->state = (uint8_t)state;
    begin_row(timeline, row);
    return row;
}

static void fill_cell(const struct timeline *timeline, struct timeline_row *row)
{
    struct run_cell *cell = &row->cells[row->column];
    cell->run = run_share_of(row->run, timeline->column_cycles);
    cell->ready = run_share_of(row->ready, timeline->column_cycles);
    cell->is_unknown = row->unknown * COUNTING_SHARE >= timeline->column_cycles;
}

/* What is left of the row's column, or less, passes: up to `time`. */
static void pass_column(const struct timeline *timeline, struct timeline_row *row, uint64_t time)
{
    if (row->since == row->column_end) {
        row->column++;
        row->column_end += timeline->column_cycles;
        row->run = row->ready = row->unknown = 0;
    }
    if (time > row->column_end)
        time = row->column_end;
    if (row->state == TIMELINE_RUNNING)
        row->run += time - row->since;
    else if (row->state == TIMELINE_READY)
        row->ready += time - row->since;
    else if (row->state == TIMELINE_UNKNOWN)
        row->unknown += time - row->since;
    row->since = time;
    fill_cell(timeline, row);
}

static void pass(const struct timeline *timeline, struct timeline_row *row, uint64_t time)
{
    if (time > timeline->end)
        time = timeline->end;
    while (row->since < time)
        pass_column(timeline, row, time);
}

static void change(const struct timeline *timeline, struct timeline_row *row, uint64_t time,
                   enum timeline_state state)
{
    pass(timeline, row, time);
    row->state = (uint8_t)state;
}

/* What happens at the very edge ends the column on the left. */
static void mark(const struct timeline *timeline, struct timeline_row *row, uint64_t time,
                 uint8_t marks)
{
    if (time <= timeline->known_from || time > timeline->end)
        return;
    struct run_cell *cell = &row->cells[(time - timeline->start - 1) / timeline->column_cycles];
    cell->marks = run_marks_joined(cell->marks, marks);
}

/* --- Events ------------------------------------------------------------------------------------
 */

/* The idle thread never waits for the CPU: it takes what is left. */
static enum timeline_state not_running(int tid)
{
    return tid == THREAD_IDLE_TID ? TIMELINE_BLANK : TIMELINE_READY;
}

/* Whoever loses the CPU had it up to then, whatever was thought of it. */
static void lose_cpu(struct timeline *timeline, const struct trace_event *event)
{
    static const struct {
        uint8_t mark;
        uint8_t state;
    } endings[] = {
        [SWITCH_QUANTUM] = {RUN_USED_UP, TIMELINE_READY},
        [SWITCH_PRIORITY] = {RUN_PREEMPTED, TIMELINE_READY},
        [SWITCH_POLICY] = {RUN_PREEMPTED, TIMELINE_READY},
        [SWITCH_YIELD] = {RUN_YIELDED, TIMELINE_READY},
        [SWITCH_SLEEP] = {RUN_WAITED, TIMELINE_BLANK},
        [SWITCH_BLOCK] = {RUN_WAITED, TIMELINE_BLANK},
        [SWITCH_SUSPEND] = {RUN_WAITED, TIMELINE_BLANK},
        [SWITCH_EXIT] = {RUN_ENDED, TIMELINE_BLANK},
        [SWITCH_KILL] = {RUN_ENDED, TIMELINE_BLANK},
        [SWITCH_IDLE] = {RUN_SEVERAL, TIMELINE_BLANK},
    };
    struct timeline_row *row = row_of(timeline, event->tid, TIMELINE_RUNNING);
    if (row == NULL)
        return;
    row->state = TIMELINE_RUNNING;
    change(timeline, row, event->time, endings[event->reason].state);
    mark(timeline, row, event->time, endings[event->reason].mark);
}

static void get_cpu(struct timeline *timeline, const struct trace_event *event)
{
    struct timeline_row *row = row_of(timeline, event->other_tid, not_running(event->other_tid));
    if (row != NULL)
        change(timeline, row, event->time, TIMELINE_RUNNING);
}

static void wake(struct timeline *timeline, const struct trace_event *event)
{
    struct timeline_row *row = row_of(timeline, event->other_tid, TIMELINE_BLANK);
    if (row != NULL)
        change(timeline, row, event->time, TIMELINE_READY);
}

static void suspend(struct timeline *timeline, const struct trace_event *event)
{
    struct timeline_row *row = row_of(timeline, event->other_tid, TIMELINE_READY);
    if (row != NULL)
        change(timeline, row, event->time, TIMELINE_BLANK);
}

/* If it ends itself, and this is the first that is heard of it, the switch that follows tells that
 * it ran. */
static void end(struct timeline *timeline, const struct trace_event *event)
{
    struct timeline_row *row = row_of(timeline, event->tid, TIMELINE_BLANK);
    if (row == NULL)
        return;
    if (row->state != TIMELINE_BLANK)
        change(timeline, row, event->time, TIMELINE_BLANK);
    mark(timeline, row, event->time, RUN_ENDED);
    string_copy(row->name, event->text, sizeof(row->name));
}

/* Nobody knows what happened from `since` up to `time`. */
static void skip(struct timeline *timeline, uint64_t since, uint64_t time)
{
    for (unsigned i = 0; i < timeline->row_count; i++) {
        change(timeline, &timeline->rows[i], since, TIMELINE_UNKNOWN);
        pass(timeline, &timeline->rows[i], time);
    }
    know_from(timeline, time);
}

void timeline_add_event(struct timeline *timeline, const struct trace_event *event)
{
    if (event->type == TRACE_SWITCH) {
        lose_cpu(timeline, event);
        get_cpu(timeline, event);
    } else if (event->type == TRACE_WAKEUP) {
        wake(timeline, event);
    } else if (event->type == TRACE_SUSPENSION) {
        suspend(timeline, event);
    } else if (event->type == TRACE_END) {
        end(timeline, event);
    } else if (event->type == TRACE_GAP) {
        skip(timeline, event->since, event->time);
    }
}

/* --- The end of the window -------------------------------------------------------------------- */

void timeline_end_events(struct timeline *timeline, uint64_t known_until)
{
    timeline->has_ended = known_until < timeline->end;
    if (timeline->has_ended)
        skip(timeline, known_until, timeline->end);
}

/* Who was ready, and is not now, was suspended meanwhile: there is no event for that. */
void timeline_add_thread(struct timeline *timeline, int tid, enum thread_state state)
{
    enum timeline_state fill = TIMELINE_BLANK;
    if (timeline->has_ended)
        fill = TIMELINE_UNKNOWN;
    else if (state == THREAD_RUNNING)
        fill = TIMELINE_RUNNING;
    else if (state == THREAD_READY)
        fill = not_running(tid);
    unsigned known = timeline->row_count;
    struct timeline_row *row = row_of(timeline, tid, fill);
    if (row == NULL)
        return;
    if (timeline->row_count > known)
        row->is_active = false;
    if (row->state == TIMELINE_READY && fill == TIMELINE_BLANK)
        row->state = TIMELINE_BLANK;
}

struct timeline_row *timeline_add_row(struct timeline *timeline, int tid, const char *name)
{
    struct timeline_row *row = row_of(timeline, tid, TIMELINE_BLANK);
    if (row == NULL)
        return NULL;
    row->since = timeline->end;
    string_copy(row->name, name, sizeof(row->name));
    return row;
}

void timeline_drop_row(struct timeline *timeline)
{
    *slot_of(timeline, timeline->rows[timeline->row_count - 1].tid) = 0;
    timeline->row_count--;
}

static bool comes_before(const struct timeline_row *first, const struct timeline_row *second,
                         bool active_first)
{
    if (active_first && first->is_active != second->is_active)
        return first->is_active;
    return first->tid < second->tid;
}

/* Most rows stand right already: threads come up in the order in which they were created. */
static void insert(struct timeline *timeline, unsigned count, bool active_first)
{
    struct timeline_row **sorted = timeline->sorted;
    struct timeline_row *row = &timeline->rows[count];
    while (count > 0 && comes_before(row, sorted[count - 1], active_first)) {
        sorted[count] = sorted[count - 1];
        count--;
    }
    sorted[count] = row;
}

void timeline_finish(struct timeline *timeline, unsigned rows)
{
    for (unsigned i = 0; i < timeline->row_count; i++) {
        if (timeline->rows[i].state == TIMELINE_UNKNOWN && !timeline->has_ended)
            timeline->rows[i].state = TIMELINE_BLANK; /* it would have been told of otherwise */
        pass(timeline, &timeline->rows[i], timeline->end);
        insert(timeline, i, timeline->row_count > rows);
    }
}

/* --- Who starves ----------------------------------------------------------------------------- */

struct timeline_row *timeline_find_row(struct timeline *timeline, int tid)
{
    uint16_t slot = *slot_of(timeline, tid);
    return slot != 0 ? &timeline->rows[slot - 1] : NULL;
}

/* Where it ran nobody knows when in the column it began to wait. */
uint64_t timeline_waited_us(const struct run_cell *cells, unsigned columns, unsigned column_us,
                            uint64_t waited_us)
{
    for (unsigned i = 0; i < columns; i++) {
        bool has_waited = cells[i].run == 0 && cells[i].ready != 0 && !cells[i].is_unknown;
        waited_us += (uint64_t)column_us * cells[i].ready / RUN_WHOLE_COLUMN;
        if (!has_waited)
            waited_us = 0;
    }
    return waited_us;
}

void timeline_mark_starving(struct timeline_row *row, unsigned columns, unsigned column_us,
                            unsigned limit_us)
{
    uint64_t waited = row->waited_us;
    for (unsigned i = 0; i < columns; i++) {
        struct run_cell *cell = &row->cells[i];
        waited = timeline_waited_us(cell, 1, column_us, waited);
        bool is_waiting = cell->run == 0 && cell->marks == 0 && !cell->is_unknown &&
                          cell->ready * COUNTING_SHARE >= RUN_WHOLE_COLUMN;
        if (is_waiting && waited >= limit_us)
            cell->marks = TIMELINE_STARVING;
    }
}

/* --- Characters ------------------------------------------------------------------------------- */

static const struct {
    uint8_t mark;
    char most, less; /* it ran for half of the column at least, or for less */
} mark_characters[] = {
    {RUN_ENDED, 'X', 'x'},   {RUN_USED_UP, '>', ')'}, {RUN_PREEMPTED, '!', 'i'},
    {RUN_YIELDED, 'Y', 'y'}, {RUN_WAITED, 'Z', 'z'},  {TIMELINE_STARVING, '*', '*'},
};

static char shade(uint8_t run)
{
    return ",--==%%#"[run * 8 / (RUN_WHOLE_COLUMN + 1)];
}

/* Of several ends, that of the thread is shown: there is none behind it. A run that began at the
 * end of the column, which it does not end in, is shown where it goes on. */
char timeline_character(struct run_cell cell)
{
    if (cell.is_unknown)
        return '?';
    uint8_t marks = cell.marks & RUN_ENDED ? RUN_ENDED : cell.marks;
    for (unsigned i = 0; i < sizeof(mark_characters) / sizeof(mark_characters[0]); i++)
        if (marks == mark_characters[i].mark)
            return cell.run >= RUN_WHOLE_COLUMN / 2 ? mark_characters[i].most
                                                    : mark_characters[i].less;
    bool goes_on = cell.marks == 0 && cell.run * COUNTING_SHARE < RUN_WHOLE_COLUMN;
    if (cell.run != 0 && !goes_on)
        return shade(cell.run);
    return cell.ready * COUNTING_SHARE >= RUN_WHOLE_COLUMN ? '.' : ' ';
}
