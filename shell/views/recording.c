/* Reads the run chart, and the trace's ring, or copies of them. */
#include "shell/views/recording.h"

#include <stddef.h>

#include "drivers/clock/pit.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "shell/views/thread_text.h"

static int hold_trace(struct recording *recording)
{
    recording->clearings = trace_clearings();
    bool is_recorded = trace_categories() & TRACE_SCHEDULING;
    recording->first = is_recorded ? 0 : trace_next();
    int error = trace_hold();
    recording->known_from = is_recorded ? 0 : tsc_read();
    return error;
}

unsigned recording_make_room(struct recording *recording, unsigned columns)
{
    if (columns <= recording->columns)
        return columns;
    struct run_cell *cells = kmalloc_zeroed((TIMELINE_ROWS + 1) * (size_t)columns * sizeof(*cells));
    if (cells == NULL)
        return recording->columns;
    kfree(recording->cells);
    recording->cells = cells;
    recording->columns = columns;
    timeline_set_cells(&recording->timeline, cells, columns);
    recording->stolen.cells = &cells[TIMELINE_ROWS * columns];
    return columns;
}

/* All of what begins, or nothing. */
static bool begin(struct recording *recording, unsigned columns)
{
    if (recording_make_room(recording, columns) != columns || run_chart_hold() != 0)
        return false;
    if (hold_trace(recording) == 0)
        return true;
    run_chart_release();
    return false;
}

struct recording *recording_begin(unsigned columns)
{
    struct recording *recording = kmalloc_zeroed(sizeof(*recording));
    if (recording == NULL || begin(recording, columns))
        return recording;
    kfree(recording->cells);
    kfree(recording);
    return NULL;
}

void recording_end(struct recording *recording)
{
    if (recording == NULL)
        return;
    recording_thaw(recording);
    run_chart_release();
    trace_release();
    kfree(recording->cells);
    kfree(recording);
}

/* --- The end of the recording ----------------------------------------------------------------- */

#define SAMPLE_CYCLES (1ull << 30) /* long enough for an exact rate */

static void look_at_clocks(struct recording *recording)
{
    uint64_t flags = interrupts_save();
    recording->now_tick = clock_ticks();
    recording->now_tsc = clock_tick_began();
    interrupts_restore(flags);
    recording->cycles_per_tick = pit_tick_ns() * SAMPLE_CYCLES / (tsc_to_ns(SAMPLE_CYCLES) | 1);
}

/* Those of whom events may not tell all: who waits for the CPU all the time, and who was suspended
 * while it did. */
static void look_at_threads(struct recording *recording)
{
    struct thread_information thread;
    bool are_few = thread_count() <= recording->rows;
    unsigned count = 0;
    for (int tid = thread_next(-1); tid >= 0 && count < TIMELINE_ROWS; tid = thread_next(tid)) {
        if (thread_get_information(tid, &thread) != 0)
            continue;
        if (are_few || thread.state == THREAD_READY || thread.state == THREAD_SUSPENDED) {
            recording->threads[count].tid = tid;
            recording->threads[count].waiting_ticks = thread.is_idle ? 0 : thread.waiting_ticks;
            recording->threads[count++].state = thread.state;
        }
    }
    recording->thread_count = count;
}

void recording_extend(struct recording *recording, unsigned rows)
{
    recording->rows = rows;
    look_at_clocks(recording);
    look_at_threads(recording);
    recording->known_until = trace_recorded_until();
}

/* --- Events ------------------------------------------------------------------------------------
 */

static uint64_t end_of_events(const struct recording *recording)
{
    return recording->frozen != NULL ? recording->frozen_end : trace_next();
}

static bool read_event(const struct recording *recording, uint64_t number,
                       struct trace_event *event)
{
    if (recording->frozen == NULL)
        return trace_read(number, event);
    *event = recording->frozen[number - recording->first];
    return true;
}

