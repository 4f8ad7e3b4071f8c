/* Spinlocks where there are no interrupts: only the discipline is checked. */
#include "kernel/cpu/spinlock.h"

#include <stddef.h>

#include "kernel/panic.h"
#include "tests/unit/fakes/spinlock.h"

struct cpu boot_cpu;

static struct spinlock *held;

void preempt_check(void)
{
}

void preempt_check_enabled(void)
{
}

void spin_lock(struct spinlock *lock)
{
    if (lock->taken_at != NULL)
        panic("spinlock '%s' taken twice", lock->record.name);
    lock->taken_at = lock;
    held = lock;
    preempt_disable();
}

uint64_t spin_release(struct spinlock *lock)
{
    if (lock->taken_at == NULL)
        panic("spinlock '%s' released, but nobody holds it", lock->record.name);
    lock->taken_at = NULL;
    held = NULL;
    return 0;
}

void fake_spinlocks_release(void)
{
    if (held != NULL)
        spin_unlock(held);
}
