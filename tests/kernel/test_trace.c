/*
 * The trace: which events come, in which order, and why. The scenarios are cooperative, so that the
 * stress build has the same order, but where preemption is the subject.
 */
#include "sched/trace.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"
#include "tests/kernel/subjects.h"
#include "tests/kernel/trace_lines.h"

#define EQUAL      THREAD_PRIORITY_DEFAULT
#define ABOVE      (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW      (THREAD_PRIORITY_DEFAULT - 1)
#define TIMER      0u
#define MANY_MARKS 100000u /* more than the ring holds */

static struct semaphore semaphore;
static struct mutex mutex;
static struct rwlock rwlock;

static void do_nothing(void *argument)
{
    (void)argument;
}

static void yield_once(void *argument)
{
    (void)argument;
    thread_yield();
}

static void wait_once(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(semaphore_wait(&semaphore, WAIT_FOREVER), 0);
}

/* --- Why threads lose the CPU, and who gets it ------------------------------------------------ */

SELF_TEST(trace_tells_yields_and_ends)
{
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", yield_once, NULL, EQUAL);
    int b = start_named("b", yield_once, NULL, EQUAL);
    finish(a);
    finish(b);
    EXPECT_TRACE("m wakes a", "m wakes b", "m>a block join", "a>b yield", "b>a yield", "a ends",
                 "a wakes m", "a>b exit", "b ends", "b>m exit");
}

static void sleep_once(void *argument)
{
    (void)argument;
    thread_sleep_ms(3);
}

/* The timer's interrupt wakes: whoever it interrupts stands for it. */
SELF_TEST(trace_tells_sleeps_and_who_was_interrupted_by_the_wakeup)
{
    record_trace(TRACE_SCHEDULING);
    finish(start_named("a", sleep_once, NULL, EQUAL));
    EXPECT_TRACE("m wakes a", "m>a block join", "a>idle sleep", "idle wakes a", "idle>a idle",
                 "a ends", "a wakes m", "a>m exit");
}

SELF_TEST(trace_tells_blocking_and_the_waker)
{
    semaphore_init(&semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", wait_once, NULL, EQUAL);
    thread_yield();
    semaphore_post(&semaphore);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a yield", "a>m block semaphore", "m wakes a", "m>a block join",
                 "a ends", "a wakes m", "a>m exit");
}

static void lock_once(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
}

SELF_TEST(trace_names_the_mutex_that_is_waited_for)
{
    mutex_init(&mutex, "traced lock");
    mutex_lock(&mutex, WAIT_FOREVER);
    record_trace(TRACE_SCHEDULING | TRACE_LOCKS);
    int a = start_named("a", lock_once, NULL, EQUAL);
    thread_yield();
    mutex_unlock(&mutex);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a yield", "a contends traced lock", "a>m block mutex:traced lock",
                 "m wakes a", "m>a block join", "a ends", "a wakes m", "a>m exit");
    mutex_destroy(&mutex);
}

static void read_once(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), 0);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

SELF_TEST(trace_names_the_rwlock_that_is_waited_for)
{
    rwlock_init(&rwlock, "traced rwlock");
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), 0);
    record_trace(TRACE_SCHEDULING | TRACE_LOCKS);
    int a = start_named("a", read_once, NULL, EQUAL);
    thread_yield();
    rwlock_unlock(&rwlock);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a yield", "a contends traced rwlock",
                 "a>m block rwlock:traced rwlock", "m wakes a", "m>a block join", "a ends",
                 "a wakes m", "a>m exit");
    rwlock_destroy(&rwlock);
}

/* It is in memory that may be something else when the trace is read. */
SELF_TEST(trace_leaves_out_a_locks_name_that_is_no_constant)
{
    char name[] = "passing";
    mutex_init(&mutex, name);
    mutex_lock(&mutex, WAIT_FOREVER);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", lock_once, NULL, EQUAL);
    thread_yield();
    trace_stop();
    mutex_unlock(&mutex);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a yield", "a>m block mutex", "a ends");
    mutex_destroy(&mutex);
}

static const struct {
    const struct subject *subject;
    enum wait_kind kind;
} waits[] = {
    {&semaphore_subject, WAIT_FOR_SEMAPHORE}, {&mutex_subject, WAIT_FOR_MUTEX},
    {&rwlock_subject, WAIT_FOR_RWLOCK},       {&condition_subject, WAIT_FOR_CONDITION},
    {&receiver_subject, WAIT_FOR_MESSAGE},    {&sender_subject, WAIT_FOR_MESSAGE_ROOM},
    {&pool_subject, WAIT_FOR_MEMORY_BLOCK},   {&events_subject, WAIT_FOR_EVENT_FLAGS},
};

