/*
 * What stage 2 of the bootloader hands to the kernel.
 *
 * This header is the only definition of the layout. The build derives the NASM offsets from it
 * (bootloader/boot_info_offsets.c), and the kernel checks magic, version and size before it
 * believes a word of it.
 */
#ifndef AETHEL_KERNEL_BOOT_INFO_H
#define AETHEL_KERNEL_BOOT_INFO_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_INFO_MAGIC        0x4C485441u /* "ATHL" in memory order */
#define BOOT_INFO_VERSION      2u
#define BOOT_MEMORY_ENTRIES    128u
#define BOOT_COMMAND_LINE_SIZE 256u
#define BOOT_SERIAL_INPUT_SIZE 12u

/* Types as INT 15h AX=E820h tells them (ACPI specification, 15.3). */
enum boot_memory_type {
    BOOT_MEMORY_USABLE = 1,
    BOOT_MEMORY_RESERVED = 2,
    BOOT_MEMORY_ACPI_RECLAIMABLE = 3,
    BOOT_MEMORY_ACPI_NVS = 4,
    BOOT_MEMORY_BAD = 5,
};

/* Which firmware call the memory map comes from. */
enum boot_memory_source {
    BOOT_MEMORY_FROM_E820 = 1,
    BOOT_MEMORY_FROM_E801 = 2,
    BOOT_MEMORY_FROM_88 = 3,
};

/* Where the address line A20 was let go. */
enum boot_a20_method {
    BOOT_A20_WAS_ON = 1,
    BOOT_A20_BY_BIOS = 2,
    BOOT_A20_BY_KEYBOARD_CONTROLLER = 3,
    BOOT_A20_BY_PORT_92 = 4,
};

/* Bits of boot_info.edd_features, from INT 13h AH=41h. */
#define BOOT_EDD_READS      (1u << 0) /* AH=42h is there */
#define BOOT_EDD_PARAMETERS (1u << 2) /* AH=48h tells how the drive is attached */

/* As the firmware gave it: entries may be unsorted, overlap, or be unaligned. None is empty. */
struct boot_memory_entry {
    uint64_t base;   /* physical address, bytes */
    uint64_t length; /* bytes */
    uint32_t type;   /* enum boot_memory_type; unknown values mean reserved */
    uint32_t attributes;
};

struct boot_info {
    uint32_t magic;             /* BOOT_INFO_MAGIC */
    uint32_t version;           /* BOOT_INFO_VERSION */
    uint32_t size;              /* sizeof(struct boot_info) */
    uint32_t boot_drive;        /* BIOS drive number: 00h.. floppies, 80h.. disks */
    uint32_t uses_edd;          /* 1: INT 13h extensions, 0: CHS */
    uint32_t sectors_per_track; /* CHS geometry from AH=08h; 0 if never asked for */
    uint32_t heads;
    uint32_t read_retries;   /* reads that had to be tried again */
    uint64_t kernel_address; /* physical address of the first byte of the kernel image */
    uint64_t kernel_bytes;   /* length of the image on the disk (without .bss) */
    uint64_t start_tsc;      /* time stamp counter when stage 1 began */
    uint64_t handover_tsc;   /* and just before the jump to the kernel */
    uint32_t load_ticks;     /* BIOS ticks (54.9 ms each) that loading took */
    uint32_t memory_source;  /* enum boot_memory_source */
    uint32_t memory_entries; /* valid entries of memory_map */
    uint32_t low_memory_kib; /* below 1 MiB, as INT 12h tells */

    /* For reports about machines that nobody here owns: nothing of it is needed to run. */
    uint32_t firmware_drive;  /* DL as stage 1 got it; boot_drive is the one that could be read */
    uint32_t lba_translation; /* what the firmware adds to each sector number it is asked for */
    uint32_t a20_method;      /* enum boot_a20_method */
    uint32_t edd_version;     /* AH of INT 13h AH=41h, as 21h for 1.1 or 30h for 3.0; 0: no EDD */
    uint32_t edd_features;    /* CX of the same */
    uint32_t drive_sector_bytes; /* from AH=48h; 0 where the firmware does not tell */
    uint64_t drive_sectors;      /* likewise */
    char edd_host_bus[4];        /* "PCI ", "ISA "; zeros where the firmware does not tell */
    char edd_interface[8];       /* "ATA     ", "USB     " and the like; likewise */
    uint32_t hard_disks;         /* byte 475h of the BIOS data area */
    uint32_t menu_was_shown;     /* 1: the boot menu; what was chosen there is in command_line */
    uint32_t serial_input_bytes; /* how many of these came on COM1 meanwhile: for the shell there */
    uint8_t serial_input[BOOT_SERIAL_INPUT_SIZE];
    struct boot_memory_entry memory_map[BOOT_MEMORY_ENTRIES];
    char command_line[BOOT_COMMAND_LINE_SIZE]; /* NUL-terminated */
};

/* Whether what lies at physical address `address` is a boot_info of this version. Boot only. */
bool boot_info_is_valid(uint64_t address);

/* Copies it to where the kernel keeps it; one that is not valid is a panic. Boot only, once. */
void boot_info_take(uint64_t address);

/* The copy; all zero before boot_info_take(). Any context. */
const struct boot_info *boot_info_get(void);

#endif
