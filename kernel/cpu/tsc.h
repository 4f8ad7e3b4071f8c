/*
 * The time stamp counter: the fine clock of the kernel.
 *
 * It is calibrated against the timer tick while the machine already works: the boot never waits
 * for it. Until the rate is settled, conversions use the best estimate so far.
 */
#ifndef AETHEL_KERNEL_CPU_TSC_H
#define AETHEL_KERNEL_CPU_TSC_H

#include <stdbool.h>
#include <stdint.h>

/* Cycles since the processor's reset. Any context. */
static inline uint64_t tsc_read(void)
{
    /* Both halves come zero-extended (Intel SDM vol. 2, RDTSC). */
    uint64_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
}

/*
 * Tells the calibration that the timer's interrupt has just come, `elapsed_ns` after the one
 * before. Called by the tick's handler; returns whether it wants to be called again.
 */
bool tsc_calibrate_on_tick(uint64_t elapsed_ns);

/* A longer measurement, without a tick lost: `cycles` were counted in `nanoseconds`. Interrupts
 * off. */
void tsc_refine(uint64_t cycles, uint64_t nanoseconds);

/* Cycles in nanoseconds; 0 before the first two ticks. Any context. */
uint64_t tsc_to_ns(uint64_t cycles);

/* Nanoseconds, 4 seconds of them at most, in cycles; 0 likewise. */
uint64_t tsc_from_ns(uint64_t nanoseconds);

/* The rate as it is known now, and a conversion by it: for times that must not change places when
 * the rate becomes known better. Any context. */
uint64_t tsc_rate(void);
uint64_t tsc_to_ns_at(uint64_t rate, uint64_t cycles);

#endif