static void wait_and_leave(void *argument)
{
    const struct subject *subject = argument;
    EXPECT_EQUAL(subject->wait(WAIT_FOREVER), 0);
    if (subject->leave != NULL)
        subject->leave();
}

static void expect_block(uint64_t number, int tid, enum wait_kind kind)
{
    struct trace_event event = {0};
    EXPECT(trace_read(number, &event));
    EXPECT_EQUAL(event.type, TRACE_SWITCH);
    EXPECT_EQUAL(event.tid, tid);
    EXPECT_EQUAL(event.reason, SWITCH_BLOCK);
    EXPECT_EQUAL(event.wait_kind, kind);
}

SELF_TEST(trace_tells_what_is_waited_for)
{
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        const struct subject *subject = waits[i].subject;
        subject->prepare();
        record_trace(TRACE_SCHEDULING);
        int tid = start(wait_and_leave, (void *)(uintptr_t)subject, EQUAL);
        thread_yield();
        trace_stop();
        expect_block(2, tid, waits[i].kind);
        subject->serve();
        finish(tid);
        if (subject->destroy != NULL)
            subject->destroy();
    }
}

static void suspend_itself(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(thread_suspend(thread_self()), 0);
}

SELF_TEST(trace_tells_suspensions)
{
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", suspend_itself, NULL, EQUAL);
    thread_yield();
    thread_resume(a);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a yield", "a>m suspend", "m wakes a", "m>a block join", "a ends",
                 "a wakes m", "a>m exit");
}

static void kill_itself(void *argument)
{
    (void)argument;
    thread_kill(thread_self());
}

