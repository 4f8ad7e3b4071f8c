/* Critical sections: only that each is closed again is checked. */
#include <stdbool.h>
#include <stdlib.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "tests/unit/fakes/critical_section.h"

struct cpu boot_cpu;

void (*fake_interrupt)(void);

static uint64_t depth;

uint64_t interrupts_save(void)
{
    return depth++;
}

void interrupts_restore(uint64_t flags)
{
    if (--depth != flags)
        abort();
    if (depth == 0 && fake_interrupt != NULL)
        fake_interrupt();
}

void preempt_check(void)
{
}

void preempt_check_enabled(void)
{
}
