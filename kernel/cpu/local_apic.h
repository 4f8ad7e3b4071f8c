/*
 * The local APIC, which this kernel does not use: it stands between the 8259 and the processor, and
 * firmware is to have set it so that it lets the 8259's interrupts through ("virtual wire").
 */
#ifndef AETHEL_KERNEL_CPU_LOCAL_APIC_H
#define AETHEL_KERNEL_CPU_LOCAL_APIC_H

#include <stdbool.h>

/* Sets it like that. Returns whether there is one that is on. Boot only, once memory is mapped. */
bool local_apic_let_through(void);

#endif
