; Stage 2: prepares the machine, loads the kernel, and hands over to it in 64-bit mode.
;
; It runs in real mode with all segments 0. Stage 1 has said on entry: DL = drive, DI = the number
; under which the drive gave the command line's sector, and on the stack the BIOS ticks (32 bits)
; and the time stamp counter (64 bits) of the beginning.

%include "image_layout.inc"
%include "boot_info.inc"
%include "bootloader/hardware.inc"

BIOS_TICKS_PER_DAY equ 1800B0h          ; where the BIOS's counter begins again

load_ticks equ BOOT_INFO_ADDRESS + boot_info.load_ticks
start_tsc equ BOOT_INFO_ADDRESS + boot_info.start_tsc

    bits 16
    org STAGE2_ADDRESS

header:
    jmp near start
    times stage2_header_size - ($ - header) db 0

%include "bootloader/bios.inc"
%include "bootloader/text.asm"
%include "bootloader/keys.asm"
%include "bootloader/cpu.asm"
%include "bootloader/a20.asm"
%include "bootloader/memory_map.asm"
%include "bootloader/disk.asm"
%include "bootloader/drive_report.asm"
%include "bootloader/kernel_image.asm"
%include "bootloader/menu.asm"
%include "bootloader/memory_map_page.asm"
%include "bootloader/line_editor.asm"
%include "bootloader/long_mode.asm"

start:
    call init_boot_info
    pop dword [start_ticks]
    pop dword [start_tsc]
    pop dword [start_tsc + 4]
    call init_com1
    call init_screen
    call take_invalid_opcode
    call copy_command_line

    call check_cpu
    mov ax, 0EC00h                      ; tells the firmware that 64-bit mode comes
    mov bl, 2
    bios 15h
    call collect_memory_map
    call check_memory
    call check_low_memory

    call load_kernel
    call describe_drives
    call enable_a20                     ; last: reading from the disk may have switched it off
    call measure_load_time
    jmp enter_kernel

; All but what other rooms fill in: the drive, the memory map, A20, the time of handover.
; DL and DI as stage 1 has left them.
init_boot_info:
    mov si, di
    mov di, BOOT_INFO_ADDRESS
    mov cx, boot_info_size / 4
    xor eax, eax
    rep stosd

    mov dword [BOOT_INFO_ADDRESS + boot_info.magic], BOOT_INFO_MAGIC
    mov dword [BOOT_INFO_ADDRESS + boot_info.version], BOOT_INFO_VERSION
    mov dword [BOOT_INFO_ADDRESS + boot_info.size], boot_info_size
    mov [boot_drive], dl
    mov al, [FIRMWARE_DRIVE_ADDRESS]
    mov [BOOT_INFO_ADDRESS + boot_info.firmware_drive], al
    mov ax, COMMAND_LINE_LBA
    sub ax, si
    mov [translation], ax
    mov dword [BOOT_INFO_ADDRESS + boot_info.kernel_address], KERNEL_ADDRESS
    mov eax, [kernel_bytes]
    mov [BOOT_INFO_ADDRESS + boot_info.kernel_bytes], eax
    ret

; Whatever stands in the image, boot_info gets a text that ends.
copy_command_line:
    mov si, COMMAND_LINE_ADDRESS
    mov di, BOOT_INFO_ADDRESS + boot_info.command_line
    mov cx, BOOT_COMMAND_LINE_SIZE - 1
    rep movsb
    ret

measure_load_time:
    mov eax, [BIOS_TICKS]
    sub eax, [start_ticks]
    jae .same_day
    add eax, BIOS_TICKS_PER_DAY
.same_day:
    mov [load_ticks], eax
    ret

start_ticks: dd 0

; The last word makes the checksum of stage 2 what stage 1 expects; tools/disk_image.c sets it.
    align 4, db 0
    times (SECTOR_BYTES - ($ - $$ + 4) % SECTOR_BYTES) % SECTOR_BYTES db 0
    dd 0
end_of_stage2:
