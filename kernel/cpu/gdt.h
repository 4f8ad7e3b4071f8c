/* The global descriptor table and the task state segment: in long mode, little more than the
 * code segment and the stacks that must never be missing (Intel SDM vol. 3, 3.4.5 and 7.7). */
#ifndef AETHEL_KERNEL_CPU_GDT_H
#define AETHEL_KERNEL_CPU_GDT_H

#include <stdint.h>

#define GDT_KERNEL_CODE 0x08
#define GDT_KERNEL_DATA 0x10
#define GDT_TSS         0x18

/*
 * Interrupt stack table entries. A double fault mostly means that the stack is gone, and an NMI or
 * a machine check may come at any instruction: they have stacks of their own. Of the two that
 * nothing comes back from, the first to come has no more use for it when the second does.
 */
enum interrupt_stack { INTERRUPT_STACK_NONE, INTERRUPT_STACK_FATAL, INTERRUPT_STACK_NMI };

/* Loads the table, the segment registers and the task register. Boot only, interrupts off. */
void gdt_init(void);

/* Names the top of the stack that `stack` stands for; the IDT may refer to it from then on. */
void gdt_set_interrupt_stack(enum interrupt_stack stack, uint64_t top);

#endif
