/* The trace's ring: what is recorded of all that happens, what is kept, and whose names are known.
 */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "sched/trace.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"
#include "tests/kernel/trace_lines.h"

#define EQUAL      THREAD_PRIORITY_DEFAULT
#define ABOVE      (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW      (THREAD_PRIORITY_DEFAULT - 1)
#define MANY_MARKS 100000u /* more than the ring holds */

static struct mutex mutex;

static void lock_once(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
}

/* --- Categories ------------------------------------------------------------------------------- */

static unsigned category_of(enum trace_type type)
{
    switch (type) {
    case TRACE_SWITCH:
    case TRACE_WAKEUP:
    case TRACE_END:
        return TRACE_SCHEDULING;
    case TRACE_INTERRUPT_ENTRY:
    case TRACE_INTERRUPT_EXIT:
        return TRACE_INTERRUPTS;
    case TRACE_CONTENTION:
        return TRACE_LOCKS;
    default:
        return TRACE_SETTINGS;
    }
}

/* Something of everything. The one who waits for the mutex is killed when the trace has ended. */
static void do_everything(unsigned categories)
{
    mutex_init(&mutex, NULL);
    mutex_lock(&mutex, WAIT_FOREVER);
    int a = start_named("a", lock_once, NULL, EQUAL);
    record_trace(categories);
    thread_yield();
    spin_ticks(3);
    quantum_set_ms(50);
    trace_stop();
    stop(a);
    mutex_unlock(&mutex);
    mutex_destroy(&mutex);
}

/* Names are recorded in all cases, since all events need them. */
static unsigned categories_seen(void)
{
    struct trace_event event;
    unsigned seen = 0;
    for (uint64_t number = 0; trace_read(number, &event); number++)
        if (event.type != TRACE_END)
            seen |= category_of(event.type);
    return seen;
}

SELF_TEST(trace_records_what_is_wanted_and_nothing_else)
{
    for (unsigned wanted = 0; wanted <= TRACE_ALL; wanted++) {
        do_everything(wanted);
        EXPECT_EQUAL(categories_seen(), wanted);
    }
}

SELF_TEST(trace_tells_what_it_records)
{
    EXPECT_EQUAL(trace_categories(), 0);
    record_trace(TRACE_LOCKS | TRACE_SETTINGS);
    EXPECT_EQUAL(trace_categories(), TRACE_LOCKS | TRACE_SETTINGS);
    EXPECT_EQUAL(trace_start(TRACE_SCHEDULING), 0);
    EXPECT_EQUAL(trace_categories(), TRACE_SCHEDULING);
    trace_stop();
    EXPECT_EQUAL(trace_categories(), 0);
}

/* --- The ring --------------------------------------------------------------------------------- */

SELF_TEST(trace_stops_and_goes_on_behind_what_is_there)
{
    record_trace(TRACE_SETTINGS);
    trace_mark("one");
    trace_stop();
    trace_mark("lost");
    EXPECT_EQUAL(trace_start(TRACE_SETTINGS), 0);
    trace_mark("two");
    EXPECT_TRACE("mark one", "mark two");
    EXPECT_EQUAL(trace_oldest(), 0);
    EXPECT_EQUAL(trace_next(), 2);
}

SELF_TEST(trace_tells_of_gaps_in_what_it_knows_of_scheduling)
{
    struct trace_event event;
    uint64_t before = tsc_read();
    record_trace(TRACE_SETTINGS);
    EXPECT(trace_recorded_until() >= before && trace_recorded_until() <= tsc_read());
    trace_mark("one");
    uint64_t unrecorded_since = trace_recorded_until();
    EXPECT_EQUAL(trace_start(TRACE_SCHEDULING | TRACE_SETTINGS), 0);
    EXPECT_EQUAL(trace_recorded_until(), UINT64_MAX);
    EXPECT_EQUAL(trace_start(TRACE_SCHEDULING), 0); /* no gap between the two */
    EXPECT(trace_read(1, &event) && event.type == TRACE_GAP && event.since == unrecorded_since);
    trace_stop();
    uint64_t stopped_at = trace_recorded_until();
    EXPECT(stopped_at <= tsc_read() && stopped_at > event.time);
    EXPECT_EQUAL(trace_start(TRACE_ALL), 0);
    trace_stop();
    EXPECT(trace_read(2, &event) && event.type == TRACE_GAP && event.since == stopped_at);
}

SELF_TEST(trace_knows_the_settings_that_it_began_with)
{
    struct trace_settings settings;
    quantum_set_ms(30);
    preemption_set(true);
    record_trace(TRACE_SETTINGS);
    quantum_set_ms(40);
    trace_stop();
    quantum_set_ms(50);
    preemption_set(false);
    policy_choose("rr");
    trace_get_settings(&settings);
    EXPECT_EQUAL(settings.quantum_ms, 30);
    EXPECT(settings.preemption && strcmp(settings.policy, "prio") == 0);
    EXPECT_EQUAL(trace_start(TRACE_SETTINGS), 0);
    trace_stop();
    EXPECT_TRACE("quantum 40", "preempt off", "quantum 50", "policy rr");
    trace_clear();
    trace_get_settings(&settings);
    EXPECT(settings.quantum_ms == 50 && strcmp(settings.policy, "rr") == 0);
    policy_choose("prio");
}

