/* In place of kernel/cpu/tsc.h: a clock that the test sets. */
#ifndef AETHEL_KERNEL_CPU_TSC_H
#define AETHEL_KERNEL_CPU_TSC_H

#include <stdint.h>

extern uint64_t fake_tsc;

static inline uint64_t tsc_read(void)
{
    return fake_tsc;
}

#endif
