; Brings the kernel from the disk into its buffer and verifies it there.

CR0_EMULATION equ 1 << 2
CR0_TASK_SWITCHED equ 1 << 3
CR4_OSFXSR equ 1 << 9

low_memory_kib equ BOOT_INFO_ADDRESS + boot_info.low_memory_kib
kernel_lba equ STAGE2_ADDRESS + stage2_header.kernel_lba
kernel_sectors equ STAGE2_ADDRESS + stage2_header.kernel_sectors
kernel_bytes equ STAGE2_ADDRESS + stage2_header.kernel_bytes
kernel_memory equ STAGE2_ADDRESS + stage2_header.kernel_memory
kernel_sums equ STAGE2_ADDRESS + stage2_header.kernel_sums
symbols_sector equ STAGE2_ADDRESS + stage2_header.symbols_sector
symbols_sectors equ STAGE2_ADDRESS + stage2_header.symbols_sectors
symbols_sums equ STAGE2_ADDRESS + stage2_header.symbols_sums

; The buffer must lie below what the firmware keeps for itself.
check_low_memory:
    bios 12h
    movzx eax, ax
    mov [low_memory_kib], eax
    mov ecx, [kernel_sectors]
    shr ecx, 1                          ; rounded up to KiB
    adc ecx, KERNEL_BUFFER_ADDRESS / 1024
    mov [needed_kib], ecx
    mov si, low_memory_text
    cmp eax, ecx
    jb fail
    ret

; Loads the kernel and verifies it. If it is not what it should be, perhaps the firmware has told a
; wrong geometry, or has read something else than it was asked for: then all is read once more, and
; in another way.
load_kernel:
    call want_kernel
    call init_disk
    mov si, hint_text
    call print
    call read_kernel
    call verify_kernel
    je .whole
    call want_kernel
    call read_differently
    call read_kernel
    call verify_kernel
    jne damaged_kernel
.whole:
    mov si, loaded_text
    jmp print

want_kernel:
    mov eax, [kernel_lba]
    mov [wanted.lba], eax
    mov eax, [kernel_sectors]
    mov [wanted.sectors], eax
    mov word [wanted.segment], KERNEL_BUFFER_ADDRESS / 16
    ret

read_kernel:
    call print_progress
.next:
    call offer_menu
    call read_some
    call show_progress
    cmp dword [wanted.sectors], 0
    jne .next
    jmp offer_menu                      ; for who was a little late

; Tells how far it has come after each read that took some time, and at the end.
show_progress:
    mov eax, [BIOS_TICKS]
    cmp eax, [progress_ticks]
    jne print_progress
    cmp dword [wanted.sectors], 0
    je print_progress
    ret

print_progress:
    mov eax, [BIOS_TICKS]
    mov [progress_ticks], eax
    mov eax, [kernel_sectors]
    sub eax, [wanted.sectors]
    imul eax, eax, 100
    xor edx, edx
    div dword [kernel_sectors]
    mov [percent], eax
    mov si, progress_text
    jmp print

; ZF = 1: the kernel is whole.
verify_kernel:
    mov eax, cr0                        ; with these SSE causes exceptions; BIOSes left them set
    and al, 0FFh & ~(CR0_EMULATION | CR0_TASK_SWITCHED)
    mov cr0, eax
    mov eax, cr4
    or eax, CR4_OSFXSR                  ; SSE is an invalid opcode without it
    mov cr4, eax
    mov bx, KERNEL_BUFFER_ADDRESS / 16
    mov ecx, [kernel_sectors]
    mov di, kernel_sums

; ZF = 1: the sums of the ECX sectors at BX:0 are those at DI. Compares two checksums: of the words,
; and of that sum as it was after each step, so that the order counts. Each is kept in four lanes,
; word i in lane i modulo 4: every 64-bit CPU has SSE2, and two instructions add up 16 bytes.
verify_sectors:
    pxor xmm0, xmm0
    pxor xmm1, xmm1
.sector:
    mov ds, bx
%assign offset 0
%rep SECTOR_BYTES / 16
    paddd xmm0, [offset]
    paddd xmm1, xmm0
    %assign offset offset + 16
%endrep
    add bx, SECTOR_BYTES / 16
    dec ecx
    jnz .sector

    push cs
    pop ds
    movups [sums], xmm0
    movups [sums + 16], xmm1
    mov si, sums
    mov cx, KERNEL_SUMS
    repe cmpsd
    ret

; SI and DI as verify_kernel has left them. Does not return. The symbol table is to blame if the sums
; of its words are wrong by as much as those of the whole kernel.
damaged_kernel:
    call note_sums
    movups xmm2, [sums]
    movups xmm3, [kernel_sums]
    psubd xmm2, xmm3
    mov bx, [symbols_sector]
    shl bx, 5                           ; 32 paragraphs a sector
    add bx, KERNEL_BUFFER_ADDRESS / 16
    mov ecx, [symbols_sectors]
    mov di, symbols_sums
    call verify_sectors
    je .elsewhere
    movups xmm3, [sums]
    movups xmm4, [symbols_sums]
    psubd xmm3, xmm4
    pcmpeqd xmm3, xmm2
    pmovmskb eax, xmm3
    inc ax                              ; all 16 bits are set
    jnz .elsewhere
    call note_sums
    mov eax, [kernel_lba]
    add [symbols_sector], eax           ; from now on as the image counts
    mov si, symbols_text
    jmp fail
.elsewhere:
    mov si, kernel_text
    jmp fail

; The sums right before SI and DI differ.
note_sums:
    mov eax, [si - 4]
    mov [found_sum], eax
    mov eax, [di - 4]
    mov [expected_sum], eax
    ret

needed_kib: dd 0
percent: dd 0
progress_ticks: dd 0
sums: times KERNEL_SUMS dd 0
found_sum: dd 0
expected_sum: dd 0

hint_text:
    db "Hold a key for the boot menu (on COM1: Escape).", 13, 10, 0
progress_text:
    db 13, "Aethel: loading "
    decimal percent
    db " %", 0
loaded_text:
    db ", ok", 13, 10, 0

low_memory_text:
    db "The kernel needs "
    decimal needed_kib
    db " KiB of memory below 640 KiB while it is loaded,", 13, 10, "and the BIOS leaves "
    decimal low_memory_kib
    db " KiB.", 0

; damaged NAME, SECTORS, FIRST SECTOR
%macro damaged 3
    db %1, " on the disk is damaged: a checksum of its "
    decimal %2
    db " sectors", 13, 10, "from sector "
    decimal %3
    db " of the image on is "
    hex_dword found_sum
    db " and not "
    hex_dword expected_sum
    db ".", 0
%endmacro

kernel_text:
    damaged "The kernel", kernel_sectors, kernel_lba
symbols_text:
    damaged "The kernel's symbol table", symbols_sectors, symbols_sector
