/* In place of kernel/cpu/tsc.h: a clock that the test sets, a nanosecond a cycle. */
#ifndef AETHEL_KERNEL_CPU_TSC_H
#define AETHEL_KERNEL_CPU_TSC_H

#include <stdbool.h>
#include <stdint.h>

extern uint64_t fake_tsc;

static inline uint64_t tsc_read(void)
{
    return fake_tsc;
}

static inline uint64_t tsc_to_ns(uint64_t cycles)
{
    return cycles;
}

static inline uint64_t tsc_from_ns(uint64_t nanoseconds)
{
    return nanoseconds;
}

uint64_t tsc_rate(void);
void tsc_refine(uint64_t cycles, uint64_t nanoseconds);
void tsc_calibrate(uint64_t cycles, uint64_t nanoseconds);
bool tsc_is_settled(void);
void tsc_replace(uint64_t (*clock)(void), uint32_t clock_hz);
bool tsc_is_trusted(void);
bool tsc_is_invariant(void);

#endif
