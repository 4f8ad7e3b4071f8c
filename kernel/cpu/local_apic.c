/* Intel SDM vol. 3, 10.4 and 10.5.1. */
#include "kernel/cpu/local_apic.h"

#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/mm/layout.h"

#define LEAF_FEATURES 1u
#define FEATURE_APIC  (1u << 9) /* in EDX: it is there, and on */

#define MSR_APIC_BASE     0x1Bu
#define APIC_BASE_X2APIC  (1u << 10)  /* its registers are MSRs */
#define APIC_BASE_ADDRESS 0xFFFFF000u /* below 4 GiB, where firmware leaves it */

/* Registers, by their offsets. */
#define SPURIOUS_VECTOR 0x0F0u
#define LINT0           0x350u

#define MSR_X2APIC        0x800u /* the first: one for each 16 bytes of offset */
#define BYTES_PER_MSR     16u
#define SPURIOUS_ENABLE   0x1EFu /* on; the vector is one that nobody uses */
#define LINT0_AS_EXTERNAL 0x700u /* ExtINT: the 8259 tells the vector; not masked */

static void write_register(uint64_t base, uint32_t offset, uint32_t value)
{
    if (base & APIC_BASE_X2APIC) {
        cpu_write_msr(MSR_X2APIC + offset / BYTES_PER_MSR, value);
        return;
    }
    volatile uint32_t *registers = physical_to_virtual(base & APIC_BASE_ADDRESS);
    registers[offset / sizeof(*registers)] = value;
}

bool local_apic_let_through(void)
{
    uint32_t a, b, c, d;
    if (!cpu_id_if_known(LEAF_FEATURES, &a, &b, &c, &d) || !(d & FEATURE_APIC))
        return false;
    uint64_t base = cpu_read_msr(MSR_APIC_BASE);
    write_register(base, SPURIOUS_VECTOR, SPURIOUS_ENABLE);
    write_register(base, LINT0, LINT0_AS_EXTERNAL);
    return true;
}
