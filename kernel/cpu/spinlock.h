/*
 * Interrupt-safe locks. With one CPU nobody can hold a lock while another spins for it: taking
 * one means interrupts off and preemption off, both saved, and both restored by the release.
 *
 * Locks may be released in any order: interrupts come back when the last one held is released,
 * to what they were before the first was taken.
 */
#ifndef AETHEL_KERNEL_CPU_SPINLOCK_H
#define AETHEL_KERNEL_CPU_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/config.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/locks.h"

/*
 * In which order locks may be taken while others are held: only one that stands further down here.
 * One without an order is not to be mixed with these. docs/locking.md says who holds which.
 */
enum spinlock_order {
    SPINLOCK_WITHOUT_ORDER,
    SPINLOCK_HEAP, /* takes frames */
    SPINLOCK_STACKS,
    SPINLOCK_FRAMES,
    SPINLOCK_LOG, /* anybody may have something to say */
};

struct spinlock {
    struct lock_record record;
    uint8_t order; /* enum spinlock_order */
#if CONFIG_DEBUG
    const void *taken_at; /* code address of the spin_lock() that holds it; NULL: free */
    const struct thread *owner;
    struct spinlock *next_held;
#endif
};

/* A lock at file scope: static struct spinlock lock = SPINLOCK("name"); */
#define SPINLOCK(lock_name) SPINLOCK_IN_ORDER(lock_name, SPINLOCK_WITHOUT_ORDER)

#define SPINLOCK_IN_ORDER(lock_name, lock_order)                                  \
    {                                                                             \
        .record = LOCK_RECORD(LOCK_SPINLOCK, (lock_name)), .order = (lock_order), \
    }

/* Makes a free lock. `name` is for `locks` and for panics, and must live as long as the lock. Not
 * for one that is held. Any context. */
void spin_init(struct spinlock *lock, const char *name);

/*
 * Takes the lock. Any context, also interrupt handlers; never blocks. In debug builds a lock
 * that is already held, or taken against the order, is a panic that names it and both places.
 */
void spin_lock(struct spinlock *lock);

/* The half of spin_unlock() that lets nobody in yet. Returns what interrupts_restore() is to do. */
uint64_t spin_release(struct spinlock *lock);

/*
 * Releases the lock; a reschedule that became due meanwhile is taken when the last lock goes.
 * In debug builds a lock that is free, or held by another thread, is a panic. Whoever was kept out
 * is let in in the caller's own code: by that sched/observe/latency.c knows who did it.
 */
static inline __attribute__((always_inline)) void spin_unlock(struct spinlock *lock)
{
    interrupts_restore(spin_release(lock));
    preempt_enable();
}

#if CONFIG_DEBUG
/* Panics, and names the lock and both places, if any lock is held at `place`, which blocks. */
void spin_assert_none_held(const void *place);
#endif

#endif