/* What has been overwritten is forgotten; somebody may even have cleared the trace. */
static void forget_lost_events(struct recording *recording)
{
    struct trace_event oldest;
    if (recording->frozen != NULL)
        return;
    bool is_cleared = recording->clearings != trace_clearings();
    recording->clearings = trace_clearings();
    if (!is_cleared && recording->first >= trace_oldest() && recording->known_from != 0)
        return;
    recording->first = trace_oldest();
    recording->known_from = trace_read(recording->first, &oldest) ? oldest.time : tsc_read();
}

static int freeze_events(struct recording *recording)
{
    uint64_t count = 0;
    forget_lost_events(recording);
    uint64_t room = trace_next() - recording->first + 1;
    struct trace_event *events = kmalloc(room * sizeof(*events));
    if (events == NULL)
        return -ERROR_NO_MEMORY;
    while (count < room && trace_read(recording->first + count, &events[count]))
        count++;
    recording->frozen_end = recording->first + count;
    recording->frozen = events;
    return 0;
}

int recording_freeze(struct recording *recording)
{
    recording->chart = run_chart_copy();
    if (recording->chart == NULL || freeze_events(recording) != 0) {
        recording_thaw(recording);
        return -ERROR_NO_MEMORY;
    }
    return 0;
}

void recording_thaw(struct recording *recording)
{
    kfree(recording->chart);
    kfree(recording->frozen);
    recording->chart = NULL;
    recording->frozen = NULL;
}

/* --- Moments ---------------------------------------------------------------------------------- */

uint64_t recording_now(const struct recording *recording)
{
    return recording->now_tick * US_PER_TICK;
}

uint64_t recording_align(const struct recording *recording, uint64_t moment, unsigned column_us)
{
    uint64_t offset = run_chart_begin(recording->chart) * US_PER_TICK % column_us;
    return moment >= offset ? moment - (moment - offset) % column_us : 0;
}

/* What a tick causes comes within this part of a tick, and is to end the column on the left: so
 * columns begin later by it, and shorter ones by the same part of their own. */
#define REACTION_SHARE 16u

static uint64_t tsc_at(const struct recording *recording, uint64_t moment, unsigned column_us)
{
    unsigned length_us = column_us < US_PER_TICK ? column_us : US_PER_TICK;
    uint64_t reaction = recording->cycles_per_tick * length_us / US_PER_TICK / REACTION_SHARE;
    int64_t distance = (int64_t)(moment - recording_now(recording));
    return recording->now_tsc +
           (uint64_t)(distance * (int64_t)recording->cycles_per_tick / (int64_t)US_PER_TICK) +
           reaction;
}

/* --- Charts ------------------------------------------------------------------------------------
 */

static uint64_t start_of_events(struct recording *recording)
{
    forget_lost_events(recording);
    if (recording->known_from >= recording->now_tsc)
        return recording_now(recording);
    uint64_t age = recording->now_tsc - recording->known_from;
    uint64_t us = age * US_PER_TICK / recording->cycles_per_tick;
    uint64_t now = recording_now(recording);
    return us < now ? now - us : 0;
}

static uint64_t start_of_chart(const struct recording *recording, unsigned column_us)
{
    return run_chart_oldest(recording->chart, column_us / US_PER_TICK, recording->now_tick) *
           US_PER_TICK;
}

uint64_t recording_start(struct recording *recording, unsigned column_us)
{
    uint64_t chart = column_us >= US_PER_TICK ? start_of_chart(recording, column_us) : UINT64_MAX;
    uint64_t events = start_of_events(recording);
    return events < chart ? events : chart;
}

