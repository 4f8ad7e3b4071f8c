/* Event flags. A waiter's wait_data is what it wants, which lies on its stack. */
#include "sched/sync/event_flags.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/core/core.h"
#include "sched/sync/waiting.h"

struct want {
    uint32_t flags;
    unsigned mode;
    uint32_t seen; /* all flags, when the want was fulfilled */
};

void event_flags_init(struct event_flags *events)
{
    *events = (struct event_flags)EVENT_FLAGS;
}

/* --- Interrupts off -------------------------------------------------------------------------- */

/* Takes note of the flags in `set`. Returns whether they are what is wanted. */
static bool fulfil(struct want *want, uint32_t set)
{
    uint32_t found = want->flags & set;
    want->seen = set;
    return (want->mode & EVENT_ALL) ? found == want->flags : found != 0;
}

/* What is to be cleared when the want has been fulfilled. */
static uint32_t clears(const struct want *want)
{
    return (want->mode & EVENT_CLEAR) ? want->flags : 0;
}

/* Visits one waiter after another, the most urgent first. */
static void wake_fulfilled(struct event_flags *events)
{
    uint32_t cleared = 0;
    struct thread *thread = waiting_first(&events->waiters);
    for (uint32_t left = events->waiters.count; left > 0; left--) {
        struct thread *next = waiter_of(priority_list_next(&thread->wait_node));
        struct want *want = thread->wait_data;
        if (fulfil(want, events->flags)) {
            cleared |= clears(want);
            waiting_wake(thread, 0);
        }
        thread = next;
    }
    events->flags &= ~cleared;
}

static int wait_until_fulfilled(struct event_flags *events, struct want *want, int timeout_ms)
{
    if (events->waiters.is_destroyed)
        return -ERROR_DESTROYED;
    if (fulfil(want, events->flags)) {
        events->flags &= ~clears(want);
        return 0;
    }
    this_cpu()->running->wait_data = want;
    int result = wait_queue_wait(&events->waiters, timeout_ms);
    if (result == -ERROR_TIMED_OUT)
        want->seen = events->flags;
    return result;
}

/* --- Threads and handlers -------------------------------------------------------------------- */

int event_flags_set(struct event_flags *events, uint32_t flags)
{
    uint64_t saved = critical_enter();
    bool is_destroyed = events->waiters.is_destroyed;
    if (!is_destroyed) {
        events->flags |= flags;
        wake_fulfilled(events);
    }
    critical_exit(saved);
    return is_destroyed ? -ERROR_DESTROYED : 0;
}

uint32_t event_flags_clear(struct event_flags *events, uint32_t flags)
{
    uint64_t saved = critical_enter();
    uint32_t before = events->flags;
    events->flags &= ~flags;
    critical_exit(saved);
    return before;
}

uint32_t event_flags_get(const struct event_flags *events)
{
    return events->flags;
}

int event_flags_wait(struct event_flags *events, uint32_t wanted, unsigned mode, int timeout_ms,
                     uint32_t *seen)
{
    if (wanted == 0 || (mode & ~(EVENT_ALL | EVENT_CLEAR)))
        return -ERROR_INVALID;
    struct want want = {.flags = wanted, .mode = mode};
    uint64_t saved = critical_enter();
    int result = wait_until_fulfilled(events, &want, timeout_ms);
    critical_exit(saved);
    if (seen != NULL)
        *seen = want.seen;
    return result;
}

void event_flags_destroy(struct event_flags *events)
{
    wait_queue_destroy(&events->waiters);
}
