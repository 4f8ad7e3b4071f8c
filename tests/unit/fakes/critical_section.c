/* Critical sections where there are no interrupts: only that each is closed again is checked. */
#include <stdbool.h>
#include <stdlib.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"

volatile uint32_t preempt_count;
volatile bool need_resched;

static uint64_t depth;

uint64_t interrupts_save(void)
{
    return depth++;
}

void interrupts_restore(uint64_t flags)
{
    if (--depth != flags)
        abort();
}

void preempt_check(void)
{
}
