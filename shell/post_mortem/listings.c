/* The log, the threads, the locks and the switches, from what a panic may ask of each. */
#include "shell/post_mortem/listings.h"

#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "sched/lock_information.h"
#include "sched/post_mortem.h"
#include "sched/trace.h"
#include "shell/terminal/notices.h"
#include "shell/views/thread_text.h"

#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define US_PER_S  1000000u

#define WHO_SIZE 32u

/* --- The log ---------------------------------------------------------------------------------- */

static uint64_t log_position; /* the sequence behind the entry to come */

static void begin_log(void)
{
    log_position = log_end_unlocked();
}

static bool next_log_line(char line[LISTING_LINE_SIZE])
{
    struct log_entry entry;
    if (log_position == 0 || !log_get_unlocked(log_position - 1, &entry) ||
        entry.sequence != log_position - 1)
        return false;
    log_position--;
    uint64_t us = tsc_to_ns(entry.tsc) / NS_PER_US;
    format_string(line, LISTING_LINE_SIZE, "[%5lu.%06lu] %s%s", us / US_PER_S, us % US_PER_S,
                  notice_prefix(entry.level), entry.message);
    return true;
}

const struct listing log_listing = {'l', "The log, the latest first:", begin_log, next_log_line};

/* --- The threads ------------------------------------------------------------------------------ */

static struct post_mortem_walk walk;
static bool has_told_damage;

static void begin_threads(void)
{
    walk = (struct post_mortem_walk){0};
    has_told_damage = false;
}

static const char *state_name(const struct post_mortem_thread *thread)
{
    return thread->state < POST_MORTEM_STATES ? thread_state_name((enum thread_state)thread->state)
                                              : "damaged";
}

static void describe_wait(const struct post_mortem_thread *thread, char text[WHO_SIZE])
{
    const char *kind =
        thread->wait_kind < WAIT_KINDS ? wait_kind_name((enum wait_kind)thread->wait_kind) : "";
    if (thread->lock_name[0] != '\0')
        format_string(text, WHO_SIZE, "%s '%s'", kind, thread->lock_name);
    else
        string_copy(text, kind, WHO_SIZE);
}

static bool tell_damage(char line[LISTING_LINE_SIZE])
{
    if (!walk.is_damaged || has_told_damage)
        return false;
    has_told_damage = true;
    string_copy(line, "(the list of threads is damaged behind the last one)", LISTING_LINE_SIZE);
    return true;
}

static bool next_thread_line(char line[LISTING_LINE_SIZE])
{
    struct post_mortem_thread thread;
    char wait[WHO_SIZE];
    if (!post_mortem_next(&walk, &thread))
        return tell_damage(line);
    describe_wait(&thread, wait);
    format_string(line, LISTING_LINE_SIZE, "%6d %-15s %-9s %4u %4u %12lu %s", thread.tid,
                  thread.name, state_name(&thread), thread.priority, thread.base_priority,
                  tsc_to_ns(thread.run_cycles) / NS_PER_MS, wait);
    return true;
}

const struct listing thread_listing = {
    't', "   TID NAME            STATE     PRIO BASE       RUN_MS WAITS_FOR", begin_threads,
    next_thread_line};

/* --- The locks -------------------------------------------------------------------------------- */

static unsigned lock_position;

static void begin_locks(void)
{
    lock_position = 0;
}

static void describe_holder(const struct lock_information *lock, char text[WHO_SIZE])
{
    struct post_mortem_thread holder;
    if (lock->holder > 0 && post_mortem_find(lock->holder, &holder))
        format_string(text, WHO_SIZE, "%s(%d)", holder.name, holder.tid);
    else if (lock->holder > 0)
        format_string(text, WHO_SIZE, "ended(%d)", lock->holder);
    else if (lock->readers > 0)
        format_string(text, WHO_SIZE, "%u reader%s", lock->readers, lock->readers > 1 ? "s" : "");
    else
        string_copy(text, "-", WHO_SIZE);
}

static bool next_lock_line(char line[LISTING_LINE_SIZE])
{
    struct lock_information lock;
    char holder[WHO_SIZE];
    while (lock_position < LOCKS_LISTED_MAX) {
        if (lock_get_own_information(lock_position++, &lock) != 0)
            continue;
        describe_holder(&lock, holder);
        format_string(line, LISTING_LINE_SIZE, "%-15s %-8s %-22s %7u %10lu %10lu", lock.name,
                      lock_kind_name(lock.kind), holder, lock.waiters, lock.acquisitions,
                      lock.contentions);
        return true;
    }
    return false;
}

const struct listing lock_listing = {
    'k', "NAME            KIND     HOLDER                 WAITERS   ACQUIRED  CONTENDED",
    begin_locks, next_lock_line};

/* --- The switches ----------------------------------------------------------------------------- */

static uint64_t switch_position; /* the number behind the event to come */
static bool has_told_switches;

static void begin_switches(void)
{
    switch_position = trace_next();
    has_told_switches = false;
}

static void describe_thread(int tid, char text[WHO_SIZE])
{
    struct post_mortem_thread thread;
    if (post_mortem_find(tid, &thread))
        format_string(text, WHO_SIZE, "%s(%d)", thread.name, tid);
    else
        format_string(text, WHO_SIZE, "ended(%d)", tid);
}

static void describe_switch(const struct trace_event *event, char line[LISTING_LINE_SIZE])
{
    char from[WHO_SIZE], to[WHO_SIZE];
    uint64_t us = tsc_to_ns(event->time - trace_time_zero()) / NS_PER_US;
    const char *reason =
        event->reason <= SWITCH_IDLE ? switch_reason_name((enum switch_reason)event->reason) : "?";
    describe_thread(event->tid, from);
    describe_thread(event->other_tid, to);
    format_string(line, LISTING_LINE_SIZE, "[%5lu.%06lu] %-22s -> %-22s %s", us / US_PER_S,
                  us % US_PER_S, from, to, reason);
    has_told_switches = true;
}

static bool next_switch_line(char line[LISTING_LINE_SIZE])
{
    struct trace_event event;
    while (switch_position > 0 && post_mortem_trace_read(switch_position - 1, &event)) {
        switch_position--;
        if (event.type == TRACE_SWITCH) {
            describe_switch(&event, line);
            return true;
        }
    }
    if (has_told_switches)
        return false;
    has_told_switches = true;
    string_copy(line, "(none was recorded: 'trace start' records them)", LISTING_LINE_SIZE);
    return true;
}

const struct listing switch_listing = {'s', "Switches, the latest first:", begin_switches,
                                       next_switch_line};
