; Running what may fault: the registers that a function has to preserve (System V AMD64 ABI, 3.2.1)
; wait on the stack, and whoever catches an exception goes on where they are taken from there.

bits 64

%include "kernel/cpu/call_frames.inc"

section .bss

global guard_stack
align 8
guard_stack: resq 1

section .text

global guard_run
guard_run:
    FRAME_BEGIN CALLED, 8
    SAVE rbp
    SAVE rbx
    SAVE r12
    SAVE r13
    SAVE r14
    SAVE r15
    push qword [rel guard_stack]        ; of the guard around this one
    FRAME_GROWN 8
    mov [rel guard_stack], rsp          ; 8 quadwords are pushed: the stack is aligned to 16
    mov rax, rdi
    mov rdi, rsi
    call rax
    mov eax, 1
.end:
    pop qword [rel guard_stack]
    FRAME_SHRUNK 8
    RESTORE r15
    RESTORE r14
    RESTORE r13
    RESTORE r12
    RESTORE rbx
    RESTORE rbp
    ret
    FRAME_END

global guard_leave
guard_leave:
    FRAME_BEGIN OUTERMOST, 0
    cld
    mov rsp, [rel guard_stack]
    xor eax, eax
    jmp guard_run.end
    FRAME_END

global guard_start_anew
guard_start_anew:
    FRAME_BEGIN OUTERMOST, 0
    mov rsp, rdi
    xor ebp, ebp                        ; the end of every backtrace
    mov qword [rel guard_stack], 0
    call rsi
    ud2
    FRAME_END
