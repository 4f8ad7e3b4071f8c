/* The preempt count and the reschedule flag. */
#include "kernel/cpu/preempt.h"

#include "kernel/cpu/cpu.h"

struct cpu boot_cpu;

void (*preempt_reschedule_function)(uint64_t address);

void preempt_set_reschedule(void (*reschedule)(uint64_t address))
{
    preempt_reschedule_function = reschedule;
}

/* An interrupt may have switched before the CLI. */
static inline void check(uint64_t address)
{
    interrupts_disable();
    if (this_cpu()->preempt_count == 0 && preempt_is_requested())
        preempt_reschedule_function(address);
    interrupts_enable();
}

void preempt_check(void)
{
    if (interrupts_are_enabled())
        check((uint64_t)__builtin_return_address(0));
}

void preempt_check_enabled(void)
{
    check((uint64_t)__builtin_return_address(0));
}
