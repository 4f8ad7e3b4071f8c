; How an interrupt enters the kernel and how it leaves. Two families of stubs: exceptions save
; every register, because a panic shows them all; hardware lines and software interrupts save only
; what a C function may change, because a tick comes a thousand times a second.

bits 64

%include "kernel/cpu/call_frames.inc"

extern exception_dispatch
extern irq_dispatch
extern irq_lines
extern software_dispatch
extern tsc_substitute

EXCEPTIONS equ 32
IRQ_LINES equ 16
IRQ_LINE_SIZE equ 48                    ; of struct irq_line (kernel/cpu/interrupts.c)
SOFTWARE_VECTORS equ 256 - EXCEPTIONS - IRQ_LINES - 1

; Exceptions that push an error code (Intel SDM vol. 3, table 6-1): 8, 10-14, 17, 21, 29, 30.
ERROR_CODE_MASK equ (1 << 8) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) \
                  | (1 << 17) | (1 << 21) | (1 << 29) | (1 << 30)

section .text

%assign vector 0
%rep EXCEPTIONS
exception_stub_%[vector]:
%if ((ERROR_CODE_MASK >> vector) & 1) == 0
    FRAME_BEGIN INTERRUPTED, 40
    push 0                              ; so that every frame has the same shape
    FRAME_GROWN 8
%else
    FRAME_BEGIN INTERRUPTED, 48
%endif
    push vector
    FRAME_GROWN 8
    jmp exception_common
    FRAME_END
%assign vector vector + 1
%endrep

; The pushes below, from the last to the first, are struct interrupt_frame (kernel/cpu/traps.h).
exception_common:
    FRAME_BEGIN INTERRUPTED, 56
    SAVE rax
    SAVE rbx
    SAVE rcx
    SAVE rdx
    SAVE rsi
    SAVE rdi
    SAVE rbp
    SAVE r8
    SAVE r9
    SAVE r10
    SAVE r11
    SAVE r12
    SAVE r13
    SAVE r14
    SAVE r15
    cld
    mov rdi, rsp
    call exception_dispatch             ; 22 quadwords are pushed: the stack is aligned to 16
    RESTORE r15
    RESTORE r14
    RESTORE r13
    RESTORE r12
    RESTORE r11
    RESTORE r10
    RESTORE r9
    RESTORE r8
    RESTORE rbp
    RESTORE rdi
    RESTORE rsi
    RESTORE rdx
    RESTORE rcx
    RESTORE rbx
    RESTORE rax
    add rsp, 16                         ; vector and error code
    FRAME_SHRUNK 16
    iretq
    FRAME_END

%assign line 0
%rep IRQ_LINES
irq_stub_%[line]:
    FRAME_BEGIN INTERRUPTED, 40
    SAVE rdi
    mov rdi, dword irq_lines + line * IRQ_LINE_SIZE
    jmp irq_common
    FRAME_END
%assign line line + 1
%endrep

; Above the nine registers that are saved: RIP, CS, RFLAGS.
INTERRUPTED_RIP equ 9 * 8
INTERRUPTED_RFLAGS equ 11 * 8

; What a C function may change (System V AMD64 ABI, 3.2.1), but for RDI, which a stub has saved.
%macro SAVE_CALLER_REGISTERS 0
    SAVE rax
    SAVE rcx
    SAVE rdx
    SAVE rsi
    SAVE r8
    SAVE r9
    SAVE r10
    SAVE r11
    cld
%endmacro

; irq_dispatch() sends EOI and, last, switches threads: when it returns, the thread that was
; interrupted here runs again, perhaps much later.
irq_common:
    FRAME_BEGIN INTERRUPTED, 48
    SAVED rdi
    SAVE_CALLER_REGISTERS
    mov rsi, [rsp + INTERRUPTED_RIP]
    call irq_dispatch                   ; 14 quadwords are pushed: the stack is aligned to 16
leave_interrupt:
    RESTORE r11
    RESTORE r10
    RESTORE r9
    RESTORE r8
    RESTORE rsi
    RESTORE rdx
    RESTORE rcx
    RESTORE rax
    RESTORE rdi
    iretq
    FRAME_END

; Software interrupts: eight bytes for each of the many. The return address that a stub pushes tells
; which one it is, and RDI is saved in its place.
SOFTWARE_STUB_SIZE equ 8                ; kernel/cpu/interrupts.c reckons with it
global software_stubs
align SOFTWARE_STUB_SIZE
software_stubs:
    FRAME_BEGIN INTERRUPTED, 40
%rep SOFTWARE_VECTORS
    call software_common
    align SOFTWARE_STUB_SIZE
%endrep
    FRAME_END

software_common:
    FRAME_BEGIN INTERRUPTED, 48
    xchg rdi, [rsp]
    SAVED rdi
    SAVE_CALLER_REGISTERS
    mov rsi, [rsp + INTERRUPTED_RFLAGS]
    call software_dispatch
    jmp leave_interrupt
    FRAME_END

; Above the registers that are saved behind them.
SAVED_RDX equ 5 * 8
SAVED_RAX equ 7 * 8

; Raised in place of RDTSC (kernel/cpu/tsc.h): the result goes to EDX:EAX, all else stays as it is.
global tsc_stub
tsc_stub:
    FRAME_BEGIN INTERRUPTED, 40
    SAVE rdi
    SAVE_CALLER_REGISTERS
    call tsc_substitute
    mov rdx, rax
    shr rdx, 32
    mov eax, eax
    mov [rsp + SAVED_RDX], rdx
    mov [rsp + SAVED_RAX], rax
    jmp leave_interrupt
    FRAME_END

section .rodata

global interrupt_stubs                  ; the stub of each vector from 0 on, the hardware's too
align 8
interrupt_stubs:
%assign vector 0
%rep EXCEPTIONS
    dq exception_stub_%[vector]
%assign vector vector + 1
%endrep
%assign line 0
%rep IRQ_LINES
    dq irq_stub_%[line]
%assign line line + 1
%endrep
