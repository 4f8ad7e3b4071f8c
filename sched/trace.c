/* The ring of events. */
#include "sched/trace.h"

#include <stddef.h>

#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "sched/core.h"
#include "sched/thread_table.h"
#include "sched/trace_ring.h"

/* As much as a page of memory in so many, and within these. */
#define FREE_SHARE 32u
#define EVENTS_MIN 256u
#define EVENTS_MAX 32768u

_Static_assert(sizeof(struct trace_event) == 32, "an event fills half a cache line");

static struct trace_event *events; /* NULL until the first start */
static uint64_t mask;              /* of an event's number: its place */
static uint64_t next;
static unsigned categories;

/* --- Recording ------------------------------------------------------------------------------- */

/* The place of the next event; the caller fills in all of it that its type needs. */
static inline struct trace_event *append(enum trace_type type, uint64_t now)
{
    struct trace_event *event = &events[next++ & mask];
    event->time = now;
    event->type = (uint8_t)type;
    return event;
}

static struct trace_event *append_of_current(enum trace_type type)
{
    struct trace_event *event = append(type, tsc_read());
    event->tid = current_thread->tid;
    event->priority = current_thread->priority;
    return event;
}

void trace_switch(const struct thread *previous, const struct thread *to, uint64_t now,
                  enum switch_reason reason)
{
    struct trace_event *event = append(TRACE_SWITCH, now);
    event->tid = previous->tid;
    event->other_tid = to->tid;
    event->reason = (uint8_t)reason;
    event->priority = previous->priority;
    event->other_priority = to->priority;
    if (reason == SWITCH_BLOCK) {
        const struct lock_record *lock = previous->wanted_lock;
        event->wait_kind = previous->waiting_in->kind;
        event->object = lock != NULL ? lock->name : NULL;
    }
}

void trace_wakeup(const struct thread *thread, uint64_t now)
{
    struct trace_event *event = append(TRACE_WAKEUP, now);
    event->tid = current_thread->tid;
    event->priority = current_thread->priority;
    event->other_tid = thread->tid;
    event->other_priority = thread->priority;
}

void trace_end(const struct thread *thread)
{
    if (!(categories & TRACE_SCHEDULING))
        return;
    struct trace_event *event = append_of_current(TRACE_END);
    event->tid = thread->tid;
    string_copy(event->text, thread->name, sizeof(event->text));
}

void trace_contention(const char *lock_name)
{
    if (!(categories & TRACE_LOCKS))
        return;
    append_of_current(TRACE_CONTENTION)->object = lock_name;
}

void trace_setting(enum trace_type type, uint32_t value, const char *object)
{
    if (!(categories & TRACE_SETTINGS))
        return;
    struct trace_event *event = append_of_current(type);
    event->value = value;
    event->object = object;
}

void trace_mark(const char *text)
{
    uint64_t flags = critical_enter();
    if (categories & TRACE_SETTINGS)
        string_copy(append_of_current(TRACE_MARK)->text, text, THREAD_NAME_SIZE);
    critical_exit(flags);
}

static void on_interrupt(unsigned line, bool is_entry)
{
    append_of_current(is_entry ? TRACE_INTERRUPT_ENTRY : TRACE_INTERRUPT_EXIT)->line = line;
}

/* --- Starting and stopping ------------------------------------------------------------------- */

static int make_ring(void)
{
    uint64_t size = EVENTS_MAX;
    uint64_t room = frames_available() * FRAME_SIZE / FREE_SHARE / sizeof(*events);
    while (size > EVENTS_MIN && size > room)
        size /= 2;
    struct trace_event *memory = kmalloc(size * sizeof(*memory));
    if (memory == NULL)
        return -ERROR_NO_MEMORY;
    uint64_t flags = critical_enter();
    if (events == NULL) {
        events = memory;
        mask = size - 1;
        memory = NULL;
    }
    critical_exit(flags);
    kfree(memory); /* somebody else was faster */
    return 0;
}

static void record(unsigned wanted)
{
    uint64_t flags = critical_enter();
    categories = wanted;
    core_attend(ATTENTION_TRACE, wanted & TRACE_SCHEDULING);
    interrupts_set_observer(wanted & TRACE_INTERRUPTS ? on_interrupt : NULL);
    critical_exit(flags);
}

int trace_start(unsigned wanted)
{
    int error = events == NULL ? make_ring() : 0;
    if (error == 0)
        record(wanted);
    return error;
}

void trace_stop(void)
{
    record(0);
}

void trace_clear(void)
{
    uint64_t flags = critical_enter();
    next = 0;
    critical_exit(flags);
}

unsigned trace_categories(void)
{
    return categories;
}

/* --- Reading --------------------------------------------------------------------------------- */

uint64_t trace_oldest(void)
{
    uint64_t size = mask + 1;
    return next > size ? next - size : 0;
}

uint64_t trace_next(void)
{
    return next;
}

bool trace_read(uint64_t number, struct trace_event *event)
{
    uint64_t flags = critical_enter();
    bool is_there = number >= trace_oldest() && number < next;
    if (is_there)
        *event = events[number & mask];
    critical_exit(flags);
    return is_there;
}

void trace_thread_name(int tid, char name[THREAD_NAME_SIZE])
{
    struct trace_event event;
    if (thread_get_name(tid, name) == 0)
        return;
    string_copy(name, "?", THREAD_NAME_SIZE);
    for (uint64_t number = trace_oldest(); trace_read(number, &event); number++) {
        if (event.type == TRACE_END && event.tid == tid)
            string_copy(name, event.text, THREAD_NAME_SIZE);
    }
}

const char *switch_reason_name(enum switch_reason reason)
{
    static const char *const names[] = {
        [SWITCH_QUANTUM] = "quantum", [SWITCH_PRIORITY] = "priority", [SWITCH_POLICY] = "policy",
        [SWITCH_YIELD] = "yield",     [SWITCH_SLEEP] = "sleep",       [SWITCH_BLOCK] = "block",
        [SWITCH_SUSPEND] = "suspend", [SWITCH_EXIT] = "exit",         [SWITCH_KILL] = "kill",
        [SWITCH_IDLE] = "idle",
    };
    return names[reason];
}

const char *wait_kind_name(enum wait_kind kind)
{
    static const char *const names[WAIT_KINDS] = {
        [WAIT_FOR_EVENT] = "event",
        [WAIT_FOR_MUTEX] = "mutex",
        [WAIT_FOR_RWLOCK] = "rwlock",
        [WAIT_FOR_SEMAPHORE] = "semaphore",
        [WAIT_FOR_CONDITION] = "condition",
        [WAIT_FOR_MESSAGE] = "message",
        [WAIT_FOR_MESSAGE_ROOM] = "message_room",
        [WAIT_FOR_EVENT_FLAGS] = "event_flags",
        [WAIT_FOR_BARRIER] = "barrier",
        [WAIT_FOR_MEMORY_BLOCK] = "memory_block",
        [WAIT_FOR_JOIN] = "join",
        [WAIT_FOR_INPUT] = "input",
        [WAIT_FOR_OUTPUT] = "output",
    };
    return names[kind];
}
