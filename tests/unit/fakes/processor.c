/* What a driver asks of the processor: the interrupt flag, and the preempt count. */
#include "tests/unit/fakes/processor.h"

#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"

struct cpu boot_cpu;
bool interrupts_are_on = true;

uint64_t interrupts_save(void)
{
    bool were_on = interrupts_are_on;
    interrupts_are_on = false;
    return were_on;
}

void interrupts_restore(uint64_t flags)
{
    interrupts_are_on = flags;
}

void preempt_check(void)
{
}

void preempt_check_enabled(void)
{
}
