; Running what may fault: the registers that a function has to preserve (System V AMD64 ABI, 3.2.1)
; wait on the stack, and whoever catches an exception goes on where they are taken from there.

bits 64

section .bss

global guard_stack
align 8
guard_stack: resq 1

section .text

global guard_run
guard_run:
    push rbp
    push rbx
    push r12
    push r13
    push r14
    push r15
    push qword [rel guard_stack]        ; of the guard around this one
    mov [rel guard_stack], rsp          ; 8 quadwords are pushed: the stack is aligned to 16
    mov rax, rdi
    mov rdi, rsi
    call rax
    mov eax, 1
.end:
    pop qword [rel guard_stack]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret

global guard_leave
guard_leave:
    cld
    mov rsp, [rel guard_stack]
    xor eax, eax
    jmp guard_run.end

global guard_start_anew
guard_start_anew:
    mov rsp, rdi
    xor ebp, ebp                        ; the end of every backtrace
    mov qword [rel guard_stack], 0
    call rsi
    ud2
