; A firmware that misbehaves, for tests of the bootloader.
;
; It is a floppy whose boot sector stays resident at the top of low memory, hooks the calls of the
; real firmware, and starts the first hard disk as a machine with such a firmware would. What is
; wrong with it is chosen when it is assembled: firmware/options.inc lists the choices.
;
;     nasm -f bin -I tests/boot/ -DNO_EDD -DENTRY_DRIVE=0 -o firmware.img tests/boot/firmware.asm
;     qemu-system-x86_64 -boot a -drive file=firmware.img,format=raw,if=floppy \
;         -drive file=build/disk.img,format=raw,if=ide
;
; It says on COM1 that it is there and, where it refuses to go on, why.

%include "firmware/options.inc"

BOOT_SECTOR equ 7C00h
SECTOR_BYTES equ 512
FLOPPY_SECTORS equ 2880
RESIDENT_SECTORS equ 8
RESIDENT_SEGMENT equ 9800h              ; 608 KiB
REAL_DISK equ 80h                       ; what the real firmware calls the disk with the image

LOW_MEMORY_SIZE equ 413h                ; BIOS data area: KiB
HIGH_MEMORY equ 100000h

COM1_DATA equ 3F8h
COM1_LINE_CONTROL equ 3FBh
COM1_LINE_STATUS equ 3FDh
TRANSMITTER_EMPTY equ 20h
DIVISOR_LATCH equ 80h
LINE_8N1 equ 03h
DIVISOR_115200 equ 1

    bits 16
    section boot_sector start=0 vstart=BOOT_SECTOR

    jmp 0:.normalised
.normalised:
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, BOOT_SECTOR
    sti
    mov ax, RESIDENT_SEGMENT
    mov es, ax
    xor bx, bx
    mov ax, 0200h + RESIDENT_SECTORS
    mov cx, 2                           ; from the sector after this one
    mov dx, 0
    int 13h
    jc $
    jmp RESIDENT_SEGMENT:install

    times SECTOR_BYTES - 2 - ($ - $$) db 0
    dw 0AA55h

    section resident follows=boot_sector align=1 vstart=0

%include "firmware/calls.asm"
%include "firmware/disk.asm"
%include "firmware/memory.asm"
%include "firmware/a20.asm"
%include "firmware/handover.asm"

; hook VECTOR, HANDLER. ES = 0.
%macro hook 2
    mov eax, [es:%1 * 4]
    mov [original_%1], eax
    mov word [es:%1 * 4], %2
    mov [es:%1 * 4 + 2], cs
%endmacro

install:
    push cs
    pop ds
    call init_com1
    mov si, greeting
    call say
    xor ax, ax
    mov es, ax
    cli
    hook 10h, int_10h
    hook 12h, int_12h
    hook 13h, int_13h
    hook 15h, int_15h
    hook 16h, int_16h
    mov word [es:LOW_MEMORY_SIZE], LOW_MEMORY_KIB
    sti
    jmp hand_over

init_com1:
    mov dx, COM1_LINE_CONTROL
    mov al, DIVISOR_LATCH
    out dx, al
    mov dx, COM1_DATA
    mov ax, DIVISOR_115200
    out dx, ax
    mov dx, COM1_LINE_CONTROL
    mov al, LINE_8N1
    out dx, al
    ret

; Prints the text at CS:SI on COM1. Changes AL, DX, SI and DF.
say:
    cld
.next:
    cs lodsb
    test al, al
    jz .done
    push ax
    mov dx, COM1_LINE_STATUS
.wait:
    in al, dx
    test al, TRANSMITTER_EMPTY
    jz .wait
    pop ax
    mov dx, COM1_DATA
    out dx, al
    jmp .next
.done:
    ret

; SI = a text that says what the image has done wrong. Does not return.
refuse:
    push si
    mov si, refusal
    call say
    pop si
    call say
.stop:
    hlt
    jmp .stop

greeting: db "fake firmware: here", 13, 10, 0
refusal: db "fake firmware: refuses ", 0

    times RESIDENT_SECTORS * SECTOR_BYTES - ($ - $$) db 0
    times (FLOPPY_SECTORS - 1 - RESIDENT_SECTORS) * SECTOR_BYTES db 0
