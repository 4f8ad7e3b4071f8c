/* Intel SDM vol. 3, 10.4.3, "Enabling or Disabling the Local APIC". */
#include "kernel/cpu/local_apic.h"

#include <stdint.h>

#include "kernel/cpu/cpu.h"

#define LEAF_FEATURES 1u
#define FEATURE_APIC  (1u << 9) /* in EDX: it is there, and on */

#define MSR_APIC_BASE    0x1Bu
#define APIC_BASE_ON     (1u << 11)
#define APIC_BASE_X2APIC (1u << 10)

bool local_apic_switch_off(void)
{
    uint32_t a, b, c, d;
    cpu_id(0, &a, &b, &c, &d);
    if (a < LEAF_FEATURES)
        return false;
    cpu_id(LEAF_FEATURES, &a, &b, &c, &d);
    if (!(d & FEATURE_APIC))
        return false;
    uint64_t base = cpu_read_msr(MSR_APIC_BASE);
    cpu_write_msr(MSR_APIC_BASE, base & ~(uint64_t)(APIC_BASE_ON | APIC_BASE_X2APIC));
    return true;
}
