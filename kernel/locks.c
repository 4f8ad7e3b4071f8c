/* The list of the locks that have a name. */
#include "kernel/locks.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"

#define LOCK_LISTED 0x4B434F4Cu /* "LOCK" */

static struct lock_record *slots[LOCKS_LISTED_MAX]; /* NULL: its lock is no more */
static unsigned used_slots;                         /* those behind were never used */
static unsigned left_out;
static bool (*is_mapped)(uint64_t address); /* NULL: nothing is, as far as is known */

void locks_set_memory_check(bool (*check)(uint64_t address))
{
    is_mapped = check;
}

/* Whether the lock in slot `index` still is one: its memory may have become anything else. */
static bool is_alive(unsigned index)
{
    const struct lock_record *record = slots[index];
    return record != NULL && is_mapped != NULL && is_mapped((uint64_t)record) &&
           is_mapped((uint64_t)(record + 1) - 1) && record->magic == LOCK_LISTED &&
           record->slot == index;
}

/* The slot that holds `record`, or else the first that was never used. */
static unsigned find_slot(const struct lock_record *record)
{
    unsigned index = 0;
    while (index < used_slots && slots[index] != record)
        index++;
    return index;
}

static void forget_dead_locks(void)
{
    for (unsigned index = 0; index < used_slots; index++) {
        if (!is_alive(index))
            slots[index] = NULL;
    }
}

/* The slot for `record`: the one it has had, if a lock was made anew at the same place. Or
 * LOCKS_LISTED_MAX. */
static unsigned choose_slot(const struct lock_record *record)
{
    unsigned index = find_slot(record);
    if (index == used_slots)
        index = find_slot(NULL);
    if (index == LOCKS_LISTED_MAX) {
        forget_dead_locks();
        index = find_slot(NULL);
    }
    return index;
}

static void enter(struct lock_record *record)
{
    unsigned index = choose_slot(record);
    if (index == LOCKS_LISTED_MAX) {
        left_out++;
        return;
    }
    if (index == used_slots)
        used_slots++;
    record->slot = (uint8_t)index;
    record->magic = LOCK_LISTED;
    slots[index] = record;
}

void locks_list(struct lock_record *record)
{
    if (record->name == NULL)
        return;
    uint64_t flags = interrupts_save();
    enter(record);
    interrupts_restore(flags);
}

struct lock_record *locks_get(unsigned index)
{
    return is_alive(index) ? slots[index] : NULL;
}

unsigned locks_left_out(void)
{
    return left_out;
}

const char *lock_kind_name(enum lock_kind kind)
{
    switch (kind) {
    case LOCK_SPINLOCK:
        return "spinlock";
    case LOCK_MUTEX:
        return "mutex";
    case LOCK_RWLOCK:
        return "rwlock";
    }
    return "lock";
}
