/*
 * The room kernel/cpu/ is the processor: its instructions, descriptor tables, exceptions, the way
 * of an interrupt in and out, the preempt count, spinlocks, the time stamp counter.
 *
 * Entered by: all rooms but kernel/lib/.
 * Invariant: an interrupt leaves everything as it found it, but for who runs next; and nobody is
 * switched out while the preempt count is not 0.
 *
 * What belongs to a processor rather than to the kernel. There is one processor, and one of these;
 * who asks for it says this_cpu(), so that only that line knows. docs/preemption.md names what
 * else there would have to be one of for each.
 *
 * Whoever changes a member has interrupts off, or is the only one who could: the preempt count
 * belongs to the running thread, which leaves the CPU only where it is 0.
 */
#ifndef AETHEL_KERNEL_CPU_THIS_CPU_H
#define AETHEL_KERNEL_CPU_THIS_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/config.h"

#define CACHE_LINE_SIZE 64u

struct spinlock;
struct thread;

/* How the hardware's interrupt that is being handled came in. */
struct interrupt_entry {
    uint64_t entered_at;       /* TSC */
    uint64_t address;          /* of the instruction that it interrupted */
    uint64_t previous_exit;    /* TSC: when the handler before ended */
    const char *previous_name; /* of its line */
};

struct cpu {
    /* What each tick and each switch looks at: one cache line. */

    struct thread *running; /* NULL before the scheduler starts; sched/core/ alone writes it */
    struct thread *idle;    /* the thread that runs here when nobody else can */

    /*
     * How many preempt_disable() calls are open, and PREEMPT_HANDLER for each interrupt handler
     * that runs: 0 means that the caller may be switched out, and that it may block. It belongs to
     * the running thread, but since no thread is ever switched out with a count above 0, one number
     * serves for all of them.
     *
     * Handlers change this and need_resched, too; but what lets them in (STI) and what changes the
     * count are instructions that the compiler moves no memory access across.
     */
    uint32_t preempt_count;

    /* Someone more urgent is ready, or the quantum is used up. Written by preempt_request(). */
    bool need_resched;
    uint8_t resched_reason; /* why: the scheduler's enum switch_reason */

    uint8_t attention;            /* what a switch must not pass by: sched/state/attention.h */
    void (*deferred)(void);       /* see interrupts_defer(); NULL: nothing */
    struct interrupt_entry entry; /* of the handler that runs, or ran last */

    /* The rest. */

    bool is_running_deferred;
    uint64_t deferred_began_at;         /* TSC; while that is so */
    uint64_t accounted_before_deferred; /* interrupts_cycles() then */

    unsigned spinlocks_held;
    uint64_t flags_before_spinlocks; /* RFLAGS when the first of them was taken */
#if CONFIG_DEBUG
    struct spinlock *held_spinlocks; /* the one taken last is first */
#endif
} __attribute__((aligned(CACHE_LINE_SIZE)));

_Static_assert(__builtin_offsetof(struct cpu, is_running_deferred) == CACHE_LINE_SIZE,
               "what ticks and switches look at is not one cache line");

/* The processor that the machine was booted by. For this_cpu() alone. */
extern struct cpu boot_cpu;

/* The processor that the caller runs on: the same for as long as it cannot be switched out. Any
 * context. */
static inline struct cpu *this_cpu(void)
{
    return &boot_cpu;
}

#endif
