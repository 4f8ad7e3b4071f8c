/*
 * What a thread leaves behind.
 *
 * All of it runs while the thread, its stack and its locks' memory still are what they were, with
 * preemption off: sched/threads/life.c passes the locks on before it does anything else. Handlers
 * come in between: a waiter's time is up, or a condition is signalled, which makes its waiter want
 * a mutex. So whatever is read of a lock is read in the section that acts on it.
 */
#include "sched/sync/held_locks.h"

#include <stddef.h>

#include "kernel/log.h"
#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/contended.h"
#include "sched/sync/ending.h"
#include "sched/sync/holder.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"

struct thread *held_lock_holder(const struct lock_record *record)
{
    switch ((enum lock_kind)record->kind) {
    case LOCK_MUTEX:
        return mutex_holding_thread(LOCK_OF(record, struct mutex));
    case LOCK_RWLOCK:
        return thread_table_find_holder(LOCK_OF(record, struct rwlock)->writer);
    case LOCK_SPINLOCK:
        break;
    }
    return NULL;
}

/* Returns whether the lock has a name. */
static bool report(const struct thread *thread, const struct lock_record *record)
{
    if (record->name != NULL)
        log_warning("%s (tid %d) has ended while it held %s '%s'", thread->name, thread->tid,
                    lock_kind_name((enum lock_kind)record->kind), record->name);
    return record->name != NULL;
}

/* Its reader-writer locks a thread knows itself. Returns how many have a name. */
static unsigned report_rwlocks(const struct thread *thread)
{
    unsigned reported = 0;
    for (unsigned i = 0; i < RWLOCK_READS_MAX; i++) {
        if (thread->read_locks[i] != NULL)
            reported += report(thread, &thread->read_locks[i]->record);
    }
    for (const struct rwlock *lock = thread->written_locks; lock != NULL; lock = lock->next_written)
        reported += report(thread, &lock->record);
    return reported;
}

/* A mutex only knows its holder. Copies the record in place `index` of the list, if it is that of a
 * mutex that `thread` holds. */
static bool copy_if_held_mutex(unsigned index, const struct thread *thread,
                               struct lock_record *copy)
{
    uint64_t flags = critical_enter();
    const struct lock_record *record = locks_get(index);
    bool is_held = record != NULL && record->kind == LOCK_MUTEX &&
                   mutex_holder(LOCK_OF(record, struct mutex)) == thread->tid;
    if (is_held)
        *copy = *record;
    critical_exit(flags);
    return is_held;
}

static void report_all(const struct thread *thread, bool was_interrupted)
{
    unsigned unnamed = thread->locks_held - report_rwlocks(thread);
    struct lock_record record;
    for (unsigned i = 0; i < LOCKS_LISTED_MAX && unnamed > 0; i++) {
        if (copy_if_held_mutex(i, thread, &record))
            unnamed -= report(thread, &record);
    }
    if (unnamed > 0)
        log_warning("%s (tid %d) has ended; locks without a name that it held: %s%u", thread->name,
                    thread->tid, was_interrupted ? "at most " : "", unnamed);
}

/* Passes on the mutex that the most urgent of all waiters wants. Returns whether there was one. */
static bool abandon_a_mutex(struct thread *thread)
{
    uint64_t flags = critical_enter();
    struct mutex *mutex = contended_first(&thread->contended_mutexes);
    if (mutex != NULL)
        mutex_abandon(mutex, thread);
    critical_exit(flags);
    return mutex != NULL;
}

/*
 * A mutex that nobody waits for stays as it is: whoever wants it finds its holder gone, which holds
 * from the first line on. One that somebody waits for is its holder's until it has been passed on:
 * see mutex_holding_thread(). So the loop ends, and nobody is overtaken.
 */
void held_locks_report_and_release(struct thread *thread, bool was_interrupted)
{
    report_all(thread, was_interrupted);
    thread->has_passed_locks_on = true;
    while (abandon_a_mutex(thread))
        ;
    rwlock_release_all(thread);
}
