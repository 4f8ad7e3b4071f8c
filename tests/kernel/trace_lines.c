/* Events in words. */
#include "tests/kernel/trace_lines.h"

#include <stddef.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "tests/kernel/self_test.h"

#define LINE_SIZE    80u
#define MESSAGE_SIZE 256u

void record_trace(unsigned categories)
{
    trace_stop();
    trace_clear();
    EXPECT_EQUAL(trace_start(categories), 0);
}

static void name_thread(int tid, char name[THREAD_NAME_SIZE])
{
    trace_thread_name(tid, name);
    if (tid == thread_self())
        string_copy(name, "m", THREAD_NAME_SIZE);
}

static void describe_switch(const struct trace_event *event, const char *who, const char *other,
                            char line[LINE_SIZE])
{
    const char *reason = switch_reason_name(event->reason);
    if (event->reason != SWITCH_BLOCK)
        format_string(line, LINE_SIZE, "%s>%s %s", who, other, reason);
    else
        format_string(line, LINE_SIZE, "%s>%s %s %s%s%s", who, other, reason,
                      wait_kind_name(event->wait_kind), event->object != NULL ? ":" : "",
                      event->object != NULL ? event->object : "");
}

static void describe(const struct trace_event *event, char line[LINE_SIZE])
{
    char who[THREAD_NAME_SIZE], other[THREAD_NAME_SIZE];
    name_thread(event->tid, who);
    name_thread(event->other_tid, other);
    switch ((enum trace_type)event->type) {
    case TRACE_SWITCH:
        describe_switch(event, who, other, line);
        break;
    case TRACE_WAKEUP:
        format_string(line, LINE_SIZE, "%s wakes %s", who, other);
        break;
    case TRACE_SUSPENSION:
        format_string(line, LINE_SIZE, "%s suspends %s", who, other);
        break;
    case TRACE_END:
        format_string(line, LINE_SIZE, "%s ends", event->text);
        break;
    case TRACE_INTERRUPT_ENTRY:
        format_string(line, LINE_SIZE, "in %u", event->line);
        break;
    case TRACE_INTERRUPT_EXIT:
        format_string(line, LINE_SIZE, "out %u", event->line);
        break;
    case TRACE_CONTENTION:
        format_string(line, LINE_SIZE, "%s contends %s", who,
                      event->object != NULL ? event->object : "?");
        break;
    case TRACE_PREEMPTION:
        format_string(line, LINE_SIZE, "preempt %s", event->value != 0 ? "on" : "off");
        break;
    case TRACE_QUANTUM:
        format_string(line, LINE_SIZE, "quantum %u", event->value);
        break;
    case TRACE_POLICY:
        format_string(line, LINE_SIZE, "policy %s", event->object);
        break;
    case TRACE_PERIOD:
        format_string(line, LINE_SIZE, "period %u", event->value);
        break;
    case TRACE_HARMONY:
        format_string(line, LINE_SIZE, "harmony %u", event->value);
        break;
    case TRACE_MARK:
        format_string(line, LINE_SIZE, "mark %s", event->text);
        break;
    case TRACE_STOLEN:
        format_string(line, LINE_SIZE, "stolen");
        break;
    case TRACE_GAP:
        format_string(line, LINE_SIZE, "gap");
        break;
    }
}

static void complain(uint64_t number, const char *seen, const char *expected, const char *file,
                     int line)
{
    char message[MESSAGE_SIZE];
    format_string(message, sizeof(message), "event %lu: saw \"%s\", expected \"%s\"", number, seen,
                  expected);
    self_test_expect(false, file, line, message);
}

void expect_trace(const char *const *lines, uint64_t count, const char *file, int line)
{
    struct trace_event event;
    char seen[LINE_SIZE];
    trace_stop();
    for (uint64_t number = 0; number < count || number < trace_next(); number++) {
        const char *expected = number < count ? lines[number] : "nothing";
        string_copy(seen, "nothing", sizeof(seen));
        if (trace_read(number, &event))
            describe(&event, seen);
        if (strcmp(seen, expected) != 0) {
            complain(number, seen, expected, file, line);
            return;
        }
    }
}
