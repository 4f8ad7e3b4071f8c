/* Exceptions: faults of the running code. Each ends in a panic that says what happened. */
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

/* Called by interrupt_entry.asm. */
void exception_dispatch(const struct interrupt_frame *frame);

#endif
