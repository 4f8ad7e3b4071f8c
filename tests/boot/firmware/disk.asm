; INT 13h: the disk with the image, as firmware with these faults shows it.

STATUS_OK equ 00h
STATUS_INVALID equ 01h                  ; no such function or drive
STATUS_NOT_FOUND equ 04h                ; sector not found
STATUS_DMA_BOUNDARY equ 09h
STATUS_BAD_CRC equ 10h
STATUS_CORRECTED equ 11h
STATUS_NOT_READY equ 80h

EDD_VERSION equ 30h
EDD_READS equ 1                         ; AH=42h and its like are there
CYLINDERS equ 80
PARAMETERS_SIZE equ 26                  ; of the first version of AH=48h
CORRUPT_OFFSET equ 77                   ; any byte of a sector

int_13h:
    cmp dl, DRIVE_NUMBER
    jne other_drive
    cmp ah, 00h
    je reset
    cmp ah, 02h
    je read_by_chs
    cmp ah, 08h
    je tell_geometry
%ifndef NO_EDD
    cmp ah, 41h
    je tell_extensions
    cmp ah, 42h
    je read_by_lba
    cmp ah, 48h
    je tell_parameters
%endif

unknown_call:
    mov ah, STATUS_INVALID
    spoil ebx, ecx, edx
    stc
    jmp return

other_drive:
%ifdef OTHER_DRIVES_HANG
    push cs
    pop ds
    mov si, other_drive_text
    jmp refuse
%endif
    jmp unknown_call

reset:
    mov byte [cs:was_reset], 1
    spoil ebx, ecx, edx
%ifdef RESETS_FAIL
    mov ah, STATUS_NOT_READY
    stc
%else
    mov ah, STATUS_OK
    clc
%endif
    jmp return

tell_geometry:
%ifdef NO_GEOMETRY
    jmp unknown_call
%elifdef ZERO_GEOMETRY
    xor cx, cx
    xor dx, dx
    xor ax, ax
%else
    mov ch, CYLINDERS - 1
    mov cl, TOLD_SECTORS
    mov dh, HEADS - 1
    mov dl, 1                           ; drives
    xor ax, ax
%endif
    spoil
    clc
    jmp return

tell_extensions:
    mov bx, 0AA55h
    mov ah, EDD_VERSION
%ifdef EDD_WITHOUT_READS
    mov cx, ~EDD_READS & 0FFFFh
%else
    mov cx, EDD_READS
%endif
    spoil edx
    clc
    jmp return

tell_parameters:
%ifdef NO_PARAMETERS
    jmp unknown_call
%elifdef ZERO_PARAMETERS
    push si
    push cx
    mov cx, PARAMETERS_SIZE
.next:
    mov byte [si], 0
    inc si
    loop .next
    pop cx
    pop si
    mov ah, STATUS_OK
    clc
    jmp return
%else
    push dx
    mov dl, REAL_DISK
    pass_on 13h
    pop dx
    spoil ebx, ecx, edx
    jmp return
%endif

; The caller's disk address packet, at DS:SI, becomes our own; its count tells him what was read.
read_by_lba:
%ifdef EDD_WITHOUT_READS
    jmp unknown_call
%elifdef EDD_READS_FAIL
    jmp unknown_call
%endif
    pushad
    push ds
    push es
    push si
    push cs
    pop es
    mov di, packet
    mov cx, packet.end - packet
    cld
    rep movsb
    pop si
    call read
    mov ax, [cs:packet.count]
    mov [si + packet.count - packet], ax
    jmp read_done

; CH = cylinder, CL = sector and bits 9..8 of the cylinder, DH = head, AL = count, ES:BX = buffer.
read_by_chs:
    pushad
    push ds
    push es
    push cs
    pop ds
    mov [packet.buffer], bx
    mov [packet.buffer + 2], es
    movzx bx, al
    mov [packet.count], bx

    movzx ebx, cl
    and bl, 3Fh
    jz .no_such_sector
    cmp bl, SECTORS_PER_TRACK
    ja .no_such_sector
%ifdef TRACKS_END
    movzx ax, al
    add ax, bx
    cmp ax, SECTORS_PER_TRACK + 1
    ja .no_such_sector
