; Address line A20: what INT 15h AH=24h does about it, and how it is switched off.

SYSTEM_CONTROL_A equ 92h
SYSTEM_CONTROL_A20_AND_RESET equ 03h
KEYBOARD_DATA equ 60h
KEYBOARD_COMMAND equ 64h
KEYBOARD_INPUT_FULL equ 02h
KEYBOARD_WRITE_OUTPUT_PORT equ 0D1h
KEYBOARD_OUTPUT_PORT_A20_OFF equ 0DDh

a20_call:
%ifidn A20_CALL, absent
    jmp unsupported
%elifidn A20_CALL, lies
    mov ah, 0
    spoil ebx, ecx, edx
    clc
    jmp return
%else
    jmp pass_on_15h
%endif

; Changes AL.
a20_off_by_port_92:
    in al, SYSTEM_CONTROL_A
    and al, ~SYSTEM_CONTROL_A20_AND_RESET & 0FFh
    out SYSTEM_CONTROL_A, al
    ret

%ifidn A20_OFF, keyboard_controller
a20_off_by_keyboard_controller:
    call wait_for_keyboard_controller
    mov al, KEYBOARD_WRITE_OUTPUT_PORT
    out KEYBOARD_COMMAND, al
    call wait_for_keyboard_controller
    mov al, KEYBOARD_OUTPUT_PORT_A20_OFF
    out KEYBOARD_DATA, al

wait_for_keyboard_controller:
    in al, KEYBOARD_COMMAND
    test al, KEYBOARD_INPUT_FULL
    jnz wait_for_keyboard_controller
    ret
%endif
