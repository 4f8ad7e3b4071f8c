; INT 15h: how much memory there is.
;
; Its own lists for AX=E820h (option E820) are for a machine of 64 MiB:
;   plain              in order, entries of 20 bytes
;   extended           entries of 24 bytes; one of them says that it is to be ignored
;   ugly               unsorted, overlapping, empty, unaligned, of an unknown type, and repeated
;   beyond             plain, and usable memory where no processor has addresses
;   without_end        plain, but the memory above 1 MiB ends with the last address
;   first_mib_only     nothing about the memory above
;   ends_by_error      plain; after the last entry there is an error instead of an end
;   endless_cycle      after the last entry comes the second
;   endless_empty      after the last entry come empty ones
;   endless_new        after the last entry come ever new ones
;   loses_signature    plain; the second call does not return "SMAP"
;   changes_registers  plain; EDX, ESI, EDI, EBP and the segments are lost
; They insist on what the specification says about the caller's registers, and EBX must come back
; as it was, with all its bits.

SMAP equ 534D4150h
KIB equ 1024
MIB equ 1024 * KIB
USABLE equ 1
RESERVED equ 2
UNKNOWN_TYPE equ 9
ENTRY_SIZE equ 20                       ; 24 if it has attributes
ATTRIBUTES_SIZE equ 4
CONTINUE equ 5A5A0000h                  ; upper half of EBX while the list goes on
UNSUPPORTED equ 86h

int_15h:
    cmp ax, 0E820h
    je tell_map
    cmp ax, 0E801h
    je tell_two_sizes
    cmp ah, 88h
    je tell_extended_memory
    cmp ah, 24h
    je a20_call
pass_on_15h:
    pass_on 15h
    spoil
    jmp return
unsupported:
    mov ah, UNSUPPORTED
    spoil ebx, ecx, edx
    stc
    jmp return

; AX and CX = KiB from 1 to 16 MiB; BX and DX = units of 64 KiB above that.
tell_two_sizes:
%ifidn E801, absent
    jmp unsupported
%elifidn E801, nonsense
    mov ax, 0FFFFh
    mov bx, ax
    mov cx, ax
    mov dx, ax
    clc
    jmp return
%elifidn E801, in_ax_bx
    pass_on 15h
    mov cx, 0                           ; keeps the flags, as XOR would not
    mov dx, 0
    spoil
    jmp return
%else
    jmp pass_on_15h
%endif

; AX = KiB from 1 MiB on.
tell_extended_memory:
%ifidn EXTENDED_MEMORY, absent
    jmp unsupported
%elifidn EXTENDED_MEMORY, with_error
    pass_on 15h
    stc
    jmp return
%else
    jmp pass_on_15h
%endif

tell_map:
%ifidn E820, firmware
    jmp pass_on_15h
%elifidn E820, absent
    jmp unsupported
%else
; EAX = E820h, EBX = 0 or as we returned it, ECX = size of the buffer at ES:DI, EDX = "SMAP".
    cmp eax, 0E820h
    jne unsupported
    cmp edx, SMAP
    jne unsupported
    cmp ecx, ENTRY_SIZE
    jb unsupported
    test ebx, ebx
    jz .first
    xor ebx, CONTINUE                   ; EBX = index of the entry
    cmp ebx, 10000h
    jae unsupported
.first:
    %ifidn E820, loses_signature
        cmp ebx, 1
        jne .remembers
        xor eax, eax
        clc
        jmp return
    .remembers:
    %endif
    push ds
    push esi
    push edi
    push cs
    pop ds
    cld
    cmp ecx, map_entry_size
    jbe .has_room
    mov ecx, map_entry_size
.has_room:
    cmp bx, MAP_ENTRIES
    jae .beyond
    imul si, bx, map_entry_size
    add si, map
    jmp .copy
.beyond:
    %ifidn E820, ends_by_error
        pop edi
        pop esi
        pop ds
        jmp unsupported
    %endif
    %ifidn E820, endless_new
        imul eax, ebx, 10000h
        add eax, 80000000h
        mov [new_entry], eax
    %endif
    mov si, new_entry
.copy:
    push cx
    rep movsb
    pop cx
    pop edi
    pop esi
    pop ds

    inc bx
    xor ebx, CONTINUE
    %ifidn E820, endless_cycle
        cmp bx, MAP_ENTRIES
        jb .go_on
        mov bx, 1
    .go_on:
    %elifidn E820, endless_empty
    %elifidn E820, endless_new
    %elifidn E820, ends_by_error
    %else
        cmp bx, MAP_ENTRIES
        jne .go_on
        xor ebx, ebx                    ; the end
    .go_on:
    %endif
    mov eax, SMAP
    %ifidn E820, changes_registers
        mov edx, GARBAGE
        mov esi, edx
        mov edi, edx
        mov ebp, edx
        mov ds, dx
        mov es, dx
    %endif
    spoil edx
    clc
    jmp return
%endif

%ifidn E820, extended
    map_entry_size equ ENTRY_SIZE + ATTRIBUTES_SIZE
%else
    map_entry_size equ ENTRY_SIZE
%endif

; entry BASE, LENGTH, TYPE [, ATTRIBUTES]
%macro entry 3-4 1
    dq %1, %2
    dd %3
    %ifidn E820, extended
        dd %4
    %endif
%endmacro

map:
%ifidn E820, ugly
    entry 32 * MIB, 31 * MIB, USABLE
    entry 0, 0, USABLE
    entry 0F0000h, 64 * KIB, RESERVED
    entry 2 * MIB, 30 * MIB, USABLE
    entry 1 * MIB, 1 * MIB + 123h, USABLE       ; reaches into the one above
    entry 0, RESIDENT_SEGMENT * 16, USABLE
    entry RESIDENT_SEGMENT * 16, 32 * KIB, RESERVED
    entry 16 * MIB, 4 * KIB, RESERVED           ; in the middle of usable memory
    entry RESIDENT_SEGMENT * 16, 32 * KIB, RESERVED
    entry 0FFFC0000h, 256 * KIB, UNKNOWN_TYPE
    entry 48 * MIB, 0, USABLE
%else
    entry 0, RESIDENT_SEGMENT * 16, USABLE
    entry RESIDENT_SEGMENT * 16, 32 * KIB, RESERVED
    %ifnidn E820, first_mib_only
        %ifidn E820, without_end
            entry 1 * MIB, -1 - 1 * MIB, USABLE
        %else
            entry 1 * MIB, 62 * MIB, USABLE
        %endif
        entry 63 * MIB, 1 * MIB, RESERVED
        %ifidn E820, extended
            entry 0C0000000h, 256 * MIB, USABLE, 0
        %elifidn E820, beyond
            entry 1 << 52, 1 << 40, USABLE
        %endif
    %endif
%endif
MAP_ENTRIES equ ($ - map) / map_entry_size

new_entry:
%ifidn E820, endless_new
    entry 0, 4 * KIB, RESERVED
%else
    entry 0, 0, RESERVED
%endif
