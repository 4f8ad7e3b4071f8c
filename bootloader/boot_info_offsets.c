/* What NASM needs to know of kernel/boot_info.h: becomes build/bootloader/boot_info.inc. */
#include "bootloader/asm_constants.h"
#include "kernel/boot_info.h"

void boot_info_offsets(void);

void boot_info_offsets(void)
{
    ASM_CONSTANT(BOOT_INFO_MAGIC);
    ASM_CONSTANT(BOOT_INFO_VERSION);
    ASM_CONSTANT(BOOT_MEMORY_ENTRIES);
    ASM_CONSTANT(BOOT_COMMAND_LINE_SIZE);
    ASM_CONSTANT(BOOT_SERIAL_INPUT_SIZE);
    ASM_CONSTANT(BOOT_MEMORY_USABLE);
    ASM_CONSTANT(BOOT_MEMORY_FROM_E820);
    ASM_CONSTANT(BOOT_MEMORY_FROM_E801);
    ASM_CONSTANT(BOOT_MEMORY_FROM_88);
    ASM_CONSTANT(BOOT_A20_WAS_ON);
    ASM_CONSTANT(BOOT_A20_BY_BIOS);
    ASM_CONSTANT(BOOT_A20_BY_KEYBOARD_CONTROLLER);
    ASM_CONSTANT(BOOT_A20_BY_PORT_92);
    ASM_CONSTANT(BOOT_EDD_READS);
    ASM_CONSTANT(BOOT_EDD_PARAMETERS);

    ASM_OFFSET(boot_memory_entry, base);
    ASM_OFFSET(boot_memory_entry, length);
    ASM_OFFSET(boot_memory_entry, type);
    ASM_OFFSET(boot_memory_entry, attributes);
    ASM_SIZE(boot_memory_entry);

    ASM_OFFSET(boot_info, magic);
    ASM_OFFSET(boot_info, version);
    ASM_OFFSET(boot_info, size);
    ASM_OFFSET(boot_info, boot_drive);
    ASM_OFFSET(boot_info, uses_edd);
    ASM_OFFSET(boot_info, sectors_per_track);
    ASM_OFFSET(boot_info, heads);
    ASM_OFFSET(boot_info, read_retries);
    ASM_OFFSET(boot_info, kernel_address);
    ASM_OFFSET(boot_info, kernel_bytes);
    ASM_OFFSET(boot_info, start_tsc);
    ASM_OFFSET(boot_info, handover_tsc);
    ASM_OFFSET(boot_info, load_ticks);
    ASM_OFFSET(boot_info, memory_source);
    ASM_OFFSET(boot_info, memory_entries);
    ASM_OFFSET(boot_info, low_memory_kib);
    ASM_OFFSET(boot_info, firmware_drive);
    ASM_OFFSET(boot_info, lba_translation);
    ASM_OFFSET(boot_info, a20_method);
    ASM_OFFSET(boot_info, edd_version);
    ASM_OFFSET(boot_info, edd_features);
    ASM_OFFSET(boot_info, drive_sector_bytes);
    ASM_OFFSET(boot_info, drive_sectors);
    ASM_OFFSET(boot_info, edd_host_bus);
    ASM_OFFSET(boot_info, edd_interface);
    ASM_OFFSET(boot_info, hard_disks);
    ASM_OFFSET(boot_info, menu_was_shown);
    ASM_OFFSET(boot_info, serial_input_bytes);
    ASM_OFFSET(boot_info, serial_input);
    ASM_OFFSET(boot_info, memory_map);
    ASM_OFFSET(boot_info, command_line);
    ASM_SIZE(boot_info);
}
