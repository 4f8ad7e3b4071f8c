; The menu's page that shows the memory map as the firmware has told it.

MAP_ENTRIES_A_PAGE equ 20

; CF = 0: the menu goes on.
show_memory_map:
    mov word [map_entry], MEMORY_MAP
    mov ax, [memory_entries]
    mov [map_entries_left], ax
.page:
    call clear_screen
    mov si, map_heading
    call print
    mov bx, [memory_source]
    add bx, bx
    mov si, [map_sources - 2 + bx]
    call print
    mov si, map_sizes
    call print
    mov cx, MAP_ENTRIES_A_PAGE
.next:
    cmp word [map_entries_left], 0
    je .end
    mov bp, [map_entry]
    call print_map_entry
    add word [map_entry], boot_memory_entry_size
    dec word [map_entries_left]
    loop .next
.end:
    mov si, map_question
    call print
    call read_key
    cmp al, KEY_ESCAPE
    je .return
    cmp word [map_entries_left], 0
    jne .page
.return:
    clc
    ret

; The entry at BP: first byte, last byte, type. Keeps CX.
print_map_entry:
    push cx
    mov eax, [bp + boot_memory_entry.base]
    mov edx, [bp + boot_memory_entry.base + 4]
    call put_quadword
    mov al, '-'
    call put_character
    mov eax, [bp + boot_memory_entry.base]
    mov edx, [bp + boot_memory_entry.base + 4]
    add eax, [bp + boot_memory_entry.length]
    adc edx, [bp + boot_memory_entry.length + 4]
    sub eax, 1                          ; no entry is empty
    sbb edx, 0
    call put_quadword

    mov eax, [bp + boot_memory_entry.type]
    mov [map_type], eax
    mov si, map_other_type
    dec eax
    cmp eax, (map_types.end - map_types) / 2
    jae .known
    add ax, ax
    xchg bx, ax
    mov si, [map_types + bx]
.known:
    call print
    mov si, new_line
    call print
    pop cx
    ret

; EDX:EAX as 16 digits.
put_quadword:
    push eax
    mov eax, edx
    mov cx, 8
    call put_digits
    pop eax
    mov cx, 8
    jmp put_digits

map_entry: dw 0
map_entries_left: dw 0
map_type: dd 0

; By enum boot_memory_type, from 1 on.
map_types:
    dw map_usable, map_reserved, map_acpi_tables, map_acpi_nvs, map_bad
.end:
map_usable: db "  usable", 0
map_reserved: db "  reserved", 0
map_acpi_tables: db "  ACPI tables", 0
map_acpi_nvs: db "  ACPI memory to be kept", 0
map_bad: db "  bad", 0
map_other_type:
    db "  reserved (type "
    decimal map_type
    db ")", 0

; By enum boot_memory_source, from 1 on.
map_sources:
    dw map_e820, map_e801, map_88
map_e820: db "AX=E820h", 0
map_e801: db "AX=E801h", 0
map_88: db "AH=88h", 0

map_heading:
    db "Memory as the BIOS tells it: INT 15h ", 0
map_sizes:
    db ", entries: "
    decimal memory_entries
    db ", low memory: "
    decimal low_memory_kib
    db " KiB", 13, 10, 10, 0
map_question:
    db 13, 10, "A key goes on, Escape goes back. ", 0