SELF_TEST(trace_tells_a_thread_that_kills_itself_from_one_that_is_killed)
{
    semaphore_init(&semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", kill_itself, NULL, EQUAL);
    int b = start_named("b", wait_once, NULL, EQUAL);
    thread_yield();
    EXPECT_EQUAL(thread_kill(b), 0);
    finish(a);
    finish(b);
    EXPECT_TRACE("m wakes a", "m wakes b", "m>a yield", "a ends", "a>b kill", "b>m block semaphore",
                 "b ends");
}

SELF_TEST(trace_tells_priorities)
{
    struct trace_event event = {0};
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", do_nothing, NULL, BELOW);
    finish(a);
    trace_stop();
    EXPECT(trace_read(0, &event));
    EXPECT_EQUAL(event.tid, thread_self());
    EXPECT_EQUAL(event.priority, EQUAL);
    EXPECT_EQUAL(event.other_tid, a);
    EXPECT_EQUAL(event.other_priority, BELOW);
    EXPECT(trace_read(1, &event));
    EXPECT_EQUAL(event.priority, EQUAL);
    EXPECT_EQUAL(event.other_priority, BELOW);
    EXPECT(trace_read(4, &event)); /* a's last: it has been freed meanwhile */
    EXPECT_EQUAL(event.tid, a);
    EXPECT_EQUAL(event.reason, SWITCH_EXIT);
    EXPECT_EQUAL(event.priority, BELOW);
    EXPECT_EQUAL(event.other_priority, EQUAL);
}

#if CONFIG_PREEMPT

SELF_TEST(trace_tells_that_a_more_urgent_thread_came)
{
    preemption_set(true);
    record_trace(TRACE_SCHEDULING);
    finish(start_named("a", do_nothing, NULL, ABOVE));
    EXPECT_TRACE("m wakes a", "m>a priority", "a ends", "a>m exit");
}

SELF_TEST(trace_tells_that_a_thread_made_itself_less_urgent)
{
    preemption_set(true);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", do_nothing, NULL, BELOW);
    thread_set_priority(thread_self(), BELOW - 1);
    finish(a);
    EXPECT_TRACE("m wakes a", "m>a priority", "a ends", "a>m exit");
}

/* Ticks that fall into a section with preemption off must not be taken for the quantum's end. */
SELF_TEST(trace_tells_the_reason_of_a_switch_that_had_to_wait)
{
    preemption_set(true);
    for (int ticks_first = 0; ticks_first < 2; ticks_first++) {
        record_trace(TRACE_SCHEDULING);
        preempt_disable();
        if (ticks_first)
            spin_ticks(2);
        int a = start_named("a", do_nothing, NULL, ABOVE);
        if (!ticks_first)
            spin_ticks(2);
        preempt_enable();
        finish(a);
        EXPECT_TRACE("m wakes a", "m>a priority", "a ends", "a>m exit");
    }
}

static void spin(void *argument)
{
    spin_ticks((uint64_t)argument);
}

/* In the stress build equals take turns wherever they can. */
SELF_TEST(trace_tells_that_the_quantum_was_used_up)
{
    quantum_set_ms(3);
    preemption_set(true);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", spin, (void *)8ul, EQUAL);
    int b = start_named("b", spin, (void *)5ul, EQUAL);
    finish(a);
    finish(b);
    if (!CONFIG_STRESS)
        EXPECT_TRACE("m wakes a", "m wakes b", "m>a block join", "a>b quantum", "b>a quantum",
                     "a ends", "a wakes m", "a>b exit", "b ends", "b>m exit");
}

SELF_TEST(trace_tells_what_was_done_to_preemption)
{
    record_trace(TRACE_SETTINGS);
    preemption_set(true);
    trace_mark("between");
    preemption_set(false);
    EXPECT_TRACE("preempt on", "mark between", "preempt off");
}

#endif

/* --- Settings and marks ----------------------------------------------------------------------- */

SELF_TEST(trace_tells_changes_of_quantum_and_policy)
{
    record_trace(TRACE_SETTINGS);
    quantum_set_ms(7);
    EXPECT_EQUAL(quantum_set_ms(0), -ERROR_INVALID);
    EXPECT_EQUAL(policy_choose("rr"), 0);
    EXPECT_EQUAL(policy_choose("rr"), 0);
    EXPECT_EQUAL(policy_choose("prio"), 0);
    harmony_set_auto_quantum(true);
    harmony_set_auto_quantum(true);
    unsigned automatic = quantum_get_ms();
    quantum_set_ms(automatic);
    trace_stop();
    struct trace_event event = {0};
    EXPECT(trace_read(3, &event));
    EXPECT_EQUAL(event.value, automatic);
    char line[THREAD_NAME_SIZE];
    format_string(line, sizeof(line), "quantum %u", automatic);
    EXPECT_TRACE("quantum 7", "policy rr", "policy prio", line, line);
}

SELF_TEST(trace_cuts_a_mark_and_takes_any)
{
    record_trace(TRACE_SETTINGS);
    trace_mark("");
    trace_mark("fifteen_letters");
    trace_mark("sixteen__letters");
    EXPECT_TRACE("mark ", "mark fifteen_letters", "mark sixteen__letter");
}

/* --- Interrupts ------------------------------------------------------------------------------- */

SELF_TEST(trace_tells_entry_and_exit_of_each_interrupt)
{
    struct trace_event entry = {0}, exit = {0};
    record_trace(TRACE_INTERRUPTS);
    uint64_t before = clock_ticks();
    spin_ticks(20);
    uint64_t flags = interrupts_save();
    uint64_t ticks = clock_ticks() - before;
    trace_stop();
    interrupts_restore(flags);
    uint64_t events = trace_next();
    EXPECT_EQUAL(events, 2 * ticks);
    uint64_t last_exit = 0;
    for (uint64_t number = 0; number < events; number += 2) {
        EXPECT(trace_read(number, &entry) && trace_read(number + 1, &exit));
        EXPECT(entry.type == TRACE_INTERRUPT_ENTRY && exit.type == TRACE_INTERRUPT_EXIT);
        EXPECT(entry.line == TIMER && exit.line == TIMER);
        EXPECT(entry.tid == thread_self() && exit.tid == thread_self());
        EXPECT(entry.time >= last_exit && exit.time >= entry.time);
        last_exit = exit.time;
    }
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
    semaphore_init(&semaphore, 0);
    preemption_set(true);
    quantum_set_ms(1);
    record_trace(TRACE_ALL);
    int tids[] = {start(yield_once, NULL, EQUAL), start(wait_once, NULL, ABOVE),
                  start(sleep_once, NULL, BELOW)};
    spin_ticks(10);
    semaphore_post(&semaphore);
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
    semaphore_init(&semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int ends_before = start_named("before", do_nothing, NULL, EQUAL);
    int killed_after = start_named("after", wait_once, NULL, EQUAL);
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
    finish(start(do_nothing, NULL, EQUAL));
    EXPECT_EQUAL(trace_next(), 0);
}
