; From real mode to the kernel: protected mode, paging, 64-bit mode.

CR0_PROTECTED equ 1 << 0
CR0_EXTENSION_TYPE equ 1 << 4
CR0_WRITE_PROTECT equ 1 << 16           ; read-only pages bind the kernel too
CR0_PAGING equ 1 << 31
CR4_PAE equ 1 << 5
MSR_EFER equ 0C0000080h
EFER_LONG_MODE equ 1 << 8
EFER_NO_EXECUTE equ 1 << 11

PAGE_PRESENT equ 1 << 0
PAGE_WRITABLE equ 1 << 1
PAGE_LARGE equ 1 << 7                   ; in a page directory: 2 MiB
PAGE_TABLE_SIZE equ 1000h
PAGE_TABLE_ENTRIES equ 512
PAGE_TABLES equ 3
LARGE_PAGE_SIZE equ 200000h

PML4 equ PAGE_TABLES_ADDRESS
PAGE_DIRECTORY_POINTERS equ PML4 + PAGE_TABLE_SIZE
PAGE_DIRECTORY equ PAGE_DIRECTORY_POINTERS + PAGE_TABLE_SIZE

PIC1_DATA equ 21h
PIC2_DATA equ 0A1h
PIC_MASK_ALL equ 0FFh
CMOS_INDEX equ 70h
CMOS_DATA equ 71h
CMOS_STATUS_D equ 0Dh                   ; a register that can be read without effect
CMOS_NMI_OFF equ 80h
FLOPPY_OUTPUT equ 3F2h
FLOPPY_MOTORS_OFF equ 0Ch               ; controller on, DMA on, drive 0 selected

KERNEL_ENTRY equ KERNEL_BASE + KERNEL_ADDRESS

; Does not return.
enter_kernel:
    cli
    call silence_hardware
    call make_page_tables

    lgdt [gdt_pointer]
    mov eax, CR0_PROTECTED | CR0_EXTENSION_TYPE
    mov cr0, eax
    jmp CODE32_SELECTOR:protected_mode

; The kernel has no use for what the firmware has started, and no handler for it yet. NMI stays
; off until the kernel, with its own handlers, writes an index without bit 7 to port 70h.
silence_hardware:
    mov al, PIC_MASK_ALL
    out PIC1_DATA, al
    out PIC2_DATA, al
    mov al, CMOS_NMI_OFF | CMOS_STATUS_D
    out CMOS_INDEX, al
    in al, CMOS_DATA                    ; every index is to be followed by an access
    mov dx, FLOPPY_OUTPUT
    mov al, FLOPPY_MOTORS_OFF
    out dx, al
    ret

; The first GiB of physical memory, in pages of 2 MiB, at 0 and at KERNEL_BASE. Both ways lead
; through the same two tables: KERNEL_BASE is the last PML4 entry, and there the last but one.
make_page_tables:
    mov di, PML4
    mov cx, PAGE_TABLES * PAGE_TABLE_SIZE / 4
    xor eax, eax
    rep stosd

    mov eax, PAGE_DIRECTORY_POINTERS | PAGE_PRESENT | PAGE_WRITABLE
    mov [PML4], eax
    mov [PML4 + 8 * (PAGE_TABLE_ENTRIES - 1)], eax
    mov eax, PAGE_DIRECTORY | PAGE_PRESENT | PAGE_WRITABLE
    mov [PAGE_DIRECTORY_POINTERS], eax
    mov [PAGE_DIRECTORY_POINTERS + 8 * (PAGE_TABLE_ENTRIES - 2)], eax

    mov di, PAGE_DIRECTORY
    mov cx, PAGE_TABLE_ENTRIES
    mov eax, PAGE_PRESENT | PAGE_WRITABLE | PAGE_LARGE
.next:
    mov [di], eax
    add eax, LARGE_PAGE_SIZE
    add di, 8
    loop .next
    ret

    bits 32
protected_mode:
    mov ax, DATA_SELECTOR
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax

    mov eax, CR4_PAE
    mov cr4, eax
    mov eax, PML4
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_LONG_MODE
    test dword [cpu_features], CPUID_NO_EXECUTE
    jz .set                             ; the bit is reserved, and setting it would be the end
    or eax, EFER_NO_EXECUTE
.set:
    wrmsr
    mov eax, CR0_PAGING | CR0_WRITE_PROTECT | CR0_EXTENSION_TYPE | CR0_PROTECTED
    mov cr0, eax
    jmp CODE64_SELECTOR:long_mode

    bits 64
long_mode:
    mov esp, STACK_TOP                  ; also clears the upper half, like every write below
    mov esi, KERNEL_BUFFER_ADDRESS
    mov edi, KERNEL_ADDRESS
    mov ecx, [abs kernel_sectors]
    shl ecx, 6                          ; 64 quadwords a sector
    rep movsq

    rdtsc
    mov [abs BOOT_INFO_ADDRESS + boot_info.handover_tsc], eax
    mov [abs BOOT_INFO_ADDRESS + boot_info.handover_tsc + 4], edx
    mov edi, BOOT_INFO_ADDRESS
    mov rax, KERNEL_ENTRY
    jmp rax
    bits 16

; Descriptors: base 0, limit 4 GiB where it counts (Intel SDM vol. 3, 3.4.5).
    align 8, db 0
gdt:
    dq 0
CODE64_SELECTOR equ $ - gdt
    dq 00AF9A000000FFFFh
DATA_SELECTOR equ $ - gdt
    dq 00CF92000000FFFFh
CODE32_SELECTOR equ $ - gdt
    dq 00CF9A000000FFFFh
.end:

gdt_pointer:
    dw gdt.end - gdt - 1
    dd gdt
