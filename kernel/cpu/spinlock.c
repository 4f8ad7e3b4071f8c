/* Interrupt-safe locks: the nesting count, and what debug builds check. */
#include "kernel/cpu/spinlock.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/panic.h"

#if CONFIG_DEBUG

static void check_order(const struct spinlock *lock, const void *place)
{
    for (const struct spinlock *held = this_cpu()->held_spinlocks; held != NULL;
         held = held->next_held) {
        if (lock->order != SPINLOCK_WITHOUT_ORDER && held->order >= lock->order)
            panic("spinlock '%s' taken at %p after '%s', taken at %p: against their order",
                  lock->record.name, place, held->record.name, held->taken_at);
    }
}

static void note_taken(struct spinlock *lock, const void *place)
{
    if (lock->taken_at != NULL)
        panic("spinlock '%s' taken twice: at %p, and before at %p", lock->record.name, place,
              lock->taken_at);
    check_order(lock, place);
    lock->taken_at = place;
    lock->owner = this_cpu()->running;
    lock->next_held = this_cpu()->held_spinlocks;
    this_cpu()->held_spinlocks = lock;
}

static void note_released(struct spinlock *lock, const void *place)
{
    if (lock->taken_at == NULL)
        panic("spinlock '%s' released at %p, but nobody holds it", lock->record.name, place);
    if (lock->owner != this_cpu()->running)
        panic("spinlock '%s' released at %p by a stranger; taken at %p", lock->record.name, place,
              lock->taken_at);
    lock->taken_at = NULL;
    struct spinlock **link = &this_cpu()->held_spinlocks;
    while (*link != lock)
        link = &(*link)->next_held;
    *link = lock->next_held;
}

void spin_assert_none_held(const void *place)
{
    if (this_cpu()->held_spinlocks != NULL)
        panic("spinlock '%s', taken at %p, is held across a block at %p",
              this_cpu()->held_spinlocks->record.name, this_cpu()->held_spinlocks->taken_at, place);
}

#endif

void spin_init(struct spinlock *lock, const char *name)
{
    *lock = (struct spinlock)SPINLOCK(name);
}

void spin_lock(struct spinlock *lock)
{
    uint64_t flags = interrupts_save();
    if (this_cpu()->spinlocks_held == 0)
        this_cpu()->flags_before_spinlocks = flags;
    this_cpu()->spinlocks_held++;
    preempt_disable();
#if CONFIG_DEBUG
    note_taken(lock, __builtin_return_address(0));
#endif
    locks_list_if_new(&lock->record);
    lock_note_taken(&lock->record);
}

uint64_t spin_release(struct spinlock *lock)
{
#if CONFIG_DEBUG
    note_released(lock, __builtin_return_address(0));
#endif
    lock_note_released(&lock->record);
    this_cpu()->spinlocks_held--;
    return this_cpu()->spinlocks_held == 0 ? this_cpu()->flags_before_spinlocks : 0;
}
