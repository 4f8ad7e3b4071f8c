; Where there is memory, as the firmware tells it: INT 15h AX=E820h, else AX=E801h, else AH=88h.
; boot_info gets the entries as they are, but for those that say nothing; the kernel sorts them.

SMAP equ 534D4150h                      ; "SMAP", what E820h is called with and answers with
E820_ENTRY_SIZE equ 20                  ; as first specified; ACPI 3.0 added the attributes
E820_ATTRIBUTES_SIZE equ 24
E820_ATTRIBUTE_VALID equ 1              ; bit 0 clear: the entry is to be ignored
E820_CALLS_MAX equ 256                  ; some lists never end
ADDRESS_END_HIGH equ 1 << (52 - 32)     ; upper half of what no processor's addresses reach

KIB equ 1024
MIB equ 1024 * KIB
E801_LOW_MAX_KIB equ 15 * 1024          ; up to 16 MiB

memory_entries equ BOOT_INFO_ADDRESS + boot_info.memory_entries
memory_source equ BOOT_INFO_ADDRESS + boot_info.memory_source
MEMORY_MAP equ BOOT_INFO_ADDRESS + boot_info.memory_map

collect_memory_map:
    call collect_by_e820
    call measure_memory
    jnz .done                           ; some firmware knows E820h and tells the first MiB only
    call collect_by_older_calls
.done:
    ret

; EAX = [usable_memory] = bytes of memory from the kernel's address on, without a gap. ZF = 1: none.
measure_memory:
    mov ebx, KERNEL_ADDRESS
.search:
    mov si, MEMORY_MAP
    mov cx, [memory_entries]
    jcxz .done
.next:
    cmp dword [si + boot_memory_entry.type], BOOT_MEMORY_USABLE
    jne .other
    cmp dword [si + boot_memory_entry.base + 4], 0
    jne .other
    cmp [si + boot_memory_entry.base], ebx
    ja .other
    mov eax, [si + boot_memory_entry.base]
    mov edx, [si + boot_memory_entry.length + 4]
    add eax, [si + boot_memory_entry.length]
    adc edx, 0
    jnz .to_4_gib
    cmp eax, ebx
    jbe .other
    mov ebx, eax                        ; the stretch goes on: entries come in any order
    jmp .search
.other:
    add si, boot_memory_entry_size
    loop .next
.done:
    mov eax, ebx
    sub eax, KERNEL_ADDRESS
    mov [usable_memory], eax
    ret
.to_4_gib:
    mov ebx, 0FFFFFFFFh
    jmp .done

; Fails if the kernel does not fit into what there is.
check_memory:
    call measure_memory
    mov edx, [kernel_memory]
    mov si, memory_text
    cmp eax, edx
    jb .too_small
    ret
.too_small:
    shr dword [kernel_memory], 10
    shr dword [usable_memory], 10
    jmp fail

collect_by_e820:
    mov dword [memory_source], BOOT_MEMORY_FROM_E820
    mov dword [memory_entries], 0
    mov word [e820_calls], E820_CALLS_MAX
    xor ebx, ebx
.next:
    call next_map_entry
    mov dword [di + boot_memory_entry.attributes], E820_ATTRIBUTE_VALID
    push di
    mov eax, 0E820h
    mov edx, SMAP
    mov ecx, boot_memory_entry_size
    bios 15h
    pop di
    jc .done                            ; unknown call, or the end of the list
    cmp eax, SMAP
    jne .distrust
    call keep_e820_entry
    test ebx, ebx
    jz .done
    cmp dword [memory_entries], BOOT_MEMORY_ENTRIES
    je .done
    dec word [e820_calls]
    jnz .next
.done:
    ret
.distrust:
    mov dword [memory_entries], 0
    ret

; DI = the entry after the last one.
next_map_entry:
    mov di, [memory_entries]
    imul di, di, boot_memory_entry_size
    add di, MEMORY_MAP
    ret

