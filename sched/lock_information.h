/* What others may know about locks. */
#ifndef AETHEL_SCHED_LOCK_INFORMATION_H
#define AETHEL_SCHED_LOCK_INFORMATION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/locks.h"
#include "sched/thread.h"

#define LOCK_NAME_SIZE 16u /* of the copy, with the terminator; longer names are cut */

struct lock_information {
    char name[LOCK_NAME_SIZE];
    enum lock_kind kind;
    int holder; /* tid of the thread that alone holds it, or 0; of spinlocks nothing is known */
    char holder_name[THREAD_NAME_SIZE];
    bool is_abandoned; /* its holder has ended, nobody has taken it since: who does is told so */
    uint32_t readers;  /* threads that hold it for reading */
    uint32_t waiters;
    uint64_t acquisitions;
    uint64_t contentions;
    uint64_t longest_hold_ns;
    uint64_t longest_wait_ns;
};

/*
 * Tells about the lock in place `index` of the list, below LOCKS_LISTED_MAX. Returns 0, or
 * -ERROR_NOT_FOUND where there is none. Any context; takes constant time.
 */
int lock_get_information(unsigned index, struct lock_information *information);

/*
 * The same by the lock's own word: `holder` is the tid that it has stored, whether there is such a
 * thread or not, holder_name is empty, and no lock is told to be abandoned. No list is followed,
 * and nothing is read that is not mapped: for panics.
 */
int lock_get_own_information(unsigned index, struct lock_information *information);

#endif
