/* What a thread leaves behind. */
#include "sched/sync/held_locks.h"

#include <stddef.h>

#include "kernel/log.h"
#include "sched/core/core.h"
#include "sched/state/thread_table.h"
#include "sched/sync/ending.h"
#include "sched/sync/holder.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"

void held_locks_init(struct thread *thread)
{
    thread->lock_word = (uint32_t)thread->tid << MUTEX_TID_SHIFT;
    list_init(&thread->contended_mutexes);
}

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

static __attribute__((noinline)) void report_all(const struct thread *thread)
{
    unsigned unnamed = thread->locks_held - report_rwlocks(thread);
    struct lock_record record;
    for (unsigned i = 0; i < LOCKS_LISTED_MAX && unnamed > 0; i++) {
        if (copy_if_held_mutex(i, thread, &record))
            unnamed -= report(thread, &record);
    }
    if (unnamed > 0)
        log_warning("%s (tid %d) has ended; locks without a name that it held: %u", thread->name,
                    thread->tid, unnamed);
}

/* Nearly all threads hold none when they end: these functions find that out before they make room
 * for anything. */
void held_locks_report(const struct thread *thread)
{
    if (thread->locks_held != 0)
        report_all(thread);
}

static __attribute__((noinline)) void release_all(struct thread *thread)
{
    struct list_node *node;
    while ((node = list_first(&thread->contended_mutexes)) != NULL) {
        uint64_t flags = critical_enter();
        mutex_abandon(LIST_ENTRY(node, struct mutex, contended_node), thread);
        critical_exit(flags);
    }
    rwlock_release_all(thread);
}

/* Those that nobody waits for stay as they are: whoever wants one finds its holder gone. That holds
 * from here on, since a handler may signal a condition, and so make somebody want one. */
void held_locks_release(struct thread *thread)
{
    thread->has_passed_locks_on = true;
    /* The count alone would not do: who is killed right after taking a mutex has not counted it. */
    if (thread->locks_held != 0 || !list_is_empty(&thread->contended_mutexes))
        release_all(thread);
}
