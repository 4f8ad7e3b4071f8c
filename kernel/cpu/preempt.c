/* The preempt count and the reschedule flag. */
#include "kernel/cpu/preempt.h"

#include "kernel/cpu/cpu.h"

volatile uint32_t preempt_count;
volatile bool need_resched;

static void (*reschedule_function)(void);

void preempt_set_reschedule(void (*reschedule)(void))
{
    reschedule_function = reschedule;
}

void preempt_reschedule(void)
{
    reschedule_function();
}

void preempt_check(void)
{
    if (!interrupts_are_enabled())
        return;
    interrupts_disable();
    preempt_on_interrupt_exit();
    interrupts_enable();
}
