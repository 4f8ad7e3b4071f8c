/*
 * The trace: which events come, in which order, and why. The scenarios are cooperative, so that the
 * stress build has the same order, but where preemption is the subject.
 */
#include "sched/trace.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"
#include "tests/kernel/subjects.h"
#include "tests/kernel/trace_lines.h"

#define EQUAL THREAD_PRIORITY_DEFAULT
#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)
#define TIMER 0u

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
    semaphore_init(&attempted_semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", wait_for_semaphore_once, NULL, EQUAL);
    thread_yield();
    semaphore_post(&attempted_semaphore);
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

SELF_TEST(trace_tells_who_suspended_a_ready_thread)
{
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", do_nothing, NULL, EQUAL);
    thread_suspend(a);
    thread_suspend(a);
    thread_resume(a);
    finish(a);
    EXPECT_TRACE("m wakes a", "m suspends a", "m wakes a", "m>a block join", "a ends", "a wakes m",
                 "a>m exit");
}

static void kill_itself(void *argument)
{
    (void)argument;
    thread_kill(thread_self());
}

SELF_TEST(trace_tells_a_thread_that_kills_itself_from_one_that_is_killed)
{
    semaphore_init(&attempted_semaphore, 0);
    record_trace(TRACE_SCHEDULING);
    int a = start_named("a", kill_itself, NULL, EQUAL);
    int b = start_named("b", wait_for_semaphore_once, NULL, EQUAL);
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

/* Other lines may interrupt as well: the real-time clock does once a second. */
SELF_TEST(trace_tells_entry_and_exit_of_each_interrupt)
{
    struct trace_event entry = {0}, exit = {0};
    spin_ticks(1); /* the next one does not come between these two */
    record_trace(TRACE_INTERRUPTS);
    uint64_t before = clock_ticks();
    spin_ticks(20);
    uint64_t flags = interrupts_save();
    uint64_t ticks = clock_ticks() - before;
    trace_stop();
    interrupts_restore(flags);
    uint64_t events = trace_next();
    uint64_t last_exit = 0, of_timer = 0;
    for (uint64_t number = 0; number < events; number += 2) {
        EXPECT(trace_read(number, &entry) && trace_read(number + 1, &exit));
        EXPECT(entry.type == TRACE_INTERRUPT_ENTRY && exit.type == TRACE_INTERRUPT_EXIT);
        EXPECT_EQUAL(exit.line, entry.line);
        EXPECT(entry.tid == thread_self() && exit.tid == thread_self());
        EXPECT(entry.time >= last_exit && exit.time >= entry.time);
        last_exit = exit.time;
        of_timer += entry.line == TIMER;
    }
    EXPECT_EQUAL(of_timer, ticks);
}
