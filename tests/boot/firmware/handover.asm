; Starting the image: everything that firmware does before, and leaves behind.

PARTITION_TABLE equ BOOT_SECTOR + 1BEh
PARTITIONS equ 4
PARTITION_ENTRY_SIZE equ 16
PARTITION_ACTIVE equ 80h
PARTITION_TYPE equ 4
PARTITION_START equ 8
PARTITION_LENGTH equ 12

BPB equ BOOT_SECTOR + 3
BPB_END equ BOOT_SECTOR + 5Ah

PIC1_DATA equ 21h
PIC2_DATA equ 0A1h
PIT_CHANNEL0 equ 40h
PIT_COMMAND equ 43h
PIT_CHANNEL0_RATE equ 34h               ; low byte, high byte, mode 2
CR0_EMULATION equ 1 << 2
CR0_TASK_SWITCHED equ 1 << 3
CMOS_INDEX equ 70h
CMOS_DATA equ 71h
RTC_STATUS_A equ 0Ah
RTC_DIVIDER_RESET equ 70h
RTC_STATUS_B equ 0Bh
RTC_PERIODIC_INTERRUPT equ 40h
DIVISOR_9600 equ 12

hand_over:
%ifdef VIDEO_MODE
    mov ax, VIDEO_MODE
    int 10h
%endif
%ifdef FIFTY_ROWS
    mov ax, 1112h                       ; the font of 8 rows a character
    mov bl, 0
    int 10h
%endif
%ifdef MEMORY_FILL
    call fill_memory
%endif
    call load_boot_sector
    push cs
    pop ds
    xor ax, ax
    mov es, ax
    mov eax, [es:PARTITION_TABLE + PARTITION_START]
    mov [partition_start], eax
%ifdef STRICT
    call check_boot_sector
%endif
%ifdef START_PARTITION
    mov [packet.sector], eax
    call load_packet
%endif
%ifdef OVERWRITE_BPB
    mov di, BPB
    mov cx, BPB_END - BPB
    mov al, 0EDh
    cld
    rep stosb
%endif
    call leave_devices

%ifdef ENTRY_GARBAGE
    cli
    std
    mov ax, 8000h
    mov ss, ax
    mov sp, 7777h
    mov eax, GARBAGE
    mov ebx, eax
    mov ecx, eax
    mov edx, eax
    mov esi, eax
    mov edi, eax
    mov ebp, eax
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
%else
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, BOOT_SECTOR
    sti
%endif
%ifdef START_PARTITION
    mov si, PARTITION_TABLE
%endif
    mov dl, ENTRY_DRIVE
    jmp ENTRY_SEGMENT:BOOT_SECTOR - ENTRY_SEGMENT * 16

; With the real firmware's call: the faults of ours begin later.
load_boot_sector:
    push cs
    pop ds
    mov dword [packet.sector], 0
load_packet:
    mov word [packet.count], 1
    mov dword [packet.buffer], BOOT_SECTOR
    mov si, packet
    mov ah, 42h
    mov dl, REAL_DISK
    pass_on 13h
    mov si, unreadable_text
    jc refuse
    ret

%ifdef STRICT
; ES = 0. Exactly one entry is active; it begins after sector 0 and is not empty; the first bytes
; are a jump.
check_boot_sector:
    mov si, jump_text
    cmp byte [es:BOOT_SECTOR], 0EBh
    jne refuse
    cmp byte [es:BOOT_SECTOR + 2], 90h
    jne refuse
    mov si, table_text
    mov bx, PARTITION_TABLE
    mov cx, PARTITIONS
    xor dl, dl                          ; active entries
.next:
    test byte [es:bx], ~PARTITION_ACTIVE & 0FFh
    jnz refuse
    test byte [es:bx], PARTITION_ACTIVE
    jz .inactive
    inc dl
    cmp byte [es:bx + PARTITION_TYPE], 0
    je refuse
    cmp dword [es:bx + PARTITION_START], 0
    je refuse
    cmp dword [es:bx + PARTITION_LENGTH], 0
    je refuse
