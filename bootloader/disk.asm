; Reading from the boot drive: by sector number where the firmware can (EDD, the INT 13h
; extensions), else by cylinder, head and sector.
;
; A read that fails is tried again after a reset, then with half as many sectors, then one by one,
; and at last without EDD. A size that failed is not tried again.

EDD_SECTORS_MAX equ 127                 ; the most that every version of EDD can read at once
READ_TRIES equ 6                        ; for one sector
READ_TRIES_SAME_SIZE equ 2              ; before a read of several sectors is halved
SECTORS_OF_STAGE1 equ STAGE2_LBA - COMMAND_LINE_LBA + (end_of_stage2 - header) / SECTOR_BYTES
SLOW_READ_TICKS equ 9                   ; half a second
FAST_READ_TICKS equ 4                   ; twice as long is still not slow

STATUS_CORRECTED equ 11h                ; INT 13h: an error that the drive itself could mend

BOUNDARY equ 10000h                     ; no read crosses a multiple of 64 KiB: ISA DMA cannot
CYLINDERS_MAX equ 1024
SECTORS_PER_TRACK_MAX equ 63

; What the firmware adds to every sector number that it is given.
translation equ BOOT_INFO_ADDRESS + boot_info.lba_translation
boot_drive equ BOOT_INFO_ADDRESS + boot_info.boot_drive
uses_edd equ BOOT_INFO_ADDRESS + boot_info.uses_edd
sectors_per_track equ BOOT_INFO_ADDRESS + boot_info.sectors_per_track
heads equ BOOT_INFO_ADDRESS + boot_info.heads
edd_version equ BOOT_INFO_ADDRESS + boot_info.edd_version
edd_features equ BOOT_INFO_ADDRESS + boot_info.edd_features
read_retries equ BOOT_INFO_ADDRESS + boot_info.read_retries

; Finds out how the drive can be read. Stage 1 has read some sectors at once: if that was quick, as
; many are read in the beginning, and else a single one, so that the display soon moves.
init_disk:
    call measure_load_time
    cmp dword [load_ticks], SLOW_READ_TICKS
    jae .look_for_edd
    mov word [size], SECTORS_OF_STAGE1
.look_for_edd:
    mov ah, 41h
    mov bx, 55AAh
    mov dl, [boot_drive]
    bios 13h
    jc use_chs
    cmp bx, 0AA55h
    jne use_chs
    mov [edd_version], ah
    mov [edd_features], cx
    test cl, BOOT_EDD_READS
    jz use_chs
    mov byte [uses_edd], 1
    ret

; For when a drive has given wrong data: sector by sector, without EDD, and if that was so already,
; by the geometry of the image.
read_differently:
    mov word [size], 1
    mov word [size_limit], 1
    cmp byte [uses_edd], 0
    je use_chs.as_image

; From now on the drive is read by cylinder, head and sector.
use_chs:
    mov byte [uses_edd], 0
    mov ah, 08h
    xor di, di                          ; some firmware wants ES:DI = 0 here
    mov dl, [boot_drive]
    bios 13h
    jc .as_image
    and cx, SECTORS_PER_TRACK_MAX       ; the upper bits belong to the cylinder
    jz .as_image
    movzx eax, dh
    inc ax
    mov [heads], eax
    mov [sectors_per_track], cx
    cmp cx, FLOPPY_SECTORS_PER_TRACK
    je .done

    ; The firmware may have described the drive and not the medium: is there such a sector?
    dec cx
    mov [read.sector], cx
    mov word [read.count], 1
    mov byte [read.tries], READ_TRIES
.again:
    call read_by_chs
    jnc .done
    call reset_disk
    dec byte [read.tries]
    jnz .again
.as_image:
    mov word [sectors_per_track], FLOPPY_SECTORS_PER_TRACK
    mov word [heads], FLOPPY_HEADS
.done:
    ret

; Reads the next sectors of `wanted`, at least one, and moves `wanted` on. Fails for good if that
; cannot be done.
read_some:
    mov eax, [wanted.lba]
    sub eax, [translation]
    mov [read.sector], eax
    call choose_count
    mov byte [read.tries], READ_TRIES
.again:
    mov eax, [BIOS_TICKS]
    mov [read.begin], eax
    mov ax, read_by_edd
    cmp byte [uses_edd], 0
    jne .read
    mov ax, read_by_chs
