/* The ring of events: recording, starting and stopping. */
#include "sched/trace.h"

#include <stddef.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/observe/trace_ring.h"
#include "sched/policy.h"
#include "sched/state/attention.h"
#include "sched/state/critical_section.h"
#include "sched/state/state.h"

/* As much as a page of memory in so many, and within these. */
#define FREE_SHARE 32u
#define EVENTS_MIN 256u
#define EVENTS_MAX 32768u

#define RECORD_SIZE sizeof(struct trace_record)

struct trace_ring trace_ring; /* records: NULL until the first start */

static unsigned categories;        /* that are being recorded */
static unsigned wanted_categories; /* by whoever started the trace */
static unsigned holders;
static bool is_held; /* by one of them, and not stopped since */
static bool is_paused;
static bool is_for_holders; /* the ring: nobody has started the trace since it was made */
static unsigned clearings;
static uint64_t unrecorded_since; /* TSC: scheduling is not recorded; while it is: UINT64_MAX */
static struct trace_settings settings_at_start, settings_at_stop; /* of what is in the ring */

/* --- Recording -------------------------------------------------------------------------------- */

static struct trace_record *append_of_current(enum trace_type type, uint64_t now)
{
    struct trace_record *record = trace_append(now);
    record->identity = this_cpu()->running->identity;
    record->what = TRACE_WHAT(type, 0);
    return record;
}

void trace_wakeup(const struct thread *thread)
{
    append_of_current(TRACE_WAKEUP, thread->accounting.since)->other_identity = thread->identity;
}

void trace_suspension(const struct thread *thread)
{
    if (categories & TRACE_SCHEDULING)
        append_of_current(TRACE_SUSPENSION, tsc_read())->other_identity = thread->identity;
}

static __attribute__((noinline)) void append_end(const struct thread *thread)
{
    struct trace_record *record = append_of_current(TRACE_END, tsc_read());
    string_copy(record->text, thread->name, sizeof(record->text));
    record->object = (uint32_t)thread->tid;
}

/* As long as there are events their threads' names are needed, whatever is recorded by now. */
void trace_end(const struct thread *thread)
{
    if (trace_ring.next != 0 || (categories & TRACE_SCHEDULING))
        append_end(thread);
}

static void append_value(enum trace_type type, uint32_t value, const char *object)
{
    struct trace_record *record = append_of_current(type, tsc_read());
    record->other_identity = value;
    record->object = (uint32_t)(uint64_t)object;
}

void trace_contention(const char *lock_name)
{
    if (categories & TRACE_LOCKS)
        append_value(TRACE_CONTENTION, 0, lock_name);
}

void trace_setting(enum trace_type type, uint32_t value, const char *object)
{
    if (categories & TRACE_SETTINGS)
        append_value(type, value, object);
}

void trace_share(enum trace_type type, uint32_t value)
{
    if (categories & TRACE_SHARES)
        append_value(type, value, NULL);
}

void trace_stolen(uint64_t since)
{
    if (categories & TRACE_SCHEDULING)
        append_of_current(TRACE_STOLEN, tsc_read())->other_identity = since;
}

void trace_mark(const char *text)
{
    uint64_t flags = critical_enter();
    if (categories & TRACE_SETTINGS) {
        struct trace_record *record = append_of_current(TRACE_MARK, tsc_read());
        string_copy(record->text, text, sizeof(record->text));
        record->object = (uint32_t)this_cpu()->running->tid;
    }
    critical_exit(flags);
}

static void on_interrupt(unsigned line, bool is_entry)
{
    append_value(is_entry ? TRACE_INTERRUPT_ENTRY : TRACE_INTERRUPT_EXIT, line, NULL);
}

/* --- Starting and stopping ------------------------------------------------------------------- */

static struct trace_settings present_settings(void)
{
    return (struct trace_settings){
        .preemption = the_scheduler.is_preemptive,
        .quantum_ms = the_scheduler.quantum_ticks,
        .policy = policy_name(),
    };
}

/* What was changed while nothing was recorded. */
static void catch_up_with_settings(void)
{
    struct trace_settings now = present_settings();
    if (now.preemption != settings_at_stop.preemption)
        trace_setting(TRACE_PREEMPTION, now.preemption, NULL);
    if (now.quantum_ms != settings_at_stop.quantum_ms)
        trace_setting(TRACE_QUANTUM, now.quantum_ms, NULL);
    if (now.policy != settings_at_stop.policy)
        trace_setting(TRACE_POLICY, 0, now.policy);
}

static void close_gap(void)
{
    struct trace_record *record = append_of_current(TRACE_GAP, tsc_read());
    record->other_identity = unrecorded_since;
}

static void begin_recording(void)
{
    if (trace_ring.next == 0)
        settings_at_start = present_settings();
    else
        catch_up_with_settings();
}

