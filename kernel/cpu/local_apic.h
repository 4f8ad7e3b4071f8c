/*
 * The local APIC, which this kernel does not use: it stands between the 8259 and the processor, and
 * firmware is to have set it so that it lets everything through.
 */
#ifndef AETHEL_KERNEL_CPU_LOCAL_APIC_H
#define AETHEL_KERNEL_CPU_LOCAL_APIC_H

#include <stdbool.h>

/* Switches it off, so that the 8259's line leads to the processor itself. Returns whether there was
 * one that was on. Boot only. */
bool local_apic_switch_off(void);

#endif
