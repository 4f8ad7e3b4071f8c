; How calls are answered: a handler sets registers and CF (for INT 16h, ZF) as the caller is to see
; them, and jumps to `return`.

FLAG_DIRECTION equ 0400h
FLAG_INTERRUPTS equ 0200h
CALLER_SEGMENT equ 4                    ; from BP on: BP, IP, CS, flags
CALLER_FLAGS equ 6
ROMS_SEGMENT equ 0C000h                 ; from here on lies the real firmware

GARBAGE equ 0A5A5A5A5h
GARBAGE_SEGMENT equ 0A5A5h

; spoil REGISTER, ...: these registers, the index registers and the segments change, if calls are to
; do that. Keeps the flags.
%macro spoil 0-*
    %ifdef CLOBBER_REGISTERS
        %rep %0
            mov %1, GARBAGE
            %rotate 1
        %endrep
        call spoil_pointers
    %endif
%endmacro

; pass_on VECTOR: the real firmware's handler does it.
%macro pass_on 1
    pushf
    call far [cs:original_%1]
%endmacro

%ifdef CLOBBER_REGISTERS
spoil_pointers:
    mov esi, GARBAGE
    mov edi, GARBAGE
    mov ebp, GARBAGE
    push word GARBAGE_SEGMENT
    pop ds
    push word GARBAGE_SEGMENT
    pop es
    push word GARBAGE_SEGMENT
    pop fs
    push word GARBAGE_SEGMENT
    pop gs
    ret
%endif

return:
    push bp
    mov bp, sp
    push ax
    pushf
    pop ax
    mov [bp + CALLER_FLAGS], al         ; the low byte has the flags that are results
    pop ax
%ifdef RETURN_DIRECTION_DOWN
    or word [bp + CALLER_FLAGS], FLAG_DIRECTION
%endif
%ifdef RETURN_INTERRUPTS_OFF
    and word [bp + CALLER_FLAGS], ~FLAG_INTERRUPTS & 0FFFFh
%endif
    pop bp
    iret

; Video. The real firmware calls itself through this vector, too, and counts on its registers.
; AH=03h and AH=0Fh have results in BX, CX and DX.
int_10h:
    push bp
    mov bp, sp
    cmp word [bp + CALLER_SEGMENT], ROMS_SEGMENT
    pop bp
    jae .by_firmware
    pass_on 10h
    spoil
    jmp return
.by_firmware:
    jmp far [cs:original_10h]

; Size of low memory.
int_12h:
    mov ax, LOW_MEMORY_KIB
    spoil ebx, ecx, edx
    jmp return

; Keyboard.
int_16h:
%ifdef NO_KEYBOARD
    iret
%endif
    pass_on 16h
    spoil ebx, ecx, edx
    jmp return

original_10h: dd 0
original_12h: dd 0
original_13h: dd 0
original_15h: dd 0
original_16h: dd 0