; Keeps the entry at DI, of which ECX bytes were filled in, if it is valid, not empty, possible and
; new.
; Keeps EBX.
keep_e820_entry:
    cmp ecx, E820_ENTRY_SIZE
    jb .drop
    cmp ecx, E820_ATTRIBUTES_SIZE
    jb .valid
    test byte [di + boot_memory_entry.attributes], E820_ATTRIBUTE_VALID
    jz .drop
.valid:
    mov eax, [di + boot_memory_entry.length]
    or eax, [di + boot_memory_entry.length + 4]
    jz .drop
    cmp dword [di + boot_memory_entry.type], BOOT_MEMORY_USABLE
    jne .plausible                      ; what is reserved had better be too much
    mov eax, [di + boot_memory_entry.base]
    add eax, [di + boot_memory_entry.length]
    mov eax, [di + boot_memory_entry.base + 4]
    adc eax, [di + boot_memory_entry.length + 4]
    jc .drop
    cmp eax, ADDRESS_END_HIGH
    jae .drop
.plausible:

    mov bp, MEMORY_MAP
.compare:
    cmp bp, di
    je .new
    mov si, bp
    push di
    mov cx, E820_ENTRY_SIZE / 4
    repe cmpsd
    pop di
    je .drop
    add bp, boot_memory_entry_size
    jmp .compare
.new:
    inc dword [memory_entries]
.drop:
    ret

; The older calls know two stretches of memory: below 640 KiB and above 1 MiB.
collect_by_older_calls:
    mov dword [memory_entries], 0
    bios 12h
    movzx eax, ax
    shl eax, 10
    xor ebx, ebx
    call add_usable_memory
    call collect_by_e801
    jnc .done
    call collect_by_88
.done:
    ret

; CF = 1: the firmware does not know this call, or its answer is nonsense.
collect_by_e801:
    mov dword [memory_source], BOOT_MEMORY_FROM_E801
    xor cx, cx
    xor dx, dx
    mov ax, 0E801h
    bios 15h
    jc .return
    test cx, cx                         ; some firmware answers in CX and DX, some in AX and BX
    jz .in_ax_bx
    mov ax, cx
    mov bx, dx
.in_ax_bx:
    cmp ax, 1
    jb .return
    cmp ax, E801_LOW_MAX_KIB + 1
    cmc
    jc .return
    push bx
    movzx eax, ax
    shl eax, 10
    mov ebx, KERNEL_ADDRESS
    call add_usable_memory
    pop ax
    shl eax, 16                         ; from 16 MiB on it counts in units of 64 KiB
    mov ebx, 16 * MIB
    call add_usable_memory
    clc
.return:
    ret

; Old firmware leaves CF as it was, so an error is known by its code.
collect_by_88:
    mov dword [memory_source], BOOT_MEMORY_FROM_88
    clc
    mov ah, 88h
    bios 15h
    jnc .answered
    cmp ah, 80h                         ; invalid command
    je .return
    cmp ah, 86h                         ; unsupported function
    je .return
.answered:
    movzx eax, ax
    shl eax, 10
    mov ebx, KERNEL_ADDRESS
    call add_usable_memory
.return:
    ret

; EAX bytes from EBX on.
add_usable_memory:
    test eax, eax
    jz .return
    call next_map_entry
    mov [di + boot_memory_entry.base], ebx
    mov dword [di + boot_memory_entry.base + 4], 0
    mov [di + boot_memory_entry.length], eax
    mov dword [di + boot_memory_entry.length + 4], 0
    mov dword [di + boot_memory_entry.type], BOOT_MEMORY_USABLE
    mov dword [di + boot_memory_entry.attributes], E820_ATTRIBUTE_VALID
    inc dword [memory_entries]
.return:
    ret

e820_calls: dw 0
usable_memory: dd 0

memory_text:
    db "The kernel needs "
    decimal kernel_memory
    db " KiB of memory from 1 MiB on,", 13, 10, "and this machine has "
    decimal usable_memory
    db " KiB there.", 0