SELF_TEST(trace_admits_not_to_know_settings_that_were_overwritten)
{
    struct trace_settings settings;
    quantum_set_ms(30);
    preemption_set(true);
    record_trace(TRACE_SETTINGS);
    for (uint64_t i = 0; i < MANY_MARKS; i++)
        trace_mark("many");
    quantum_set_ms(40);
    preemption_set(false);
    trace_stop();
    preemption_set(true);
    trace_get_settings(&settings);
    EXPECT_EQUAL(settings.quantum_ms, 0);
    EXPECT(settings.preemption && strcmp(settings.policy, "prio") == 0);
    trace_clear();
}

SELF_TEST(trace_clear_forgets_and_goes_on)
{
    struct trace_event event;
    record_trace(TRACE_SETTINGS);
    trace_mark("one");
    trace_mark("two");
    trace_clear();
    EXPECT_EQUAL(trace_next(), 0);
    EXPECT_EQUAL(trace_oldest(), 0);
    EXPECT(!trace_read(0, &event));
    trace_mark("three");
    EXPECT_TRACE("mark three");
}

static void expect_mark(uint64_t number, uint64_t expected)
{
    struct trace_event event = {0};
    char text[THREAD_NAME_SIZE];
    format_string(text, sizeof(text), "%lu", expected);
    EXPECT(trace_read(number, &event));
    EXPECT_EQUAL(event.type, TRACE_MARK);
    EXPECT_EQUAL(event.tid, thread_self());
    EXPECT_EQUAL(strcmp(event.text, text), 0);
}

SELF_TEST(trace_keeps_the_latest_events)
{
    struct trace_event event;
    char text[THREAD_NAME_SIZE];
    record_trace(TRACE_SETTINGS);
    for (uint64_t i = 0; i < MANY_MARKS; i++) {
        format_string(text, sizeof(text), "%lu", i);
        trace_mark(text);
    }
    trace_stop();
    uint64_t size = trace_next() - trace_oldest();
    EXPECT_EQUAL(trace_next(), MANY_MARKS);
    EXPECT(size >= 256 && size < MANY_MARKS && (size & (size - 1)) == 0);
    EXPECT(!trace_read(trace_oldest() - 1, &event));
    EXPECT(!trace_read(trace_next(), &event));
    for (uint64_t number = trace_oldest(); number < trace_next(); number++)
        expect_mark(number, number);
    trace_clear();
}

SELF_TEST(trace_times_never_go_back)
{
    struct trace_event event;
    uint64_t last = tsc_read();
    semaphore_init(&attempted_semaphore, 0);
    preemption_set(true);
    quantum_set_ms(1);
    record_trace(TRACE_ALL);
    int tids[] = {start(append_letter, LETTER("e"), EQUAL),
                  start(wait_for_semaphore_once, NULL, ABOVE),
                  start(append_letter, LETTER("b"), BELOW)};
    spin_ticks(10);
    semaphore_post(&attempted_semaphore);
    for (size_t i = 0; i < sizeof(tids) / sizeof(tids[0]); i++)
        finish(tids[i]);
    trace_stop();
    EXPECT(trace_next() > 20);
    EXPECT(trace_time_zero() < last);
    for (uint64_t number = 0; trace_read(number, &event); number++) {
        EXPECT(event.time >= last);
        last = event.time;
    }
    EXPECT(last <= tsc_read());
}

/* --- Names ------------------------------------------------------------------------------------ */

static void expect_name(int tid, const char *expected)
{
    char name[THREAD_NAME_SIZE];
    trace_thread_name(tid, name);
    EXPECT_EQUAL(strcmp(name, expected), 0);
}

SELF_TEST(trace_knows_the_names_of_threads_that_have_ended)
{
    semaphore_init(&attempted_semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int ends_before = start_named("before", append_letter, LETTER("b"), EQUAL);
    int killed_after = start_named("after", wait_for_semaphore_once, NULL, EQUAL);
    finish(ends_before);
    trace_stop();
    stop(killed_after);
    expect_name(ends_before, "before");
    expect_name(killed_after, "after");
    expect_name(0, "idle");
    expect_name(thread_self(), "self-tests");
    expect_name(killed_after + 1, "?");
    trace_clear();
    expect_name(ends_before, "?");
}

/* Nothing can be told of a thread without events. */
SELF_TEST(trace_that_is_empty_records_no_names)
{
    record_trace(TRACE_SETTINGS);
    trace_stop();
    finish(start(append_letter, LETTER("e"), EQUAL));
    EXPECT_EQUAL(trace_next(), 0);
}
