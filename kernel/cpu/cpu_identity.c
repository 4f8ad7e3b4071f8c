/* Leaves and bits: Intel SDM vol. 2, CPUID; AMD64 Architecture Programmer's Manual vol. 3, E. */
#include "kernel/cpu/cpu_identity.h"

#include "kernel/lib/string.h"

#define LEAF_VENDOR     0u
#define LEAF_VERSION    1u
#define LEAF_HYPERVISOR 0x40000000u
#define LEAF_EXTENDED   0x80000000u
#define LEAF_FEATURES   0x80000001u
#define LEAF_BRAND      0x80000002u
#define LEAF_POWER      0x80000007u

#define BRAND_LEAVES 3u

#define VERSION_EDX_APIC        (1u << 9)
#define VERSION_ECX_HYPERVISOR  (1u << 31)
#define FEATURES_EDX_NO_EXECUTE (1u << 20)
#define FEATURES_EDX_GIB_PAGES  (1u << 26)
#define POWER_EDX_INVARIANT_TSC (1u << 8)

#define FAMILY_EXTENDED 0xFu /* the extended fields count for these families */
#define FAMILY_P6       0x6u /* of the model only */

enum { EAX, EBX, ECX, EDX, REGISTERS };

static void copy_text(char *text, const uint32_t *words, unsigned count)
{
    memcpy(text, words, count * sizeof(*words));
    text[count * sizeof(*words)] = '\0';
}

static void take_vendor(struct cpu_identity *identity, const uint32_t registers[REGISTERS])
{
    const uint32_t words[] = {registers[EBX], registers[EDX], registers[ECX]};
    copy_text(identity->vendor, words, 3);
}

static void take_version(struct cpu_identity *identity, uint32_t version)
{
    unsigned family = version >> 8 & 0xF;
    identity->stepping = version & 0xF;
    identity->model = version >> 4 & 0xF;
    identity->family = family;
    if (family == FAMILY_EXTENDED)
        identity->family += version >> 20 & 0xFF;
    if (family == FAMILY_EXTENDED || family == FAMILY_P6)
        identity->model += (version >> 16 & 0xF) << 4;
}

/* Some makers fill up with blanks in front, too. */
static void take_brand(struct cpu_identity *identity, cpu_identity_reader *read)
{
    uint32_t registers[REGISTERS];
    char text[CPU_BRAND_SIZE];
    for (unsigned i = 0; i < BRAND_LEAVES; i++) {
        read(LEAF_BRAND + i, registers);
        copy_text(text + i * sizeof(registers), registers, REGISTERS);
    }
    const char *start = text;
    while (*start == ' ')
        start++;
    size_t length = string_copy(identity->brand, start, sizeof(identity->brand));
    while (length > 0 && identity->brand[length - 1] == ' ')
        identity->brand[--length] = '\0';
}

static void take_extended(struct cpu_identity *identity, cpu_identity_reader *read)
{
    uint32_t registers[REGISTERS];
    read(LEAF_EXTENDED, registers);
    uint32_t last = registers[EAX];
    if (last >= LEAF_FEATURES) {
        read(LEAF_FEATURES, registers);
        identity->has_no_execute = registers[EDX] & FEATURES_EDX_NO_EXECUTE;
        identity->has_large_pages = registers[EDX] & FEATURES_EDX_GIB_PAGES;
    }
    if (last >= LEAF_BRAND + BRAND_LEAVES - 1)
        take_brand(identity, read);
    if (last >= LEAF_POWER) {
        read(LEAF_POWER, registers);
        identity->has_invariant_tsc = registers[EDX] & POWER_EDX_INVARIANT_TSC;
    }
}

void cpu_identify(cpu_identity_reader *read, struct cpu_identity *identity)
{
    uint32_t registers[REGISTERS];
    *identity = (struct cpu_identity){0};
    read(LEAF_VENDOR, registers);
    take_vendor(identity, registers);
    read(LEAF_VERSION, registers);
    take_version(identity, registers[EAX]);
    identity->has_local_apic = registers[EDX] & VERSION_EDX_APIC;
    if (registers[ECX] & VERSION_ECX_HYPERVISOR) {
        read(LEAF_HYPERVISOR, registers);
        copy_text(identity->hypervisor, &registers[EBX], 3);
    }
    take_extended(identity, read);
}
