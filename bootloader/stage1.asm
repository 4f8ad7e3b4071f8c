; Stage 1: the boot sector. Loads stage 2 and the sector of the command line, verifies stage 2,
; and enters it.
;
; It stands in sector 0 and again where the partition begins, because some firmware starts the
; active partition's first sector, and some of that adds the partition's start to every sector
; number it is asked for. So stage 2 is looked for in both places, and known by its checksum.
; Firmware also gives wrong drive numbers: the one given comes first, then the usual ones. And some
; reads less than it was asked for and does not say so: after the first drive, sectors come singly.
;
; Stage 2 gets DL = drive, DI = the number under which the command line's sector was read, and
; on the stack the BIOS ticks (32 bits) and the time stamp counter (64 bits) of the beginning. It
; finds the drive number that the firmware gave in `drives`.

%include "image_layout.inc"
%include "bootloader/hardware.inc"

READ_TRIES equ 10                       ; even: the first of them uses EDD
SECTORS equ STAGE2_LBA - COMMAND_LINE_LBA + STAGE2_SECTORS

CODE_BEGIN equ FIRMWARE_DRIVE_ADDRESS - STAGE1_ADDRESS ; firmware may write into bytes 3..59h
TIMESTAMP equ 0DAh                      ; old versions of Windows write into six bytes here
TIMESTAMP_END equ 0E0h
CODE_END equ 1B8h                       ; Windows writes a disk signature here
PARTITION_TABLE equ 1BEh
BOOT_SIGNATURE equ 1FEh

; What a failure tells, in this order. It lies where boot_info will be.
failure equ BOOT_INFO_ADDRESS
failure.status equ failure              ; byte: from INT 13h; 0 = what was read is not stage 2
failure.drive equ failure + 1           ; byte
failure.lba equ failure + 2             ; word, of which the low byte is printed

%if STAGE2_CHECK != 1
    %error stage 1 compares with 1, because it has room for nothing longer
%endif
%if STAGE2_SECTORS > STAGE2_SECTORS_MAX
    %error stage 2 has STAGE2_SECTORS sectors, but the first track has STAGE2_SECTORS_MAX for it
%endif

; must_end_before OFFSET, SENTENCE. NASM knows offsets only while it assembles, and not in pass 0,
; in which it lists dependencies.
%macro must_end_before 2+
    %if __PASS__
        %if $ - $$ > %1
            %error %2
        %endif
    %endif
%endmacro

    bits 16
    org STAGE1_ADDRESS

    jmp short entry
    nop

; A dummy BIOS parameter block of a 1.44 MB floppy: some firmware wants plausible values.
    db "AETHEL  "
    dw SECTOR_BYTES
    db 1                                ; sectors per cluster
    dw 1                                ; reserved sectors
    db 2                                ; file allocation tables
    dw 224                              ; entries of the root directory
    dw IMAGE_SECTORS
    db 0F0h                             ; medium: 3.5 inch floppy
    dw 9                                ; sectors per file allocation table
    dw FLOPPY_SECTORS_PER_TRACK
    dw FLOPPY_HEADS
    times CODE_BEGIN - ($ - $$) db 0

drives:                                 ; at FIRMWARE_DRIVE_ADDRESS
    db 0                                ; as the firmware gave it
    db 80h, 00h, 81h
.end:

; INT 13h. Keeps all registers, whatever the firmware does. CF = 1: failed.
disk_bios:
    pusha
    int 13h
    call after_bios
    mov [failure.status], ah
    popa
    ret

entry:
    xor ax, ax
    mov ds, ax
    mov [drives], dl

    ; RDTSC is an invalid opcode on a CPU that is too old for it; stage 2 will say so.
    mov word [INVALID_OPCODE_VECTOR], .have_time
    mov [INVALID_OPCODE_VECTOR + 2], ax
    rdtsc
.have_time:
    jmp 0:.normalised                   ; some firmware starts us at 07C0:0000
.normalised:
    push ds
    pop ss                              ; no interrupt comes before the next instruction is done
    mov sp, STACK_TOP
    call after_bios
    push edx
    push eax
    push dword [BIOS_TICKS]

    mov dx, COM1_LINE_CONTROL
    mov al, LINE_CONTROL_DIVISOR_LATCH
    out dx, al
    mov dl, COM1_DATA & 0FFh
    mov ax, COM1_DIVISOR
    out dx, ax                          ; both halves of the divisor
    mov dl, COM1_LINE_CONTROL & 0FFh
    mov al, LINE_CONTROL_8N1
    out dx, al

    mov bp, drives
try_drive:
    mov dl, [bp]
    mov di, COMMAND_LINE_LBA
