/*
 * What all kinds of locks have in common: a name and figures, and a list of those that have a
 * name, so that a person can see them.
 *
 * Locks lie in whatever memory their user chose, and need no destroying. The list therefore never
 * trusts an entry: one counts only while its memory is mapped and still says that it is that
 * entry. Nothing is followed from there: all that is read is the record itself.
 */
#ifndef AETHEL_KERNEL_LOCKS_H
#define AETHEL_KERNEL_LOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"

enum lock_kind { LOCK_SPINLOCK, LOCK_MUTEX, LOCK_RWLOCK };

struct lock_record {
    const char *name; /* must live as long as the lock; NULL: it is not listed */
    uint8_t kind;     /* enum lock_kind */
    uint8_t slot;     /* place in the list */
    uint32_t magic;   /* LOCK_LISTED while it is in the list */
    uint64_t acquisitions;
    uint64_t contentions;  /* times somebody had to wait for it */
    uint64_t taken_at;     /* TSC */
    uint64_t longest_hold; /* in TSC cycles */
    uint64_t longest_wait;
};

#define LOCKS_LISTED_MAX 128u

/* A record at rest: LOCK_RECORD(LOCK_MUTEX, "name"). Its lock lists it when it is first taken. */
#define LOCK_RECORD(lock_kind, lock_name)        \
    {                                            \
        .name = (lock_name), .kind = (lock_kind) \
    }

/* The lock of type `type` whose member `record` is at `address`. */
#define LOCK_OF(address, type) \
    ((const type *)(const void *)((const char *)(address)-offsetof(type, record)))

/* Names the function that tells whether an address may be read: until then no lock in the list
 * counts. Boot only. */
void locks_set_memory_check(bool (*is_mapped)(uint64_t address));

/* Enters `record`, if it has a name, in the list. When that is full of living locks it is left
 * out, and locks_left_out() counts it. Any context, also before there is an address space. */
void locks_list(struct lock_record *record);

/* The same, if the lock has never been taken. Any context. */
static inline void locks_list_if_new(struct lock_record *record)
{
    if (record->acquisitions == 0)
        locks_list(record);
}

/* The holder-to-be has the lock now. By the holder, or with interrupts off. */
static inline void lock_note_taken(struct lock_record *record)
{
    record->acquisitions++;
    record->taken_at = tsc_read();
}

/* The holder is about to give the lock away. By the holder, or with interrupts off. */
static inline void lock_note_released(struct lock_record *record)
{
    uint64_t cycles = tsc_read() - record->taken_at;
    if (cycles > record->longest_hold)
        record->longest_hold = cycles;
}

/* Whether that would be to be noted now. Any context. */
static inline bool lock_is_held_longest(const struct lock_record *record)
{
    return tsc_read() - record->taken_at > record->longest_hold;
}

/* Somebody has waited for the lock since TSC `since`. Interrupts off. */
static inline void lock_note_waited(struct lock_record *record, uint64_t since)
{
    uint64_t waited = tsc_read() - since;
    if (waited > record->longest_wait)
        record->longest_wait = waited;
}

/*
 * The record in place `index` of the list, or NULL where there is none (any more). Interrupts
 * off, from here to the last use of the record; index < LOCKS_LISTED_MAX.
 */
struct lock_record *locks_get(unsigned index);

/* How many locks with a name did not fit into the list. Any context. */
unsigned locks_left_out(void);

/* "mutex" and the like. Any context. */
const char *lock_kind_name(enum lock_kind kind);

#endif
