/* What NASM needs to know of image_layout.h: becomes build/bootloader/image_layout.inc. */
#include "bootloader/asm_constants.h"
#include "bootloader/image_layout.h"

void image_layout_offsets(void);

void image_layout_offsets(void)
{
    ASM_CONSTANT(SECTOR_BYTES);
    ASM_CONSTANT(FLOPPY_CYLINDERS);
    ASM_CONSTANT(FLOPPY_HEADS);
    ASM_CONSTANT(FLOPPY_SECTORS_PER_TRACK);
    ASM_CONSTANT(IMAGE_SECTORS);

    ASM_CONSTANT(PARTITION_LBA);
    ASM_CONSTANT(COMMAND_LINE_LBA);
    ASM_CONSTANT(STAGE2_LBA);
    ASM_CONSTANT(STAGE2_SECTORS_MAX);
    ASM_CONSTANT(STAGE2_CHECK);

    ASM_CONSTANT(BOOT_INFO_ADDRESS);
    ASM_CONSTANT(PAGE_TABLES_ADDRESS);
    ASM_CONSTANT(STACK_TOP);
    ASM_CONSTANT(STAGE1_ADDRESS);
    ASM_CONSTANT(FIRMWARE_DRIVE_ADDRESS);
    ASM_CONSTANT(COMMAND_LINE_ADDRESS);
    ASM_CONSTANT(STAGE2_ADDRESS);
    ASM_CONSTANT(KERNEL_BUFFER_ADDRESS);
    ASM_CONSTANT(KERNEL_ADDRESS);
    ASM_CONSTANT(KERNEL_BASE);
    ASM_CONSTANT(KERNEL_SUMS);

    ASM_OFFSET(stage2_header, kernel_lba);
    ASM_OFFSET(stage2_header, kernel_sectors);
    ASM_OFFSET(stage2_header, kernel_bytes);
    ASM_OFFSET(stage2_header, kernel_memory);
    ASM_OFFSET(stage2_header, kernel_sums);
    ASM_OFFSET(stage2_header, symbols_sector);
    ASM_OFFSET(stage2_header, symbols_sectors);
    ASM_OFFSET(stage2_header, symbols_sums);
    ASM_SIZE(stage2_header);
}
