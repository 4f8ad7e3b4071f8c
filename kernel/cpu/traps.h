/*
 * Exceptions: faults of the running code. Each ends in a panic that says what happened, unless it
 * is an NMI, which is only noted, or a guard catches it (kernel/cpu/guard.h).
 */
#ifndef AETHEL_KERNEL_CPU_TRAPS_H
#define AETHEL_KERNEL_CPU_TRAPS_H

#include <stdint.h>

/* What interrupt_entry.asm pushes, below what the processor pushes (Intel SDM vol. 3, 6.14.2). */
struct interrupt_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* Called by interrupt_entry.asm. When it returns, what `frame` says by then goes on. */
void exception_dispatch(struct interrupt_frame *frame);

#endif
