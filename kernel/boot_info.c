/* The kernel's copy of what stage 2 has handed over. */
#include "kernel/boot_info.h"

#include "kernel/lib/string.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"

static struct boot_info boot_info;

static const struct boot_info *given_at(uint64_t address)
{
    return physical_to_virtual(address);
}

bool boot_info_is_valid(uint64_t address)
{
    const struct boot_info *given = given_at(address);
    return given->magic == BOOT_INFO_MAGIC && given->version == BOOT_INFO_VERSION &&
           given->size == sizeof(*given);
}

void boot_info_take(uint64_t address)
{
    const struct boot_info *given = given_at(address);
    if (!boot_info_is_valid(address))
        panic("boot information at %#lx: magic %#x, version %u, size %u; expected %#x, %u, %lu",
              address, given->magic, given->version, given->size, BOOT_INFO_MAGIC,
              BOOT_INFO_VERSION, sizeof(*given));
    memcpy(&boot_info, given, sizeof(boot_info));
}

const struct boot_info *boot_info_get(void)
{
    return &boot_info;
}