try_place:
    push di
    mov ax, 4100h + '.'                 ; a sign of life: a slow drive keeps us waiting
    call put_character
    mov bx, 55AAh                       ; EDD? Here a failed read tells, too; stage 2 looks closer
    call disk_bios
    sbb al, al                          ; AL = 0: the firmware knows EDD

; Reads all sectors at once if it may; after a failure one by one. Every second try does without
; EDD, as some firmware that claims to have it has not. Every geometry that can hold the image has
; these sectors on cylinder 0, head 0.
    mov bx, COMMAND_LINE_ADDRESS
    mov si, SECTORS
    mov cx, [sectors_at_once]
.next:
    mov dh, READ_TRIES
.again:
    pusha
    or al, dh
    shr al, 1
    jnc .with_edd
    pusha                               ; as many bytes as the packet below has
    xchg ax, cx
    mov cx, di
    inc cx                              ; sectors count from 1
    mov dh, 0
    mov ah, 02h
    jmp short .read

    must_end_before TIMESTAMP, stage 1 needs bytes that old versions of Windows overwrite
    times TIMESTAMP_END - ($ - $$) db 0

.with_edd:
    push dword 0                        ; disk address packet: LBA
    push 0
    push di
    push ds                             ; buffer
    push bx
    push cx                             ; sectors
    push 16                             ; size of the packet
    mov si, sp
    mov ah, 42h
.read:
    call disk_bios
    popa
    popa
    jnc .done
    mov cl, 1
    dec dh
    jz failed
    mov ah, 00h                         ; reset the disk system
    call disk_bios
    jmp short .again
.done:
    add di, cx
    add bh, cl                          ; 2 * 256 bytes a sector
    add bh, cl
    sub si, cx
    jnz .next

    mov si, STAGE2_ADDRESS
    mov cx, STAGE2_SECTORS * SECTOR_BYTES / 4
    xor ebx, ebx
.add:
    lodsd
    rol ebx, 1                          ; so that the order counts too
    add ebx, eax
    loop .add
    pop di
    dec ebx                             ; is it STAGE2_CHECK?
    jz STAGE2_ADDRESS
    push di

failed:
    mov bx, failure
    mov [bx + failure.drive - failure], dl
    mov [bx + failure.lba - failure], di
    mov si, failure_text
.next:
    lodsb
    cmp al, '#'                         ; stands for the next byte of `failure`
    jne .character
    mov al, [bx]
    inc bx
    aam 16
    call put_digit
    call put_digit
    jmp short .next
.character:
    call put_character
    cmp al, 10
    jne .next

    pop di
    dec di                              ; COMMAND_LINE_LBA, then the same less PARTITION_LBA
    jnz try_place
    mov byte [sectors_at_once], 1
    inc bp
    cmp bp, drives.end
    jne try_drive

stop:
    hlt
    jmp short stop

%include "bootloader/bios.inc"

put_digit:                              ; AH, and leaves AL for the next call there
    xchg al, ah
    cmp al, 10                          ; 0..15 becomes '0'..'9', 'A'..'F'
    sbb al, 69h
    das
put_character:
    pusha
    push ax
    mov dx, COM1_LINE_STATUS
    xor cx, cx
.wait:
    in al, dx
    test al, LINE_STATUS_TRANSMITTER_EMPTY
    loopz .wait                         ; at most 65536 times; a port that is absent reads FFh
    pop ax
    mov dl, COM1_DATA & 0FFh
    out dx, al
    mov ah, 0Eh
    mov bh, 0
    int 10h
    call after_bios
    popa
    ret

sectors_at_once: dw SECTORS

failure_text:
    db "No stage 2: error #, drive #, LBA #", 13, 10

    must_end_before CODE_END, the code of stage 1 is larger than the boot sector has room for
    times CODE_END - ($ - $$) db 0
    db "ATHL"                           ; disk signature: with none, Windows would write one
    times PARTITION_TABLE - ($ - $$) db 0

; One active partition, from its own boot sector to the end of the image. The fields named CHS
; are head, then sector with the cylinder's bits 9..8 on top, then cylinder.
    db 80h                              ; active
    db 0, PARTITION_LBA + 1, 0          ; CHS of the first sector
    db 83h                              ; type: a file system that Windows does not touch
    db FLOPPY_HEADS - 1, FLOPPY_SECTORS_PER_TRACK, FLOPPY_CYLINDERS - 1
    dd PARTITION_LBA
    dd IMAGE_SECTORS - PARTITION_LBA

    times BOOT_SIGNATURE - ($ - $$) db 0
    dw 0AA55h
