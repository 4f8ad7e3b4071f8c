/* Which processor this is, as CPUID tells it. Pure: the caller hands in how CPUID is asked. */
#ifndef AETHEL_KERNEL_CPU_CPU_IDENTITY_H
#define AETHEL_KERNEL_CPU_CPU_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#define CPU_VENDOR_SIZE 13u
#define CPU_BRAND_SIZE  49u

struct cpu_identity {
    char vendor[CPU_VENDOR_SIZE];     /* "GenuineIntel" */
    char brand[CPU_BRAND_SIZE];       /* as the maker calls it, or "" */
    char hypervisor[CPU_VENDOR_SIZE]; /* who plays the machine, or "" */
    unsigned family;
    unsigned model;
    unsigned stepping;
    bool has_no_execute;
    bool has_invariant_tsc; /* one rate in all power states */
    bool has_large_pages;   /* of 1 GiB */
    bool has_local_apic;
};

/* Stores EAX, EBX, ECX and EDX of `leaf` in `registers`. */
typedef void cpu_identity_reader(uint32_t leaf, uint32_t registers[4]);

/* Any context. */
void cpu_identify(cpu_identity_reader *read, struct cpu_identity *identity);

#endif