%endif
    movzx eax, cl
    shl ax, 2
    mov al, ch                          ; AX = cylinder
    imul eax, eax, HEADS
    movzx edx, dh
    add eax, edx
    imul eax, eax, SECTORS_PER_TRACK
    lea eax, [eax + ebx - 1]
    mov [packet.sector], eax
    mov dword [packet.sector + 4], 0
    call read
    jmp read_done
.no_such_sector:
    mov byte [status], STATUS_NOT_FOUND

read_done:
    pop es
    pop ds
    popad
    mov al, [cs:packet.count]
    mov ah, [cs:status]
    spoil ebx, ecx, edx
    cmp ah, STATUS_OK
    je .return                          ; CF = 0
    stc
.return:
    jmp return

; fail_if CONDITION, STATUS: the read fails with that status.
%macro fail_if 2
    mov ah, %2
    j%1 read.failed
%endmacro

; Reads what `packet` says, if nothing speaks against it: [status], [packet.count]. Keeps DS and SI.
read:
    push ds
    push si
    push cs
    pop ds

%if FAIL_FIRST_READS
    cmp word [failed_reads], FAIL_FIRST_READS
    jae .enough
    inc word [failed_reads]
    mov byte [was_reset], 0
.enough:
    cmp byte [was_reset], 0
    fail_if e, STATUS_NOT_READY
%endif
%ifdef FAIL_EVERY_OTHER_READ
    xor byte [odd_read], 1
    fail_if nz, STATUS_NOT_FOUND
%endif
    cmp word [packet.count], READ_SECTORS_MAX
    fail_if a, STATUS_INVALID
%ifdef DMA_BOUNDARY
    movzx eax, word [packet.buffer + 2]
    shl eax, 4
    movzx ebx, word [packet.buffer]
    add eax, ebx
    movzx eax, ax                       ; where in its 64 KiB the buffer begins
    movzx ebx, word [packet.count]
    shl ebx, 9
    add eax, ebx
    cmp eax, 10000h
    fail_if a, STATUS_DMA_BOUNDARY
%endif
%if SHORT_READS
    cmp word [packet.count], SHORT_READS
    jbe .short_enough
    mov word [packet.count], SHORT_READS
.short_enough:
%endif
%ifdef ADD_PARTITION_START
    mov eax, [partition_start]
    add [packet.sector], eax
%endif
%if BAD_SECTOR
    mov ebx, BAD_SECTOR
    call is_in_packet
    fail_if b, STATUS_BAD_CRC
%endif

    mov si, packet
    mov ah, 42h
    mov dl, REAL_DISK
    pass_on 13h
    jc .failed
%if CORRUPT_SECTOR
    mov ebx, CORRUPT_SECTOR
    call is_in_packet
    jae .uncorrupted
    shl bx, 5                           ; 32 paragraphs a sector
    add bx, [packet.buffer + 2]
    mov es, bx
    mov bx, [packet.buffer]
    xor byte [es:bx + CORRUPT_OFFSET], 1
.uncorrupted:
%endif
%ifdef A20_OFF_AFTER_READS
    call a20_off_by_port_92
%endif
    mov ah, STATUS_OK
%if CORRECTED_SECTOR
    mov ebx, CORRECTED_SECTOR
    call is_in_packet
    jae .done
    mov ah, STATUS_CORRECTED
%endif
    jmp .done
.failed:
    mov word [packet.count], 0
.done:
    mov [status], ah
    pop si
    pop ds
    ret

; CF = 1: sector EBX of the image is one of the packet's; then EBX = which of them, from 0.
is_in_packet:
    movzx eax, word [packet.count]
    sub ebx, [packet.sector]
    cmp ebx, eax
    ret

; As AH=42h wants it.
packet:
    db .end - packet, 0
.count: dw 0
.buffer: dd 0                           ; offset, segment
.sector: dq 0
.end:

partition_start: dd 0
failed_reads: dw 0
was_reset: db 0
odd_read: db 0
status: db 0

%ifdef OTHER_DRIVES_HANG
other_drive_text: db "to be asked for another drive", 13, 10, 0
%endif