/* The number of the first event at TSC `time` or later. */
static uint64_t find_event(const struct recording *recording, uint64_t time)
{
    struct trace_event event;
    uint64_t low = recording->first;
    uint64_t high = end_of_events(recording);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (read_event(recording, middle, &event) && event.time >= time)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void draw_events(struct recording *recording, uint64_t start)
{
    struct trace_event event;
    struct timeline *timeline = &recording->timeline;
    uint64_t end = end_of_events(recording);
    for (uint64_t number = find_event(recording, start); number < end; number++)
        if (read_event(recording, number, &event))
            timeline_add_event(timeline, &event);
    timeline_end_events(timeline, recording->known_until);
}

/* Whether anything is to be seen in a row. */
static bool note_activity(struct timeline_row *row, unsigned columns)
{
    bool is_blank = true;
    row->is_active = false;
    for (unsigned i = 0; i < columns; i++) {
        const struct run_cell *cell = &row->cells[i];
        row->is_active |= cell->run != 0 || cell->marks != 0;
        is_blank &= cell->ready == 0 || cell->is_unknown;
    }
    return row->is_active || !is_blank;
}

/* It waits for nothing while the machine is away. */
static void give_back_stolen(struct run_cell *cell, uint8_t stolen)
{
    if (cell->ready > RUN_WHOLE_COLUMN - stolen)
        cell->ready = (uint8_t)(RUN_WHOLE_COLUMN - stolen);
}

/* What it does by now is not what it did all the time. */
static void note_in_chart(struct recording *recording, int tid)
{
    for (unsigned i = 0; i < recording->thread_count; i++)
        if (recording->threads[i].tid == tid)
            recording->threads[i].is_in_chart = true;
}

static void draw_thread(struct recording *recording, unsigned index, int tid, const char *name,
                        uint64_t tick, unsigned column_ticks, unsigned columns)
{
    struct timeline_row *row = timeline_add_row(&recording->timeline, tid, name);
    if (row == NULL)
        return;
    run_chart_read(recording->chart, index, column_ticks, tick, columns, row->cells);
    for (unsigned i = 0; recording->has_stolen && i < columns; i++)
        give_back_stolen(&row->cells[i], recording->stolen.cells[i].run);
    note_in_chart(recording, tid);
    if (!note_activity(row, columns))
        timeline_drop_row(&recording->timeline);
}

static void draw_run_chart(struct recording *recording, uint64_t tick, unsigned column_ticks,
                           unsigned columns)
{
    int tid;
    char name[THREAD_NAME_SIZE];
    struct timeline_row *stolen = &recording->stolen;
    run_chart_read(recording->chart, RUN_CHART_STOLEN, column_ticks, tick, columns, stolen->cells);
    recording->has_stolen = note_activity(stolen, columns) && stolen->is_active;
    for (unsigned i = 0; run_chart_thread(recording->chart, i, &tid, name); i++)
        draw_thread(recording, i, tid, name, tick, column_ticks, columns);
}

/* Of few threads all have a row. */
static void draw_others(struct recording *recording)
{
    bool are_few = recording->thread_count <= recording->rows;
    for (unsigned i = 0; i < recording->thread_count; i++) {
        bool is_known = recording->threads[i].is_in_chart;
        if (!is_known || are_few)
            timeline_add_thread(&recording->timeline, recording->threads[i].tid,
                                is_known ? THREAD_SLEEPING : recording->threads[i].state);
    }
}

/* Events are asked only for what the run chart cannot tell, or has forgotten while they have not.
 */
static bool is_in_chart(struct recording *recording, uint64_t moment, unsigned column_us)
{
    if (column_us < US_PER_TICK)
        return false;
    uint64_t chart = start_of_chart(recording, column_us);
    return moment >= chart || start_of_events(recording) > chart;
}

/* --- Who starves ------------------------------------------------------------------------------ */

#define STARVING_US  (STARVING_TICKS * US_PER_TICK)
#define LONG_COLUMN  100u /* ticks, of the longest that are read of the time before a chart */
#define COLUMNS_READ (STARVING_TICKS / LONG_COLUMN + 1)

/* For how long thread `index` of the run chart had been waiting at `moment`: a second and a bit at
 * most. That is read in columns that become shorter. */
static uint64_t waited_before(const struct recording *recording, unsigned index, uint64_t moment)
{
    struct run_cell cells[COLUMNS_READ];
    uint64_t first = run_chart_begin(recording->chart);
    uint64_t end = moment / US_PER_TICK;
    uint64_t waited = 0;
    if (end < first)
        return 0;
    end -= first;
    uint64_t tick = end > STARVING_TICKS ? end - STARVING_TICKS : 0;
    tick -= tick % LONG_COLUMN;
    for (unsigned column = LONG_COLUMN; column > 0 && tick <= end; column /= 10) {
        unsigned columns = (unsigned)(end - tick) / column;
        run_chart_read(recording->chart, index, column, first + tick, columns, cells);
        waited = timeline_waited_us(cells, columns, column * US_PER_TICK, waited);
        tick += columns * column;
    }
    return waited;
}

/* Only of who waits at the left edge it is asked for how long it has been. */
static void look_before(struct recording *recording, uint64_t moment)
{
    int tid;
    char name[THREAD_NAME_SIZE];
    for (unsigned i = 0; run_chart_thread(recording->chart, i, &tid, name); i++) {
        struct timeline_row *row = timeline_find_row(&recording->timeline, tid);
        if (row != NULL && row->cells[0].run == 0 && row->cells[0].ready != 0)
            row->waited_us = waited_before(recording, i, moment);
    }
}

/* Who has been waiting since before `moment`, and still is by now, says so itself. */
static void look_at_waiting(struct recording *recording, uint64_t moment)
{
    uint64_t passed = recording_now(recording) - moment;
    for (unsigned i = 0; i < recording->thread_count; i++) {
        uint64_t waiting = (uint64_t)recording->threads[i].waiting_ticks * US_PER_TICK;
        struct timeline_row *row =
            timeline_find_row(&recording->timeline, recording->threads[i].tid);
        if (row != NULL && waiting > passed)
            row->waited_us = waiting - passed;
    }
}

static void mark_starving(struct recording *recording, uint64_t moment, unsigned column_us,
                          unsigned columns)
{
    struct timeline *timeline = &recording->timeline;
    look_before(recording, moment);
    look_at_waiting(recording, moment);
    for (unsigned i = 0; i < timeline->row_count; i++)
        timeline_mark_starving(&timeline->rows[i], columns, column_us, STARVING_US);
}

void recording_draw(struct recording *recording, uint64_t moment, unsigned column_us,
                    unsigned columns)
{
    uint64_t start = tsc_at(recording, moment, column_us);
    uint64_t length = column_us * recording->cycles_per_tick / US_PER_TICK;
    bool is_from_chart = is_in_chart(recording, moment, column_us);
    recording->has_stolen = false;
    for (unsigned i = 0; i < recording->thread_count; i++)
        recording->threads[i].is_in_chart = false;
    timeline_begin(&recording->timeline, start, length, columns,
                   is_from_chart ? 0 : recording->known_from);
    if (is_from_chart)
        draw_run_chart(recording, moment / US_PER_TICK, column_us / US_PER_TICK, columns);
    else
        draw_events(recording, start);
    if (!recording_has_left_out(recording))
        draw_others(recording);
    timeline_finish(&recording->timeline, recording->rows);
    if (columns > 0)
        mark_starving(recording, moment, column_us, columns);
}

bool recording_has_left_out(const struct recording *recording)
{
    return run_chart_is_full(recording->chart) || recording->timeline.row_count == TIMELINE_ROWS;
}

void recording_thread_name(const struct timeline_row *row, char name[THREAD_NAME_SIZE])
{
    if (row->name[0] != '\0' || thread_get_name(row->tid, name) != 0)
        string_copy(name, row->name[0] != '\0' ? row->name : "?", THREAD_NAME_SIZE);
}
