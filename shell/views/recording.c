/* Reads the trace's ring, or a copy of it. */
#include "shell/views/recording.h"

#include <stddef.h>

#include "drivers/clock/pit.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"

struct recording *recording_begin(void)
{
    struct recording *recording = kmalloc_zeroed(sizeof(*recording));
    if (recording == NULL)
        return NULL;
    recording->clearings = trace_clearings();
    bool is_recorded = trace_categories() & TRACE_SCHEDULING;
    recording->first = is_recorded ? 0 : trace_next();
    if (trace_hold() != 0) {
        kfree(recording);
        return NULL;
    }
    recording->known_from = is_recorded ? 0 : tsc_read();
    return recording;
}

void recording_end(struct recording *recording)
{
    if (recording == NULL)
        return;
    trace_release();
    recording_thaw(recording);
    kfree(recording);
}

/* --- The end of the recording ----------------------------------------------------------------- */

/*
 * Whom a tick has woken knows when it began: a moment ago. Who looks in the middle of a tick, or
 * was woken behind others, is late, and believes the looks before more than this one. Who is later
 * than a whole tick has lost ticks.
 */
#define BELIEF_SHARE 16u

static uint64_t believe(uint64_t expected, uint64_t now, uint64_t cycles_per_tick)
{
    bool is_late = now > expected && now - expected < cycles_per_tick;
    return is_late ? expected + (now - expected) / BELIEF_SHARE : now;
}

#define SAMPLE_CYCLES (1ull << 30) /* long enough for an exact rate */

void recording_look_at_clocks(struct recording *recording)
{
    uint64_t flags = interrupts_save();
    uint64_t tick = clock_ticks();
    uint64_t now = tsc_read();
    interrupts_restore(flags);
    uint64_t cycles_per_tick = pit_tick_ns() * SAMPLE_CYCLES / (tsc_to_ns(SAMPLE_CYCLES) | 1);
    uint64_t expected = recording->now_tsc + (tick - recording->now_tick) * cycles_per_tick;
    bool is_first = recording->now_tsc == 0;
    recording->now_tsc = is_first ? now : believe(expected, now, cycles_per_tick);
    recording->now_tick = tick;
    recording->cycles_per_tick = cycles_per_tick;
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
            recording->threads[count++].state = thread.state;
        }
    }
    recording->thread_count = count;
}

void recording_extend(struct recording *recording, unsigned rows)
{
    recording->rows = rows;
    recording_look_at_clocks(recording);
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

int recording_freeze(struct recording *recording)
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

void recording_thaw(struct recording *recording)
{
    kfree(recording->frozen);
    recording->frozen = NULL;
}

/* --- Charts ------------------------------------------------------------------------------------
 */

/* What a tick causes comes within this part of a tick, and is to end the column on the left. */
#define REACTION_SHARE 16u

/* When the column begins that begins with `tick`. */
static uint64_t start_of_column(const struct recording *recording, uint64_t tick)
{
    return recording->now_tsc - (recording->now_tick - tick) * recording->cycles_per_tick +
           recording->cycles_per_tick / REACTION_SHARE;
}

uint64_t recording_start_tick(struct recording *recording)
{
    forget_lost_events(recording);
    if (recording->known_from >= recording->now_tsc)
        return recording->now_tick;
    uint64_t age = recording->now_tsc - recording->known_from;
    uint64_t ticks = (age + recording->cycles_per_tick - 1) / recording->cycles_per_tick;
    return ticks < recording->now_tick ? recording->now_tick - ticks : 0;
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

void recording_draw(struct recording *recording, uint64_t tick, unsigned column_ticks,
                    unsigned columns)
{
    struct trace_event event;
    struct timeline *timeline = &recording->timeline;
    uint64_t start = start_of_column(recording, tick);
    forget_lost_events(recording);
    timeline_begin(timeline, start, column_ticks * recording->cycles_per_tick, columns,
                   recording->known_from);
    uint64_t end = end_of_events(recording);
    for (uint64_t number = find_event(recording, start); number < end; number++)
        if (read_event(recording, number, &event))
            timeline_add_event(timeline, &event);
    timeline_end_events(timeline, recording->known_until);
    for (unsigned i = 0; i < recording->thread_count; i++)
        timeline_add_thread(timeline, recording->threads[i].tid, recording->threads[i].state);
    timeline_finish(timeline, recording->rows);
}

void recording_thread_name(const struct timeline_row *row, char name[THREAD_NAME_SIZE])
{
    if (row->name[0] != '\0' || thread_get_name(row->tid, name) != 0)
        string_copy(name, row->name[0] != '\0' ? row->name : "?", THREAD_NAME_SIZE);
}
