/* In place of kernel/cpu/cpu.h: an interrupt flag that a program may change. */
#ifndef AETHEL_KERNEL_CPU_CPU_H
#define AETHEL_KERNEL_CPU_CPU_H

#include <stdint.h>

uint64_t interrupts_save(void);
void interrupts_restore(uint64_t flags);
void interrupts_let_in(void);

#endif
