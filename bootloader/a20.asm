; A20: with this address line held at 0, as in the first PC, each odd megabyte is the one below
; it. Every machine can let it go, but no two in the same way, and some answer late.

KEYBOARD_DATA equ 60h
KEYBOARD_STATUS equ 64h                 ; read
KEYBOARD_COMMAND equ 64h                ; written
KEYBOARD_OUTPUT_FULL equ 01h
KEYBOARD_INPUT_FULL equ 02h
KEYBOARD_ABSENT equ 0FFh                ; the status that a port nobody answers has
KEYBOARD_WRITE_OUTPUT_PORT equ 0D1h
KEYBOARD_OUTPUT_PORT_A20_ON equ 0DFh
KEYBOARD_NULL_COMMAND equ 0FFh          ; some USB keyboard emulation waits for it
KEYBOARD_WAIT_LIMIT equ 50000

SYSTEM_CONTROL_A equ 92h
SYSTEM_CONTROL_A20 equ 02h
SYSTEM_CONTROL_RESET equ 01h

IO_DELAY equ 80h                        ; a write here takes about 1 us and changes nothing
A20_TRIES equ 50000

a20_method equ BOOT_INFO_ADDRESS + boot_info.a20_method

enable_a20:
    mov byte [a20_method], BOOT_A20_WAS_ON
    mov cx, 1
    call test_a20
    jnz .on

    mov byte [a20_method], BOOT_A20_BY_BIOS
    mov ax, 2401h
    bios 15h                            ; the answer says little: only the test counts
    call wait_for_a20
    jnz .on

    mov byte [a20_method], BOOT_A20_BY_KEYBOARD_CONTROLLER
    call a20_by_keyboard_controller
    call wait_for_a20
    jnz .on

    mov byte [a20_method], BOOT_A20_BY_PORT_92
    in al, SYSTEM_CONTROL_A
    test al, SYSTEM_CONTROL_A20
    jnz .off
    or al, SYSTEM_CONTROL_A20
    and al, ~SYSTEM_CONTROL_RESET & 0FFh
    out SYSTEM_CONTROL_A, al
    call wait_for_a20
    jnz .on
.off:
    mov si, a20_text
    jmp fail
.on:
    ret

a20_by_keyboard_controller:
    call wait_for_keyboard_controller
    jnz .return
    mov al, KEYBOARD_WRITE_OUTPUT_PORT
    out KEYBOARD_COMMAND, al
    call wait_for_keyboard_controller
    jnz .return
    mov al, KEYBOARD_OUTPUT_PORT_A20_ON
    out KEYBOARD_DATA, al
    call wait_for_keyboard_controller
    jnz .return
    mov al, KEYBOARD_NULL_COMMAND
    out KEYBOARD_COMMAND, al
    call wait_for_keyboard_controller
.return:
    ret

; ZF = 1: the controller takes a byte. ZF = 0: there is none, or it is stuck.
wait_for_keyboard_controller:
    mov cx, KEYBOARD_WAIT_LIMIT
.next:
    out IO_DELAY, al
    in al, KEYBOARD_STATUS
    cmp al, KEYBOARD_ABSENT
    je .absent
    test al, KEYBOARD_OUTPUT_FULL
    jz .output_empty
    in al, KEYBOARD_DATA                ; a byte that nobody fetched can hold up the controller
    or al, 0FFh                         ; ZF = 0, for the limit: its status is not known now
    loop .next
    ret
.output_empty:
    test al, KEYBOARD_INPUT_FULL
    loopnz .next
    ret
.absent:
    test al, al
    ret

wait_for_a20:
    mov cx, A20_TRIES

; ZF = 0: the line is free. Looks up to CX times. Two different values are tried, because one
; alone may stand at the other address by chance.
test_a20:
    mov ax, 0FFFFh
    mov fs, ax
.next:
    mov ax, 0A55Ah
    call .differs
    jnz .return
    mov ax, 5AA5h
    call .differs
    jnz .return
    loop .next
    xor ax, ax
.return:
    ret

; ZF = 0: AX was written to a word below 1 MiB, and 1 MiB above it stands something else.
.differs:
    mov bx, [a20_word]
    mov [a20_word], ax
    out IO_DELAY, al                    ; the write is out before the read begins
    cmp [fs:a20_word + 10h], ax
    mov [a20_word], bx
    ret

a20_word: dw 0

a20_text:
    db "Address line A20 stays off: the BIOS, the keyboard controller", 13, 10
    db "and port 92h have failed to switch it on.", 0
