/*
 * Looking at locks. The list of locks answers for a record's memory, and for no more: the lock that
 * the record is a part of, and its name, are looked at only where they are mapped.
 */
#include "sched/lock_information.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/address_space.h"
#include "sched/core/core.h"
#include "sched/sync/held_locks.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"

static bool is_readable(const void *start, size_t size)
{
    uint64_t address = (uint64_t)start;
    return address_space_is_mapped(address) && address_space_is_mapped(address + size - 1);
}

static void describe_mutex(const struct mutex *mutex, struct lock_information *information)
{
    if (!is_readable(mutex, sizeof(*mutex)))
        return;
    information->holder = mutex_holder(mutex);
    information->waiters = mutex->waiters.count;
}

static void describe_rwlock(const struct rwlock *lock, struct lock_information *information)
{
    if (!is_readable(lock, sizeof(*lock)))
        return;
    information->holder = lock->writer > 0 ? lock->writer : 0;
    information->readers = lock->readers;
    information->waiters = lock->waiters.count;
}

/* Who has ended holds nothing, be it joined or not, though the lock still says so. */
static void describe_holder(const struct thread *holder, struct lock_information *information)
{
    if (holder != NULL)
        string_copy(information->holder_name, holder->name, THREAD_NAME_SIZE);
    else
        information->holder = 0;
    information->is_abandoned = holder == NULL;
}

static void describe(const struct lock_record *record, struct lock_information *information)
{
    *information = (struct lock_information){
        .kind = (enum lock_kind)record->kind,
        .acquisitions = record->acquisitions,
        .contentions = record->contentions,
        .longest_hold_ns = tsc_to_ns(record->longest_hold),
        .longest_wait_ns = tsc_to_ns(record->longest_wait),
    };
    if (is_readable(record->name, LOCK_NAME_SIZE))
        string_copy(information->name, record->name, LOCK_NAME_SIZE);
    if (record->kind == LOCK_MUTEX)
        describe_mutex(LOCK_OF(record, struct mutex), information);
    else if (record->kind == LOCK_RWLOCK)
        describe_rwlock(LOCK_OF(record, struct rwlock), information);
}

int lock_get_information(unsigned index, struct lock_information *information)
{
    uint64_t flags = critical_enter();
    const struct lock_record *record = locks_get(index);
    if (record != NULL) {
        describe(record, information);
        if (information->holder != 0)
            describe_holder(held_lock_holder(record), information);
    }
    critical_exit(flags);
    return record != NULL ? 0 : -ERROR_NOT_FOUND;
}

int lock_get_own_information(unsigned index, struct lock_information *information)
{
    const struct lock_record *record = locks_get(index);
    if (record == NULL)
        return -ERROR_NOT_FOUND;
    describe(record, information);
    return 0;
}