.inactive:
    add bx, PARTITION_ENTRY_SIZE
    loop .next
    cmp dl, 1
    jne refuse
    mov si, signature_text
    cmp word [es:BOOT_SECTOR + SECTOR_BYTES - 2], 0AA55h
    jne refuse
    ret

jump_text: db "a boot sector without a jump", 13, 10, 0
table_text: db "the partition table", 13, 10, 0
signature_text: db "a sector without a signature", 13, 10, 0
%endif

unreadable_text: db "a disk that it cannot read", 13, 10, 0

leave_devices:
%ifdef PIC_UNMASKED
    mov al, 0
    out PIC1_DATA, al
    out PIC2_DATA, al
%endif
%if PIT_DIVISOR
    mov al, PIT_CHANNEL0_RATE
    out PIT_COMMAND, al
    mov al, PIT_DIVISOR & 0FFh
    out PIT_CHANNEL0, al
    mov al, PIT_DIVISOR >> 8
    out PIT_CHANNEL0, al
%endif
%ifdef FPU_OFF
    mov eax, cr0
    or al, CR0_EMULATION | CR0_TASK_SWITCHED
    mov cr0, eax
%endif
%ifdef RTC_STOPPED
    mov al, RTC_STATUS_A
    out CMOS_INDEX, al
    in al, CMOS_DATA
    mov ah, al
    or ah, RTC_DIVIDER_RESET
    mov al, RTC_STATUS_A
    out CMOS_INDEX, al
    mov al, ah
    out CMOS_DATA, al
%endif
%ifdef RTC_PERIODIC
    mov al, RTC_STATUS_B
    out CMOS_INDEX, al
    in al, CMOS_DATA
    mov ah, al
    or ah, RTC_PERIODIC_INTERRUPT
    mov al, RTC_STATUS_B
    out CMOS_INDEX, al
    mov al, ah
    out CMOS_DATA, al
%endif
%ifdef COM1_ODD
    mov dx, COM1_LINE_CONTROL
    mov al, DIVISOR_LATCH               ; which stays open, and 5 data bits
    out dx, al
    mov dx, COM1_DATA
    mov ax, DIVISOR_9600
    out dx, ax
%endif
%ifidn A20_OFF, port_92
    call a20_off_by_port_92
%elifidn A20_OFF, keyboard_controller
    call a20_off_by_keyboard_controller
%endif
    ret

%ifdef MEMORY_FILL
LOW_FILL_BEGIN equ 500h                 ; after the BIOS data area
LOW_FILL_END equ 7000h                  ; the stack goes down from 7C00h
HIGH_FILL_BYTES equ 30 * MIB
FILL equ (MEMORY_FILL) * 01010101h

; Below and above 1 MiB, in protected mode with interrupts off and then back.
fill_memory:
    cli
    push cs
    pop ds
    push es
    lgdt [flat_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    mov bx, FLAT_SELECTOR
    mov es, bx
    and al, ~1 & 0FFh
    mov cr0, eax
    cld
    mov eax, FILL
    mov edi, LOW_FILL_BEGIN
    mov ecx, (LOW_FILL_END - LOW_FILL_BEGIN) / 4
    a32 rep stosd
    mov edi, BOOT_SECTOR
    mov ecx, (RESIDENT_SEGMENT * 16 - BOOT_SECTOR) / 4
    a32 rep stosd
    mov edi, HIGH_MEMORY
    mov ecx, HIGH_FILL_BYTES / 4
    a32 rep stosd
    pop es
    sti
    ret

    align 8, db 0
flat:
    dq 0
FLAT_SELECTOR equ $ - flat
    dq 00CF92000000FFFFh                ; base 0, limit 4 GiB
flat_pointer:
    dw $ - flat - 1
    dd RESIDENT_SEGMENT * 16 + flat
%endif
