; The boot menu, on the screen and COM1 at once. What is chosen becomes words of the command line:
; the kernel knows nothing else of it. The image is not changed.

command_line equ BOOT_INFO_ADDRESS + boot_info.command_line

; Shows the menu if somebody wants it, and comes back when the kernel is to be started.
offer_menu:
    call is_menu_wanted
    jz .return
    mov byte [BOOT_INFO_ADDRESS + boot_info.menu_was_shown], 1
    call pause_clock
    call forget_keys
    mov eax, [BIOS_TICKS]
    mov [held_ticks], eax
.show:
    call clear_screen
    mov si, menu_text
    call print
    call print_command_line
    mov si, menu_question
    call print
.ask:
    call read_key
    sub al, '1'
    cmp al, (menu_actions.end - menu_actions) / 2
    jae .ask
    movzx bx, al
    add bx, bx
    call [menu_actions + bx]
    jnc .show
    call wait_for_release
    call clear_screen
    call resume_clock
    call print_progress
.return:
    ret

; Each returns CF = 1 to start the kernel.
menu_actions:
    dw start_normally
    dw start_cooperatively
    dw start_safely
    dw show_memory_map
    dw edit_command_line
.end:

start_normally:
    stc
    ret

start_cooperatively:
    mov si, cooperative_words
    jmp add_words
start_safely:
    mov si, safe_words

; Adds the text at SI to the command line: a later word overrides an earlier one. CF = 0: no room.
add_words:
    call find_end_of_command_line
    mov bx, di
    mov cx, command_line + BOOT_COMMAND_LINE_SIZE
    sub cx, di                          ; room, with the zero at the end
.next:
    lodsb
    stosb
    test al, al
    jz .added
    loop .next
    mov byte [bx], 0
    mov si, full_text
    call print
    call read_key
    clc
    ret
.added:
    stc
    ret

; DI = the zero at its end.
find_end_of_command_line:
    mov di, command_line
    mov cx, BOOT_COMMAND_LINE_SIZE
    xor al, al
    repne scasb
    dec di
    ret

print_command_line:
    mov si, command_line
.next:
    lodsb
    test al, al
    jz .done
    call put_printable
    jmp .next
.done:
    ret

; The time that somebody spends in the menu is not the time that loading takes.
pause_clock:
    mov eax, [BIOS_TICKS]
    sub [start_ticks], eax
    rdtsc
    sub [start_tsc], eax
    sbb [start_tsc + 4], edx
    ret

resume_clock:
    mov eax, [BIOS_TICKS]
    add [start_ticks], eax
    rdtsc
    add [start_tsc], eax
    adc [start_tsc + 4], edx
    ret

cooperative_words: db " preempt=off", 0
safe_words: db " safe", 0

menu_text:
    db "Aethel's boot menu", 13, 10, 10
    db "  1  normal", 13, 10
    db "  2  cooperative: no preemption (preempt=off)", 13, 10
    db "  3  safe: no COM1, slow timer (safe)", 13, 10
    db "  4  show the memory map", 13, 10
    db "  5  edit the command line", 13, 10, 10
    db "Command line: ", 0
menu_question:
    db 13, 10, 10, "1 to 5? ", 0
full_text:
    db 13, 10, "The command line is full: shorten it first. Press a key. ", 0
