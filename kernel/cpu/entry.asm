; The first instructions of the kernel in 64-bit mode. Stage 2 jumps here with interrupts off and
; the physical address of boot_info in RDI; its page tables map the first GiB of physical memory
; at 0 and at KERNEL_BASE.

bits 64

extern kernel_main
extern __bss_start
extern __bss_end
extern __boot_stack_top

DIRECT_MAP_SLOT equ 256                 ; PML4 index of DIRECT_MAP_BASE
PAGE_TABLE_ADDRESS_MASK equ ~0FFFh

section .entry exec

%include "kernel/cpu/call_frames.inc"

global kernel_entry
kernel_entry:
    FRAME_BEGIN OUTERMOST, 0
    cld
    mov rsp, __boot_stack_top
    mov rdx, rdi

    ; Memory is not zero on a real machine, and a flat image carries no .bss.
    mov rdi, __bss_start
    mov rcx, __bss_end
    sub rcx, rdi
    shr rcx, 3
    xor eax, eax
    rep stosq

    ; The first GiB appears in the direct map too, so that physical_to_virtual() holds for it
    ; from the first line of C on, before the kernel has page tables of its own.
    mov rax, cr3
    and rax, PAGE_TABLE_ADDRESS_MASK
    mov rcx, [rax]
    mov [rax + DIRECT_MAP_SLOT * 8], rcx

    mov rdi, rdx
    xor ebp, ebp                        ; the end of every backtrace
    call kernel_main
.stop:
    cli
    hlt
    jmp .stop
    FRAME_END
