/*
 * The time stamp counter: the fine clock of the kernel.
 *
 * Its rate is measured against the 8254's counter, or the real-time clock, while the machine
 * already works: the boot never waits for it. Until it is settled, conversions use the best
 * estimate so far.
 */
#ifndef AETHEL_KERNEL_CPU_TSC_H
#define AETHEL_KERNEL_CPU_TSC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Cycles since the processor's reset. Any context.
 *
 * Where the counter cannot be relied on, tsc_replace() has this software interrupt raised in place
 * of RDTSC: either is an instruction of two bytes, so all places where one stands are gathered in a
 * section, and a machine that is sound pays nothing for those that are not.
 */
#define TSC_VECTOR 255u

static inline uint64_t tsc_read(void)
{
    /* Both halves come zero-extended (Intel SDM vol. 2, RDTSC). */
    uint64_t low, high;
    __asm__ volatile("1: rdtsc\n"
                     ".pushsection .tsc_reads, \"a\"\n"
                     ".quad 1b\n"
                     ".popsection"
                     : "=a"(low), "=d"(high));
    return high << 32 | low;
}

/*
 * From now on tsc_read() counts as `clock` does, which runs at `clock_hz`, in the cycles of before:
 * times that were taken earlier keep their meaning. `clock` is called with interrupts off in any
 * context, an NMI's handler excepted, and may go back by a little. For good; a second call changes
 * nothing.
 */
void tsc_replace(uint64_t (*clock)(void), uint32_t clock_hz);

/* Whether tsc_read() still reads the time stamp counter itself. Any context. */
bool tsc_is_trusted(void);

/* Whether the processor says that its counter never changes its rate, nor stops (Intel SDM vol. 3,
 * 18.17.1, "Invariant TSC"). Any context. */
bool tsc_is_invariant(void);

/* A measurement, from now on taken for the best: `cycles` were counted in `nanoseconds`, fewer than
 * 4 seconds. Interrupts off. */
void tsc_refine(uint64_t cycles, uint64_t nanoseconds);

/* The same, by one window of a calibration, which goes on until two windows in a row agree to four
 * in a thousand. Interrupts off. */
void tsc_calibrate(uint64_t cycles, uint64_t nanoseconds);

/* Whether they have. Any context. */
bool tsc_is_settled(void);

/* Cycles in nanoseconds; 0 before the rate has been measured for the first time. Any context. */
uint64_t tsc_to_ns(uint64_t cycles);

/* Nanoseconds, 4 seconds of them at most, in cycles; 0 likewise. */
uint64_t tsc_from_ns(uint64_t nanoseconds);

/* The rate as it is known now, and a conversion by it: for times that must not change places when
 * the rate becomes known better. Any context. */
uint64_t tsc_rate(void);
uint64_t tsc_to_ns_at(uint64_t rate, uint64_t cycles);

#endif
