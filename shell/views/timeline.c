/* Each row goes through time by itself, from one event of its thread to the next. */
#include "shell/views/timeline.h"

#include <stddef.h>

#include "kernel/lib/string.h"

#define IDLE_TID 0 /* never waits for the CPU: it takes what is left */

/* What counts in a column lasted for at least this part of it. */
#define COUNTING_SHARE 8u
#define RUNNING_SHARE  2u

static void know_from(struct timeline *timeline, uint64_t time)
{
    if (time > timeline->end)
        time = timeline->end;
    if (time > timeline->known_from)
        timeline->known_from = time;
    timeline->unknown_columns =
        (unsigned)((timeline->known_from - timeline->start) / timeline->column_cycles);
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
    timeline->row_count = timeline->active_count = 0;
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
        row->cells[i].fill = TIMELINE_UNKNOWN;
}

/* The row of thread `tid`. If it has none yet, it gets one; if it is the first that is heard of it
 * since the beginning or a gap, it has been in `state` since then. NULL: there is no room. */
static struct timeline_row *row_of(struct timeline *timeline, int tid, enum timeline_fill state)
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
    struct timeline_row *row = &timeline->rows[timeline->row_count++];
    *slot = (uint16_t)timeline->row_count;
    memset(row, 0, sizeof(*row));
    row->tid = tid;
    row->state = (uint8_t)state;
    begin_row(timeline, row);
    return row;
}

static enum timeline_fill fill_of(const struct timeline *timeline, const struct timeline_row *row)
{
    if (row->unknown * COUNTING_SHARE >= timeline->column_cycles)
        return TIMELINE_UNKNOWN;
    if (row->run * RUNNING_SHARE >= timeline->column_cycles)
        return TIMELINE_RUNNING;
    if (row->run * COUNTING_SHARE >= timeline->column_cycles)
        return TIMELINE_PARTLY;
    return row->ready * COUNTING_SHARE >= timeline->column_cycles ? TIMELINE_READY : TIMELINE_BLANK;
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
    row->cells[row->column].fill = (uint8_t)fill_of(timeline, row);
}

static void pass(const struct timeline *timeline, struct timeline_row *row, uint64_t time)
{
    if (time > timeline->end)
        time = timeline->end;
    while (row->since < time)
        pass_column(timeline, row, time);
}

static void change(const struct timeline *timeline, struct timeline_row *row, uint64_t time,
                   enum timeline_fill state)
{
    pass(timeline, row, time);
    row->state = (uint8_t)state;
}

/* What happens at the very edge ends the column on the left. */
static void mark(const struct timeline *timeline, struct timeline_row *row, uint64_t time,
                 enum timeline_mark mark)
{
    if (time <= timeline->known_from || time > timeline->end)
        return;
    struct timeline_cell *cell =
        &row->cells[(time - timeline->start - 1) / timeline->column_cycles];
    if (cell->mark < mark)
        cell->mark = (uint8_t)mark;
}

/* --- Events ------------------------------------------------------------------------------------
 */

static enum timeline_fill not_running(int tid)
{
    return tid == IDLE_TID ? TIMELINE_BLANK : TIMELINE_READY;
}

/* Whoever loses the CPU had it up to then, whatever was thought of it. */
static void lose_cpu(struct timeline *timeline, const struct trace_event *event)
{
    static const struct {
        uint8_t mark;
        uint8_t state;
    } endings[] = {
        [SWITCH_QUANTUM] = {TIMELINE_USED_UP, TIMELINE_READY},
        [SWITCH_PRIORITY] = {TIMELINE_PREEMPTED, TIMELINE_READY},
        [SWITCH_POLICY] = {TIMELINE_PREEMPTED, TIMELINE_READY},
        [SWITCH_YIELD] = {TIMELINE_YIELDED, TIMELINE_READY},
        [SWITCH_SLEEP] = {TIMELINE_WAITED, TIMELINE_BLANK},
        [SWITCH_BLOCK] = {TIMELINE_WAITED, TIMELINE_BLANK},
        [SWITCH_SUSPEND] = {TIMELINE_WAITED, TIMELINE_BLANK},
        [SWITCH_EXIT] = {TIMELINE_ENDED, TIMELINE_BLANK},
        [SWITCH_KILL] = {TIMELINE_ENDED, TIMELINE_BLANK},
        [SWITCH_IDLE] = {TIMELINE_NO_MARK, TIMELINE_BLANK},
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
    mark(timeline, row, event->time, TIMELINE_ENDED);
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
    timeline->active_count = timeline->row_count;
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
    enum timeline_fill fill = TIMELINE_BLANK;
    if (timeline->has_ended)
        fill = TIMELINE_UNKNOWN;
    else if (state == THREAD_RUNNING)
        fill = TIMELINE_RUNNING;
    else if (state == THREAD_READY)
        fill = not_running(tid);
    struct timeline_row *row = row_of(timeline, tid, fill);
    if (row != NULL && row->state == TIMELINE_READY && fill == TIMELINE_BLANK)
        row->state = TIMELINE_BLANK;
}

/* Most rows stand right already: threads come up in the order in which they were created. */
static void insert(struct timeline_row **sorted, unsigned count, struct timeline_row *row)
{
    while (count > 0 && sorted[count - 1]->tid > row->tid) {
        sorted[count] = sorted[count - 1];
        count--;
    }
    sorted[count] = row;
}

void timeline_finish(struct timeline *timeline, unsigned rows)
{
    unsigned first = 0; /* of those that are sorted together */
    for (unsigned i = 0; i < timeline->row_count; i++) {
        if (i == timeline->active_count && timeline->row_count > rows)
            first = i;
        if (timeline->rows[i].state == TIMELINE_UNKNOWN && !timeline->has_ended)
            timeline->rows[i].state = TIMELINE_BLANK; /* it would have been told of otherwise */
        pass(timeline, &timeline->rows[i], timeline->end);
        insert(timeline->sorted + first, i - first, &timeline->rows[i]);
    }
}

char timeline_character(struct timeline_cell cell)
{
    return cell.mark != TIMELINE_NO_MARK ? " zy!>x"[cell.mark] : " .+#?"[cell.fill];
}
