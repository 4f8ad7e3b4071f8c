; The one place where the CPU goes from one thread to another. What must survive is what a C
; function must preserve (System V AMD64 ABI, 3.2.1) and the stack pointer: the caller has saved
; all else, be it a thread that yields or the path out of an interrupt.

bits 64

%include "kernel/cpu/call_frames.inc"

extern core_yield
extern switch_cost_end
extern thread_exit

THREAD_STACK_POINTER equ 16              ; in struct thread (sched/state/control_block.h)

%macro SWITCH_STACKS 0
    SAVE rbx
    SAVE rbp
    SAVE r12
    SAVE r13
    SAVE r14
    SAVE r15
    mov [rdi + THREAD_STACK_POINTER], rsp
    mov rsp, [rsi + THREAD_STACK_POINTER]
    RESTORE r15
    RESTORE r14
    RESTORE r13
    RESTORE r12
    RESTORE rbp
    RESTORE rbx
%endmacro

section .text

; void switch_context(struct thread *previous, struct thread *next)
; Returns in `next`, where that called it; in `previous` when it is switched to again.
; Interrupts are off.
global switch_context
align 16
switch_context:
    FRAME_BEGIN CALLED, 8
    SWITCH_STACKS
    ret
    FRAME_END

; The same, and tells the sampler when the next thread has its registers.
global switch_context_timed
align 16
switch_context_timed:
    FRAME_BEGIN CALLED, 8
    SWITCH_STACKS
    jmp switch_cost_end
    FRAME_END

; void thread_yield(void)
; The caller's interrupts are on. What switches away in core_yield() by a jump is switched to
; again right behind this call.
global thread_yield
align 16
thread_yield:
    FRAME_BEGIN CALLED, 8
    cli
    call core_yield
    sti
    ret
    FRAME_END

; A new thread's stack looks as if it had called switch_context() from here, with its entry
; function in RBX and the argument in R12 (sched/threads/life.c): starting is resuming.
global thread_start
thread_not_started:
    FRAME_BEGIN OUTERMOST, 0
    nop                                 ; a debugger looks for a call in front of thread_start
thread_start:
    sti
    mov rdi, r12
    call rbx
    xor edi, edi
    call thread_exit
    FRAME_END

; _Noreturn void switch_to_stack_and_call(uint64_t stack_top, void (*function)(void))
; Leaves the current stack for good, so that it can be freed.
global switch_to_stack_and_call
switch_to_stack_and_call:
    FRAME_BEGIN OUTERMOST, 0
    mov rsp, rdi
    xor ebp, ebp
    call rsi
    FRAME_END