.read:
    call ax
    jnc .done

    inc dword [read_retries]
    call reset_disk
    dec byte [read.tries]
    cmp word [read.count], 1
    je .single
    cmp byte [read.tries], READ_TRIES - READ_TRIES_SAME_SIZE
    ja .again
    shr word [read.count], 1
    mov ax, [read.count]
    mov [size], ax
    mov [size_limit], ax
    mov byte [read.tries], READ_TRIES
    jmp .again
.single:
    cmp byte [read.tries], 0
    jne .again
    mov si, read_text
    cmp byte [uses_edd], 0
    je fail
    call use_chs
    jmp read_some

.done:
    movzx eax, word [read.count]
    add [wanted.lba], eax
    sub [wanted.sectors], eax
    shl ax, 5                           ; 32 paragraphs a sector
    add [wanted.segment], ax

; The faster the drive, the more is read at once.
adapt_size:
    mov eax, [BIOS_TICKS]
    sub eax, [read.begin]
    mov bx, [size]
    cmp eax, FAST_READ_TICKS
    jbe .larger
    cmp eax, SLOW_READ_TICKS
    jb .done
    shr bx, 1
    jnz .set
    inc bx
    jmp .set
.larger:
    add bx, bx
    cmp bx, [size_limit]
    jbe .set
    mov bx, [size_limit]
.set:
    mov [size], bx
.done:
    ret

; [read.count] = how many sectors of `wanted` the next read may try.
choose_count:
    movzx ecx, word [size]
    cmp ecx, [wanted.sectors]
    jbe .within_wanted
    mov ecx, [wanted.sectors]
.within_wanted:
    movzx eax, word [wanted.segment]
    shl eax, 4
    movzx eax, ax
    neg eax
    add eax, BOUNDARY
    shr eax, 9                          ; 512 bytes a sector
    cmp ecx, eax
    jbe .within_boundary
    mov ecx, eax
.within_boundary:
    cmp byte [uses_edd], 0
    jne .done
    mov eax, [read.sector]              ; no read crosses the end of a track
    xor edx, edx
    div dword [sectors_per_track]
    mov eax, [sectors_per_track]
    sub eax, edx
    cmp ecx, eax
    jbe .done
    mov ecx, eax
.done:
    mov [read.count], cx
    ret

; Reads [read.count] sectors from [read.sector] on to [wanted.segment]:0. CF = 1: failed.
read_by_edd:
    mov ax, [read.count]
    mov [packet.count], ax
    mov ax, [wanted.segment]
    mov [packet.segment], ax
    mov eax, [read.sector]
    mov [packet.sector], eax
    mov si, packet
    mov ah, 42h
    mov dl, [boot_drive]
    bios 13h
    call take_status
    jc .return
    mov ax, [packet.count]
    cmp ax, [read.count]                ; CF = 1: fewer than asked for
.return:
    ret

read_by_chs:
    mov eax, [read.sector]
    xor edx, edx
    div dword [sectors_per_track]
    lea cx, [edx + 1]
    xor edx, edx
    div dword [heads]
    mov byte [read.status], 01h         ; the BIOS's own code for a wrong parameter
    cmp eax, CYLINDERS_MAX
    cmc
    jc take_status.return
    mov ch, al
    shl ah, 6
    or cl, ah                           ; bits 9..8 of the cylinder
    mov dh, dl
    mov dl, [boot_drive]
    mov es, [wanted.segment]
    xor bx, bx
    mov al, [read.count]
    mov ah, 02h
    bios 13h
; Keeps what a read has come to. Data that had to be corrected is good: CF = 0 then.
take_status:
    mov [read.status], ah
    jnc .return
    cmp ah, STATUS_CORRECTED
    je .return
    stc
.return:
    ret

reset_disk:
    mov ah, 00h
    mov dl, [boot_drive]
    bios 13h
    ret

; What is still to be read, and to where.
wanted:
.lba: dd 0                              ; sector of the image
.sectors: dd 0
.segment: dw 0

read:
.sector: dd 0                           ; as the firmware counts
.begin: dd 0                            ; BIOS ticks
.count: dw 0
.tries: db 0
.status: db 0

size: dw 1
size_limit: dw EDD_SECTORS_MAX

packet:
    db 16, 0                            ; its size
.count: dw 0
    dw 0                                ; buffer: offset
.segment: dw 0
.sector: dq 0

read_text:
    db "Sector "
    decimal wanted.lba
    db " of the image cannot be read", 13, 10, "(drive "
    hex_byte boot_drive
    db ", BIOS status "
    hex_byte read.status
    db ").", 0