/* If there is none yet. */
static int make_ring(void)
{
    if (trace_ring.records != NULL)
        return 0;
    uint64_t size = EVENTS_MAX;
    uint64_t room = frames_available() * FRAME_SIZE / FREE_SHARE / RECORD_SIZE;
    while (size > EVENTS_MIN && size > room)
        size /= 2;
    struct trace_record *memory = kmalloc(size * RECORD_SIZE);
    if (memory == NULL)
        return -ERROR_NO_MEMORY;
    uint64_t flags = critical_enter();
    if (trace_ring.records == NULL) {
        trace_ring.records = memory;
        trace_ring.mask = (size - 1) * RECORD_SIZE;
        memory = NULL;
    }
    critical_exit(flags);
    kfree(memory); /* somebody else was faster */
    return 0;
}

/* Begins a critical section in which there is a ring. */
static int enter_with_ring(uint64_t *flags)
{
    for (;;) {
        int error = make_ring();
        if (error != 0)
            return error;
        *flags = critical_enter();
        if (trace_ring.records != NULL)
            return 0;
        critical_exit(*flags); /* it has been given back meanwhile */
    }
}

/* Nobody records, nor is about to. Returns its memory, to be given back; interrupts off. */
static struct trace_record *take_ring_away(void)
{
    struct trace_record *memory = trace_ring.records;
    trace_ring = (struct trace_ring){0};
    clearings++;
    return memory;
}

/* Whether scheduling is recorded may have changed. */
static void note_scheduling(bool was_recorded)
{
    bool is_recorded = categories & TRACE_SCHEDULING;
    if (!is_recorded && (was_recorded || trace_ring.next == 0))
        unrecorded_since = tsc_read();
    if (!is_recorded || was_recorded)
        return;
    if (trace_ring.next != 0)
        close_gap();
    unrecorded_since = UINT64_MAX;
}

static void set_categories(unsigned wanted)
{
    bool had_begun = categories != 0;
    bool recorded_scheduling = categories & TRACE_SCHEDULING;
    categories = wanted;
    if (!had_begun && wanted != 0)
        begin_recording();
    else if (had_begun && wanted == 0)
        settings_at_stop = present_settings();
    note_scheduling(recorded_scheduling);
    attention_set(ATTENTION_TRACE, wanted & TRACE_SCHEDULING);
    interrupts_set_observer(wanted & TRACE_INTERRUPTS ? on_interrupt : NULL);
}

/* After a change of what decides about it; interrupts off. */
static void choose_categories(void)
{
    unsigned wanted = wanted_categories | (is_held ? TRACE_SCHEDULING : 0);
    set_categories(is_paused ? 0 : wanted);
}

int trace_start(unsigned wanted)
{
    uint64_t flags;
    int error = enter_with_ring(&flags);
    if (error != 0)
        return error;
    is_for_holders = false;
    wanted_categories = wanted;
    choose_categories();
    critical_exit(flags);
    return 0;
}

void trace_stop(void)
{
    uint64_t flags = critical_enter();
    wanted_categories = 0;
    is_held = false;
    choose_categories();
    critical_exit(flags);
}

int trace_hold(void)
{
    uint64_t flags;
    bool is_new = trace_ring.records == NULL;
    int error = enter_with_ring(&flags);
    if (error != 0)
        return error;
    if (is_new && holders == 0 && wanted_categories == 0 && trace_ring.next == 0)
        is_for_holders = true;
    holders++;
    is_held = true;
    choose_categories();
    critical_exit(flags);
    return 0;
}

void trace_release(void)
{
    struct trace_record *unused = NULL;
    uint64_t flags = critical_enter();
    if (--holders == 0)
        is_held = false;
    choose_categories();
    if (holders == 0 && is_for_holders)
        unused = take_ring_away();
    critical_exit(flags);
    kfree(unused);
}

static void set_paused(bool paused)
{
    uint64_t flags = critical_enter();
    is_paused = paused;
    choose_categories();
    critical_exit(flags);
}

void trace_pause(void)
{
    set_paused(true);
}

void trace_resume(void)
{
    set_paused(false);
}

void trace_clear(void)
{
    struct trace_record *unused = NULL;
    uint64_t flags = critical_enter();
    trace_ring.next = 0;
    clearings++;
    settings_at_start = present_settings();
    if (holders == 0 && wanted_categories == 0)
        unused = take_ring_away();
    critical_exit(flags);
    kfree(unused);
}

unsigned trace_clearings(void)
{
    return clearings;
}

uint64_t trace_recorded_until(void)
{
    return unrecorded_since;
}

unsigned trace_categories(void)
{
    return categories;
}

struct trace_settings trace_known_settings(void)
{
    if (trace_oldest() == 0)
        return settings_at_start;
    return categories != 0 ? present_settings() : settings_at_stop;
}
