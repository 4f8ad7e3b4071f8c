; Keys: from the keyboard through the firmware, and from COM1.
;
; What arrives at COM1 belongs to the shell, and nobody can look at it without taking it. So what
; is taken while the kernel is loaded, and is not the one key that means the bootloader, goes to
; boot_info, and the kernel hands it to the shell before all that comes later.

KEY_BACKSPACE equ 08h
KEY_LINE_FEED equ 0Ah
KEY_ENTER equ 0Dh
KEY_ESCAPE equ 1Bh
KEY_DELETE equ 7Fh                      ; what most terminals send for Backspace

READ_ENHANCED_KEYBOARD equ 10h          ; INT 16h; with all keys, unlike AH=00h and 01h
PEEK_AT_ENHANCED_KEYBOARD equ 11h

BIOS_SHIFT_FLAGS equ 0417h              ; BIOS data area
SHIFT_FLAGS_HELD equ 0Fh                ; Shift right and left, Ctrl, Alt
BIOS_KEYS_MAX equ 32                    ; more than the firmware's buffer holds

; A held key comes again after half a second at the latest, and then more often.
PAUSE_TICKS equ 10
PAUSE_POLLS_MAX equ 4000000             ; ends the wait where the BIOS's ticks stand still

LINE_STATUS_RECEIVED equ 01h
COM1_SEQUENCE_POLLS equ 0               ; 65536, of about 1 us: bytes of a key come every 87 us
SEQUENCE_END_MIN equ '@'
STRING_END_BELL equ 07h
STRING_END equ '\'

serial_input_bytes equ BOOT_INFO_ADDRESS + boot_info.serial_input_bytes
serial_input equ BOOT_INFO_ADDRESS + boot_info.serial_input

; ZF = 0: somebody wants the menu.
is_menu_wanted:
    test byte [BIOS_SHIFT_FLAGS], SHIFT_FLAGS_HELD
    jnz .return
    call peek_at_keyboard
    jnz .return
.next:
    movzx bx, byte [serial_input_bytes]
    cmp bx, BOOT_SERIAL_INPUT_SIZE
    je .return                          ; full: what comes now stays in the UART
    call poll_com1
    jz .return
    cmp al, KEY_ESCAPE
    je .escape
    mov [serial_input + bx], al
    inc byte [serial_input_bytes]
    jmp .next
.escape:
    or al, al
.return:
    ret

; ZF = 0: a key waits. Firmware that does not know this call leaves ZF or AX as they were.
peek_at_keyboard:
    xor ax, ax
    mov ah, PEEK_AT_ENHANCED_KEYBOARD
    bios 16h
    jz .return
    cmp ax, PEEK_AT_ENHANCED_KEYBOARD << 8
.return:
    ret

; ZF = 0: AL = a byte that has come on COM1.
poll_com1:
    cmp byte [com1_present], 0
    je .return
    mov dx, COM1_LINE_STATUS
    in al, dx
    test al, LINE_STATUS_RECEIVED
    jz .return
    mov dx, COM1_DATA
    in al, dx
    test dx, dx                         ; ZF = 0
.return:
    ret

; Takes all keys that wait at the keyboard. The last of them may be held down.
forget_keys:
    mov cx, BIOS_KEYS_MAX
.next:
    push cx
    call peek_at_keyboard
    jz .empty
    call take_key
    mov [held_key], ax
    pop cx
    loop .next
    ret
.empty:
    pop cx
    ret

; AX = a key that waits at the keyboard: scan code, character.
take_key:
    mov ah, READ_ENHANCED_KEYBOARD
    bios 16h
    ret

; AL = a key's character, from the keyboard or COM1, as soon as there is one; keys without one have
; some value that is no character. What has been held down since before counts only after a pause.
read_key:
.next:
    call poll_com1
    jnz .from_com1
    call peek_at_keyboard
    jz .next
    call take_key
    mov ecx, [BIOS_TICKS]
    mov edx, ecx
    xchg edx, [held_ticks]
    sub ecx, edx
    cmp ecx, PAUSE_TICKS
    jae .fresh
    cmp ax, [held_key]
    je .next
.fresh:
    mov word [held_key], 0
    ret
.from_com1:
    cmp al, KEY_ESCAPE
    je skip_sequence
    ret

; A cursor key and the like: Escape, a character, parameters, and one that ends it. AL = 0 then,
; and KEY_ESCAPE if nothing follows. What a terminal answers may be a string: it ends with a bell, or
; with Escape and a backslash.
skip_sequence:
    call wait_for_com1
    mov ah, KEY_ESCAPE
    jz .return
    mov di, string_beginnings
    mov cx, STRING_BEGINNINGS
    repne scasb
    je .string
.next:
    call wait_for_com1
    jz .skipped
    cmp al, SEQUENCE_END_MIN
    jb .next
.skipped:
    mov ah, 0
.return:
    mov al, ah
    ret
.string:
    call wait_for_com1
    jz .skipped
    cmp al, STRING_END_BELL
    je .skipped
    cmp al, STRING_END
    jne .string
    jmp .skipped

string_beginnings: db ']P_^X'
STRING_BEGINNINGS equ $ - string_beginnings

; ZF = 0: AL = a byte that came on COM1 within the time in which a sequence goes on.
wait_for_com1:
    mov cx, COM1_SEQUENCE_POLLS
.next:
    call poll_com1
    loopz .next
    ret

; Returns when no key has come for a while: one that is held down would go on in the shell.
wait_for_release:
    mov ecx, PAUSE_POLLS_MAX
.restart:
    mov ebx, [BIOS_TICKS]
.next:
    push ecx
    push ebx
    call peek_at_keyboard
    pop ebx
    pop ecx
    jnz .held
    mov eax, [BIOS_TICKS]
    sub eax, ebx
    cmp eax, PAUSE_TICKS
    jae .return
    dec ecx
    jnz .next
.return:
    ret
.held:
    push ecx
    call take_key
    pop ecx
    dec ecx
    jnz .restart
    ret

held_key: dw 0
held_ticks: dd 0
