; Text on the screen and on COM1.

COM1_INTERRUPT_ENABLE equ COM1_DATA + 1 ; also the upper half of the divisor
COM1_MODEM_CONTROL equ 3FCh
MODEM_CONTROL_DTR_RTS equ 03h
COM1_WAIT_LIMIT equ 1000000             ; reads of about 1 us; a character takes 87 us, but an
                                        ; emulator's may wait for a busy host

VIDEO_MODE_TEXT_80X25 equ 3
LAST_ROW equ 24
LAST_COLUMN equ 79
TEXT_COLOUR equ 7                       ; light grey on black

; In a text, a number stands as one of these bytes and the address where its value is.
TEXT_DECIMAL equ 1                      ; of a 32-bit value
TEXT_HEX_BYTE equ 2
TEXT_HEX_DWORD equ 3

%macro decimal 1
    db TEXT_DECIMAL
    dw %1
%endmacro

%macro hex_byte 1
    db TEXT_HEX_BYTE
    dw %1
%endmacro

%macro hex_dword 1
    db TEXT_HEX_DWORD
    dw %1
%endmacro

; Sets the video mode even if the firmware says that it is this one: that can be untrue, and the
; number of lines and the cursor may be anything.
init_screen:
    mov ax, VIDEO_MODE_TEXT_80X25
    bios 10h
    ret

; An empty screen, and on COM1 an empty line. Setting the video mode again would make some monitors
; go dark for a moment.
clear_screen:
    mov si, new_line
    call print
    mov ax, 0600h                       ; clears a window of the screen:
    mov bh, TEXT_COLOUR
    xor cx, cx
    mov dx, LAST_ROW << 8 | LAST_COLUMN
    bios 10h
    mov ah, 02h                         ; the cursor goes to the upper left corner
    mov bh, 0
    xor dx, dx
    bios 10h
    ret

; Programs COM1 for 115200 8N1. A port whose divisor cannot be read back does not exist. The FIFO
; stays as it is, because switching it empties it, and a first key may already wait there.
init_com1:
    mov dx, COM1_LINE_CONTROL
    mov al, LINE_CONTROL_DIVISOR_LATCH
    out dx, al
    mov dx, COM1_DATA
    mov al, COM1_DIVISOR
    out dx, al
    in al, dx
    mov ah, al
    mov dx, COM1_INTERRUPT_ENABLE
    mov al, 0
    out dx, al
    in al, dx
    xchg al, ah
    cmp ax, COM1_DIVISOR
    sete [com1_present]

    mov dx, COM1_LINE_CONTROL
    mov al, LINE_CONTROL_8N1
    out dx, al
    mov dx, COM1_INTERRUPT_ENABLE
    mov al, 0
    out dx, al
    mov dx, COM1_MODEM_CONTROL
    mov al, MODEM_CONTROL_DTR_RTS
    out dx, al
    ret

; SI = a sentence that says why. Does not return. Interrupts stay on for Ctrl-Alt-Del.
fail:
    push si
    mov si, .before
    call print
    pop si
    call print
    mov si, .after
    call print
.stop:
    sti
    hlt
    jmp .stop

.before: db 13, 10, "Aethel cannot start:", 13, 10, 0
.after: db 13, 10, "The machine has stopped.", 13, 10, 0

; Prints the text at SI. Keeps all registers.
print:
    pushad
.next:
    lodsb
    test al, al
    jz .done
    cmp al, TEXT_HEX_DWORD
    jbe .number
    call put_character
    jmp .next
.number:
    mov cl, al
    lodsw
    mov bx, ax
    mov eax, [bx]
    cmp cl, TEXT_DECIMAL
    je .decimal
    cmp cl, TEXT_HEX_DWORD
    je .hex_dword
    shl eax, 24
    mov cx, 2
    jmp .hex
.hex_dword:
    mov cx, 8
.hex:
    call put_digits
    mov al, 'h'
    call put_character
    jmp .next
.decimal:
    call put_decimal
    jmp .next
.done:
    popad
    ret

; The CX highest hexadecimal digits of EAX.
put_digits:
.next:
    rol eax, 4
    push eax
    and al, 0Fh
    cmp al, 10                          ; 0..15 becomes '0'..'9', 'A'..'F'
    sbb al, 69h
    das
    call put_character
    pop eax
    loop .next
    ret

; EAX in decimal.
put_decimal:
    mov ebx, 10
    xor cx, cx
.divide:
    xor edx, edx
    div ebx
    push dx
    inc cx
    test eax, eax
    jnz .divide
.put:
    pop ax
    add al, '0'
    call put_character
    loop .put
    ret

; AL if it can be shown, else a question mark: for text that comes from outside.
put_printable:
    cmp al, ' '
    jb .other
    cmp al, '~'
    jbe put_character
.other:
    mov al, '?'

; AL to COM1 and to the screen. Keeps all registers.
put_character:
    pushad
    cmp byte [com1_present], 0
    je .screen
    mov bl, al
    mov dx, COM1_LINE_STATUS
    mov ecx, COM1_WAIT_LIMIT
.wait:
    in al, dx
    test al, LINE_STATUS_TRANSMITTER_EMPTY
    loopz .wait, ecx
    mov al, bl
    jz .stuck
    mov dx, COM1_DATA
    out dx, al
.screen:
    mov ah, 0Eh
    mov bx, TEXT_COLOUR                 ; on page 0; the colour counts if the mode is a graphics one
    bios 10h
    popad
    ret
.stuck:                                 ; it takes nothing: what comes would wait as long each time
    mov byte [com1_present], 0
    jmp .screen

com1_present: db 0

new_line: db 13, 10, 0
