/* The rate of the time stamp counter, as others measure it. */
#include "kernel/cpu/tsc.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"

#define AGREEMENT_PER_MILLE 4u

#define NS_SHIFT 32 /* ns_per_cycle is a fixed point number with 32 fraction bits */

static uint64_t ns_per_cycle;
static uint64_t previous_rate; /* of the calibration's latest window; 0: there was none */
static bool is_settled;

static bool agree(uint64_t one, uint64_t other)
{
    uint64_t difference = one > other ? one - other : other - one;
    return difference * 1000 <= one * AGREEMENT_PER_MILLE;
}

void tsc_refine(uint64_t cycles, uint64_t nanoseconds)
{
    if (cycles != 0)
        ns_per_cycle = (nanoseconds << NS_SHIFT) / cycles;
}

/* What stood still in one window, or was told of late, does so by another amount in the next. */
void tsc_calibrate(uint64_t cycles, uint64_t nanoseconds)
{
    tsc_refine(cycles, nanoseconds);
    is_settled = is_settled || agree(ns_per_cycle, previous_rate);
    previous_rate = ns_per_cycle;
}

bool tsc_is_settled(void)
{
    return is_settled;
}

uint64_t tsc_rate(void)
{
    return ns_per_cycle;
}

uint64_t tsc_to_ns_at(uint64_t rate, uint64_t cycles)
{
    return (uint64_t)(((unsigned __int128)cycles * rate) >> NS_SHIFT);
}

uint64_t tsc_to_ns(uint64_t cycles)
{
    return tsc_to_ns_at(ns_per_cycle, cycles);
}

uint64_t tsc_from_ns(uint64_t nanoseconds)
{
    return ns_per_cycle != 0 ? (nanoseconds << NS_SHIFT) / ns_per_cycle : 0;
}

/* --- In its place ---------------------------------------------------------------------------- */

#define LEAF_POWER          0x80000007u
#define POWER_INVARIANT_TSC (1u << 8)

/* Little-endian, as they lie in memory: 0F 31, and CD with the vector. */
#define OPCODE_RDTSC     0x310Fu
#define OPCODE_INTERRUPT (0xCDu | TSC_VECTOR << 8)

#define NS_PER_SECOND 1000000000ull
#define CLOCK_SHIFT   24

extern const uint64_t __tsc_reads_start[], __tsc_reads_end[];

static uint64_t (*substitute)(void); /* NULL: none */
static uint64_t substitute_base;     /* what it showed when it came into force */
static uint64_t cycles_base;         /* and what the counter did */
static uint64_t cycles_per_clock;    /* a fixed point number with CLOCK_SHIFT fraction bits */
static uint64_t latest;

uint64_t tsc_substitute(void);

/* Called by interrupt_entry.asm with interrupts off. The counter never goes back, so neither may
 * this. */
uint64_t tsc_substitute(void)
{
    int64_t clocks = (int64_t)(substitute() - substitute_base);
    if (clocks < 0)
        return latest;
    uint64_t cycles = (uint64_t)((unsigned __int128)clocks * cycles_per_clock >> CLOCK_SHIFT);
    if (cycles_base + cycles > latest)
        latest = cycles_base + cycles;
    return latest;
}

/* Text is written through the direct map. CPUID makes the processor forget what it has fetched
 * (Intel SDM vol. 3, 8.1.3). */
static void replace_instructions(void)
{
    uint32_t a, b, c, d;
    for (const uint64_t *read = __tsc_reads_start; read < __tsc_reads_end; read++) {
        uint16_t *code = physical_to_virtual(*read - KERNEL_BASE);
        if (*code != OPCODE_RDTSC)
            panic("no RDTSC at %#lx", *read);
        *code = OPCODE_INTERRUPT;
    }
    cpu_id(0, &a, &b, &c, &d);
}

void tsc_replace(uint64_t (*clock)(void), uint32_t clock_hz)
{
    uint64_t flags = interrupts_save();
    if (substitute == NULL) {
        uint64_t cycles_per_second = ns_per_cycle != 0 ? tsc_from_ns(NS_PER_SECOND) : NS_PER_SECOND;
        cycles_per_clock = (cycles_per_second << CLOCK_SHIFT) / clock_hz;
        latest = cycles_base = tsc_read();
        substitute_base = clock();
        substitute = clock;
        replace_instructions();
    }
    interrupts_restore(flags);
}

bool tsc_is_trusted(void)
{
    return substitute == NULL;
}

bool tsc_is_invariant(void)
{
    uint32_t a, b, c, d;
    return cpu_id_if_known(LEAF_POWER, &a, &b, &c, &d) && (d & POWER_INVARIANT_TSC);
}
