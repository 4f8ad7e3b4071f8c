/*
 * The room bootloader/ is the way from the BIOS to the kernel's first instruction in 64-bit mode:
 * two stages in NASM, a file for each concern.
 *
 * Entered by: nobody; the kernel gets what it says from kernel/boot_info.h.
 * Invariant: what fails says so with its numbers, on the screen and COM1, and stops; no sector
 * count or address is written down twice.
 *
 * Where everything lies: the parts of the disk image, and low memory while the machine boots.
 *
 * This header is the only definition. tools/disk_image.c includes it, and the bootloader reads it
 * as build/bootloader/image_layout.inc (made from image_layout_offsets.c).
 */
#ifndef AETHEL_BOOTLOADER_IMAGE_LAYOUT_H
#define AETHEL_BOOTLOADER_IMAGE_LAYOUT_H

#include <stdint.h>

#define SECTOR_BYTES 512

/* The image is a 1.44 MB floppy, and a disk or USB stick of the same size. */
#define FLOPPY_CYLINDERS         80
#define FLOPPY_HEADS             2
#define FLOPPY_SECTORS_PER_TRACK 18
#define IMAGE_SECTORS            (FLOPPY_CYLINDERS * FLOPPY_HEADS * FLOPPY_SECTORS_PER_TRACK)

/*
 * Sectors of the image. The partition begins with a second copy of the boot sector, for firmware
 * that starts the active partition's first sector instead of sector 0. The kernel follows stage 2.
 */
#define BOOT_SECTOR_LBA  0
#define PARTITION_LBA    1
#define COMMAND_LINE_LBA 2
#define STAGE2_LBA       3

/*
 * Stage 2 ends with the first track of a floppy. So the sectors that stage 1 reads have the same
 * cylinder, head and sector numbers in every geometry that can hold the image, and stage 1 need
 * not know which one it is.
 */
#define STAGE2_SECTORS_MAX (FLOPPY_SECTORS_PER_TRACK - STAGE2_LBA)

/* What stage 1 must get when it adds up stage 2: not 0, which zeros add up to, too. */
#define STAGE2_CHECK 1

/*
 * Memory below 1 MiB, physical addresses. The kernel waits in its buffer until all of it has come
 * and its checksum is right. The buffer begins at a multiple of 64 KiB, so that a read that stays
 * within 64 KiB of it never crosses a DMA boundary. A kernel without tests ends below 80000h, where
 * some machines' memory does; stage 2 asks the firmware for where it does.
 */
#define BOOT_INFO_ADDRESS     0x1000
#define PAGE_TABLES_ADDRESS   0x2000
#define STACK_TOP             0x7C00
#define STAGE1_ADDRESS        0x7C00
#define COMMAND_LINE_ADDRESS  0x7E00
#define STAGE2_ADDRESS        0x8000
#define KERNEL_BUFFER_ADDRESS 0x10000
#define KERNEL_BUFFER_END     0x98000

/* Where stage 1 keeps the drive number that the firmware gave it: one byte. */
#define FIRMWARE_DRIVE_ADDRESS (STAGE1_ADDRESS + 0x5A)

/* The kernel runs at KERNEL_BASE + KERNEL_ADDRESS; its first byte is its 64-bit entry point. */
#define KERNEL_ADDRESS 0x100000
#define KERNEL_BASE    0xFFFFFFFF80000000

/*
 * The kernel's checksum. Word i of its sectors (32 bits, little endian) is added to lane i modulo
 * KERNEL_LANES of the first sums, and that lane, as it is then, to the same lane of the second
 * ones: all modulo 2^32.
 */
#define KERNEL_LANES 4
#define KERNEL_SUMS  (2 * KERNEL_LANES)

/* Beyond its image and .bss the kernel needs so much memory before its prompt comes: for page
 * tables, stacks, and two shells; and a little more. */
#define KERNEL_START_MEMORY 0x38000

/* The first bytes of stage 2. tools/disk_image.c fills in all but the jump. */
struct stage2_header {
    uint8_t jump[4];
    uint32_t kernel_lba;
    uint32_t kernel_sectors;
    uint32_t kernel_bytes;  /* the last sector is filled up with zeros */
    uint32_t kernel_memory; /* bytes from KERNEL_ADDRESS on that the kernel needs to start */
    uint32_t kernel_sums[KERNEL_SUMS];

    /* The kernel's symbol table is a part of it, and has sums of its own, which tell what is
     * damaged. */
    uint32_t symbols_sector; /* as the kernel counts: 0 is its first one */
    uint32_t symbols_sectors;
    uint32_t symbols_sums[KERNEL_SUMS];
};

#endif
