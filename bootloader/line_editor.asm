; The menu's editor for the command line: characters are added and taken away at its end.
;
; Rows are broken here and not by the screen or the terminal, which do it at different moments.

EDIT_COLUMNS equ 79

edited_line equ COMMAND_LINE_ADDRESS    ; its sector has been copied

; CF = 0: the menu goes on, with the edited line or, after Escape, the one from before.
edit_command_line:
    mov si, command_line
    mov di, edited_line
    mov cx, BOOT_COMMAND_LINE_SIZE
    rep movsb
    call find_end_of_command_line
    sub di, command_line
    mov [edited_length], di
.redraw:
    call clear_screen
    mov si, edit_heading
    call print
    mov si, edited_line
    xor di, di
.next_character:
    cmp di, [edited_length]
    je .read
    lodsb
    call put_edited
    jmp .next_character

.read:
    call read_key
    cmp al, KEY_ESCAPE
    je .return
    cmp al, KEY_ENTER
    je .take
    cmp al, KEY_LINE_FEED
    je .take
    mov di, [edited_length]
    cmp al, KEY_BACKSPACE
    je .backspace
    cmp al, KEY_DELETE
    je .backspace
    cmp al, ' '
    jb .read
    cmp al, '~'
    ja .read
    cmp di, BOOT_COMMAND_LINE_SIZE - 1
    je .read
    mov [edited_line + di], al
    call put_edited
    mov [edited_length], di
    jmp .read

.backspace:
    sub di, 1
    jc .read
    mov [edited_length], di
    lea ax, [di + 1]
    mov cl, EDIT_COLUMNS
    div cl
    test ah, ah
    jz .redraw                          ; nothing leads back to the end of the row above
    mov si, rub_out
    call print
    jmp .read

.take:
    mov si, edited_line
    mov di, command_line
    mov cx, [edited_length]
    rep movsb
    mov byte [di], 0
.return:
    clc
    ret

; Shows AL, which is the character at DI, and makes DI that of the next.
put_edited:
    call put_printable
    inc di
    mov ax, di
    mov cl, EDIT_COLUMNS
    div cl
    test ah, ah
    jnz .return
    push si
    mov si, new_line
    call print
    pop si
.return:
    ret

edited_length: dw 0

edit_heading:
    db "The command line of this boot. Enter takes it, Escape leaves it as it was.", 13, 10, 10, 0
rub_out:
    db 8, " ", 8, 0
