/* Reading what the ring of events holds, and its names. */
#include "sched/trace.h"

#include <stddef.h>

#include "kernel/cpu/this_cpu.h"
#include "kernel/lib/string.h"
#include "kernel/sections.h"
#include "sched/observe/trace_ring.h"
#include "sched/state/critical_section.h"

uint64_t trace_next(void)
{
    return trace_ring.next / sizeof(struct trace_record);
}

uint64_t trace_time_zero(void)
{
    return this_cpu()->idle->created_at;
}

uint64_t trace_oldest(void)
{
    uint64_t size = trace_ring.mask / sizeof(struct trace_record) + 1;
    return trace_next() > size ? trace_next() - size : 0;
}

/* In the image, an address is told by its lower half: the kernel is linked into the top 2 GiB. What
 * lies elsewhere may be something else by now, and only a constant stays what it is. */
static const char *constant_at(uint32_t object)
{
    const char *address = (const char *)(int64_t)(int32_t)object;
    return address >= __rodata_start && address < __data_start ? address : NULL;
}

static int32_t tid_in(uint64_t identity)
{
    return (int32_t)(identity >> 32);
}

static uint8_t priority_in(uint64_t identity)
{
    return (uint8_t)identity;
}

_Static_assert(offsetof(struct thread, tid) - offsetof(struct thread, identity) == 4 &&
                   offsetof(struct thread, priority) == offsetof(struct thread, identity),
               "tid_in() and priority_in() say otherwise");

static bool has_text(enum trace_type type)
{
    return type == TRACE_END || type == TRACE_MARK;
}

static bool has_other_thread(enum trace_type type)
{
    return type == TRACE_SWITCH || type == TRACE_WAKEUP || type == TRACE_SUSPENSION;
}

static void expand(const struct trace_record *record, struct trace_event *event)
{
    enum trace_type type = TRACE_TYPE_OF(record->what);
    *event = (struct trace_event){.time = record->time, .type = type};
    if (has_text(type)) {
        event->tid = (int32_t)record->object;
        memcpy(event->text, record->text, sizeof(event->text));
        return;
    }
    event->tid = tid_in(record->identity);
    event->priority = priority_in(record->identity);
    if (type == TRACE_STOLEN || type == TRACE_GAP) {
        event->since = record->other_identity;
        return;
    }
    if (has_other_thread(type)) {
        event->other_tid = tid_in(record->other_identity);
        event->other_priority = priority_in(record->other_identity);
        event->reason = TRACE_REASON_OF(record->what);
    } else {
        event->value = (uint32_t)record->other_identity;
        event->object = constant_at(record->object);
    }
    if (type == TRACE_SWITCH && event->reason == SWITCH_BLOCK) {
        event->wait_kind = record->wait_kind;
        event->object = constant_at(record->object);
    }
}

bool trace_read(uint64_t number, struct trace_event *event)
{
    uint64_t flags = critical_enter();
    bool is_there = number >= trace_oldest() && number < trace_next();
    struct trace_record record = {0};
    if (is_there)
        record = trace_ring.records[number & trace_ring.mask / sizeof(struct trace_record)];
    critical_exit(flags);
    if (is_there)
        expand(&record, event);
    return is_there;
}

/* Where it has been changed since, what it was before is not in the ring. */
static void forget_changed(struct trace_settings *settings, const struct trace_event *event)
{
    if (event->type == TRACE_QUANTUM)
        settings->quantum_ms = 0;
    else if (event->type == TRACE_POLICY)
        settings->policy = NULL;
}

void trace_get_settings(struct trace_settings *settings)
{
    struct trace_event event;
    bool has_preemption = false;
    *settings = trace_known_settings();
    if (trace_oldest() == 0)
        return;
    for (uint64_t number = trace_oldest(); trace_read(number, &event); number++) {
        forget_changed(settings, &event);
        if (event.type == TRACE_PREEMPTION && !has_preemption) {
            settings->preemption = !event.value;
            has_preemption = true;
        }
    }
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
