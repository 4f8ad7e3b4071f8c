/* Following who waits for whom. A thread waits for one thing at a time, so the way is a chain. */
#include "sched/deadlock.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/held_locks.h"

static unsigned closed;

/* The thread whose end `thread` waits for, or NULL. It lives: at its end it wakes who joins it. */
static struct thread *joined_by(const struct thread *thread)
{
    struct wait_queue *queue = thread->waiting_in;
    bool joins = queue != NULL && queue->kind == WAIT_FOR_JOIN;
    return joins ? LIST_ENTRY(queue, struct thread, joiners) : NULL;
}

/* The one thread that `thread` waits for, or NULL. Interrupts off. */
static struct thread *blocker_of(const struct thread *thread)
{
    return thread->wanted_lock != NULL ? held_lock_holder(thread->wanted_lock) : joined_by(thread);
}

/* How many threads the cycle through `start` has; 0 if there is none. The chain may lead into a
 * cycle without `start`: no chain is longer than there are threads. Interrupts off. */
static unsigned cycle_length(const struct thread *start)
{
    const struct thread *thread = blocker_of(start);
    unsigned limit = thread_table_count();
    unsigned length = 1;
    while (thread != NULL && thread != start && length < limit) {
        thread = blocker_of(thread);
        length++;
    }
    return thread == start ? length : 0;
}

static void describe_step(const struct thread *thread, struct deadlock_step *step)
{
    const struct lock_record *lock = thread->wanted_lock;
    const char *wants = lock == NULL ? "" : lock->name != NULL ? lock->name : "a lock";
    step->tid = thread->tid;
    string_copy(step->thread, thread->name, sizeof(step->thread));
    string_copy(step->wants, wants, sizeof(step->wants));
}

unsigned deadlock_steps(const struct deadlock *deadlock)
{
    return deadlock->threads < DEADLOCK_THREADS_MAX ? deadlock->threads : DEADLOCK_THREADS_MAX;
}

/* Interrupts off. */
static bool describe_cycle(const struct thread *start, struct deadlock *deadlock)
{
    deadlock->threads = cycle_length(start);
    const struct thread *thread = start;
    for (unsigned i = 0; i < deadlock_steps(deadlock); i++) {
        describe_step(thread, &deadlock->steps[i]);
        thread = blocker_of(thread);
    }
    return deadlock->threads > 0;
}

bool deadlock_find(int tid, struct deadlock *deadlock)
{
    uint64_t flags = critical_enter();
    const struct thread *thread = thread_table_find(tid);
    bool is_found = thread != NULL && describe_cycle(thread, deadlock);
    critical_exit(flags);
    return is_found;
}

unsigned deadlock_count(void)
{
    return closed;
}

/* Writes whom the thread of step `index` waits for. Returns the length. */
static size_t describe_wait(const struct deadlock *deadlock, unsigned index, char *buffer,
                            size_t size)
{
    const struct deadlock_step *step = &deadlock->steps[index];
    unsigned next = (index + 1) % deadlock->threads;
    const char *other = next < DEADLOCK_THREADS_MAX ? deadlock->steps[next].thread : "another";
    if (step->wants[0] == '\0')
        return (size_t)format_string(buffer, size, "%s waits for %s to end", step->thread, other);
    return (size_t)format_string(buffer, size, "%s waits for %s, held by %s", step->thread,
                                 step->wants, other);
}

void deadlock_describe(const struct deadlock *deadlock, char *buffer, size_t size)
{
    size_t length = 0;
    for (unsigned i = 0; i < deadlock_steps(deadlock) && length < size; i++) {
        if (i > 0)
            length += (size_t)format_string(buffer + length, size - length, "; ");
        if (length < size)
            length += describe_wait(deadlock, i, buffer + length, size - length);
    }
}

/* A line each, so that no name is cut. */
static __attribute__((noinline)) void report(const struct thread *thread)
{
    struct deadlock deadlock;
    char text[LOG_MESSAGE_SIZE];
    closed++;
    describe_cycle(thread, &deadlock);
    for (unsigned i = 0; i < deadlock_steps(&deadlock); i++) {
        describe_wait(&deadlock, i, text, sizeof(text));
        log_warning("deadlock: %s", text);
    }
}

void deadlock_report_if_closed(const struct thread *thread)
{
    if (cycle_length(thread) != 0)
        report(thread);
}
