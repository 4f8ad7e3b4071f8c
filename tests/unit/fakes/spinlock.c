/* Spinlocks where there are no interrupts: only the discipline is checked. */
#include "kernel/cpu/spinlock.h"

#include <stddef.h>

#include "kernel/panic.h"
#include "tests/unit/fakes/spinlock.h"

static struct spinlock *held;

void spin_lock(struct spinlock *lock)
{
    if (lock->taken_at != NULL)
        panic("spinlock '%s' taken twice", lock->record.name);
    lock->taken_at = lock;
    held = lock;
}

void spin_unlock(struct spinlock *lock)
{
    if (lock->taken_at == NULL)
        panic("spinlock '%s' released, but nobody holds it", lock->record.name);
    lock->taken_at = NULL;
    held = NULL;
}

void fake_spinlocks_release(void)
{
    if (held != NULL)
        spin_unlock(held);
}
