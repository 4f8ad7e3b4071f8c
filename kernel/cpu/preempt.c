/* The preempt count and the reschedule flag. */
#include "kernel/cpu/preempt.h"

#include "kernel/cpu/cpu.h"
#include "kernel/panic.h"

struct cpu boot_cpu;

static void (*reschedule_function)(void);
static void (*observer_function)(uint64_t address);

void preempt_set_reschedule(void (*reschedule)(void))
{
    reschedule_function = reschedule;
}

void preempt_set_observer(void (*observer)(uint64_t address))
{
    observer_function = observer;
}

void preempt_reschedule(void)
{
    reschedule_function();
}

#if CONFIG_DEBUG
void preempt_assert_none_due(void)
{
    if (this_cpu()->need_resched && this_cpu()->preempt_count == 0)
        panic("interrupts are turned on at %p without taking the switch that is due: that takes "
              "interrupts_restore()",
              __builtin_return_address(0));
}
#endif

void preempt_check(void)
{
    if (!interrupts_are_enabled())
        return;
    interrupts_disable();
    if (this_cpu()->preempt_count == 0 &&
        this_cpu()->need_resched) /* an interrupt may have switched before the CLI */
        observer_function((uint64_t)__builtin_return_address(0));
    preempt_on_interrupt_exit();
    interrupts_enable();
}
