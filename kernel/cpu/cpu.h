/* Single instructions of the processor that C has no words for. Any context may call these. */
#ifndef AETHEL_KERNEL_CPU_CPU_H
#define AETHEL_KERNEL_CPU_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/config.h"
#include "kernel/cpu/reschedule.h"

#define RFLAGS_ALWAYS_SET       (1ul << 1) /* Intel SDM vol. 1, 3.4.3 */
#define RFLAGS_INTERRUPT_ENABLE (1ul << 9)

static inline void interrupts_disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/*
 * STI holds interrupts back for one more instruction (Intel SDM vol. 2, STI). That it is a NOP lets
 * one that was waiting be told from one that came later: see interrupts_came_on_before(). Always
 * inline, since the function that it stands in is the one to blame. For this header alone.
 */
static inline __attribute__((always_inline)) void cpu_set_interrupt_flag(void)
{
    __asm__ volatile("sti; nop" : : : "memory");
}

/*
 * Turns interrupts on, and nothing else: a switch that a wakeup made due while they were off would
 * be lost until the next interrupt. Whoever wakes somebody takes the pair below; debug builds panic
 * here if a switch is due.
 */
static inline __attribute__((always_inline)) void interrupts_enable(void)
{
    interrupts_assert_no_switch_due();
    cpu_set_interrupt_flag();
}

/*
 * Turns interrupts off and returns RFLAGS as it was, for interrupts_restore(). Pairs must nest.
 * This is the pair for whoever waits in, or wakes somebody out of, sched/wait_queue.h.
 */
static inline uint64_t interrupts_save(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

/* The pair's other half. In a thread whose interrupts come back, a switch that became due meanwhile
 * is taken now, if preemption is not disabled. */
static inline __attribute__((always_inline)) void interrupts_restore(uint64_t flags)
{
    if ((flags & RFLAGS_INTERRUPT_ENABLE) == 0)
        return;
    cpu_set_interrupt_flag();
#if CONFIG_PREEMPT
    if (preempt_is_requested())
        preempt_check_enabled();
#endif
}

static inline bool interrupts_are_enabled(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags) : : "memory");
    return flags & RFLAGS_INTERRUPT_ENABLE;
}

/* With interrupts off: lets in those that are waiting. The NOP behind STI is not PAUSE, after which
 * QEMU 7.2 would hold them back for yet another instruction. */
static inline void interrupts_let_in(void)
{
    cpu_set_interrupt_flag();
    interrupts_disable();
}

/* Turns interrupts on and sleeps until one comes. STI holds them back for one more instruction, so
 * none can slip in between and be slept through. */
static inline void cpu_enable_interrupts_and_halt(void)
{
    __asm__ volatile("sti; hlt" : : : "memory");
}

/* Stops for good: only a reset or an NMI ends it. */
_Noreturn static inline void cpu_stop(void)
{
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}

/*
 * Stores `desired` in *word if that is `expected`. Returns whether it was. A single instruction, so
 * no interrupt comes in between; with one CPU it needs no LOCK prefix.
 */
static inline bool cpu_compare_exchange(uint32_t *word, uint32_t expected, uint32_t desired)
{
    bool was_expected;
    __asm__ volatile("cmpxchgl %3, %1"
                     : "=@cce"(was_expected), "+m"(*word), "+a"(expected)
                     : "r"(desired)
                     : "memory");
    return was_expected;
}

/* A hint that this is a waiting loop. */
static inline void cpu_relax(void)
{
    __asm__ volatile("pause" : : : "memory");
}

static inline void cpu_id(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    __asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(0));
}

#define CPU_ID_RANGE 0x80000000u /* its first leaf, as leaf 0 of the other, tells the last one */

/* The same, if the processor knows that leaf. Returns whether it does. */
static inline bool cpu_id_if_known(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c,
                                   uint32_t *d)
{
    cpu_id(leaf & CPU_ID_RANGE, a, b, c, d);
    if (*a < leaf)
        return false;
    cpu_id(leaf, a, b, c, d);
    return true;
}

/* The processor must have that register. */
static inline uint64_t cpu_read_msr(uint32_t msr)
{
    uint64_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return high << 32 | low;
}

static inline void cpu_write_msr(uint32_t msr, uint64_t value)
{
    uint64_t high = value >> 32;
    __asm__ volatile("wrmsr" : : "a"(value), "d"(high), "c"(msr) : "memory");
}

static inline uint64_t cpu_read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t cpu_read_cr3(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static inline void cpu_write_cr3(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory");
}

#define CR4_MACHINE_CHECK (1ul << 6) /* Intel SDM vol. 3, 2.5 */

static inline uint64_t cpu_read_cr4(void)
{
    uint64_t value;
    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}

static inline void cpu_write_cr4(uint64_t value)
{
    __asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory");
}

/* Forgets the cached translation of the page that holds `address`. */
static inline void cpu_invalidate_page(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

#endif
