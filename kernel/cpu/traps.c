/* What exceptions mean, in words. */
#include "kernel/cpu/traps.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/panic.h"

#define VECTOR_NMI          2
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_INVALID_TSS  10
#define VECTOR_PROTECTION   13
#define VECTOR_PAGE_FAULT   14
#define VECTORS_NAMED       22

/* Bits of a page fault's error code (Intel SDM vol. 3, 4.7). */
#define PAGE_FAULT_PRESENT     (1u << 0)
#define PAGE_FAULT_WRITE       (1u << 1)
#define PAGE_FAULT_RESERVED    (1u << 3)
#define PAGE_FAULT_INSTRUCTION (1u << 4)

/* Bits of a selector error code (Intel SDM vol. 3, 6.13). */
#define SELECTOR_EXTERNAL    (1u << 0)
#define SELECTOR_IDT         (1u << 1)
#define SELECTOR_INDEX_SHIFT 3

/* System control port B: bits 7 and 6 tell why an NMI came (ISA System Architecture). */
#define PORT_SYSTEM_CONTROL_B 0x61
#define NMI_MEMORY_PARITY     (1u << 7)
#define NMI_IO_CHECK          (1u << 6)

/* Intel SDM vol. 3, table 6-1. */
static const char *const exception_names[VECTORS_NAMED] = {
    "divide error",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available (x87 or SSE used in the kernel)",
    "double fault",
    "coprocessor segment overrun",
    "invalid TSS",
    "segment not present",
    "stack segment fault",
    "general protection fault",
    "page fault",
    "reserved exception",
    "x87 floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point exception",
    "virtualization exception",
    "control protection exception",
};

static const char *exception_name(uint64_t vector)
{
    return vector < VECTORS_NAMED ? exception_names[vector] : "reserved exception";
}

/* A push that hits the guard page cannot push the fault's frame either: a double fault. */
static void report_page_fault(const struct interrupt_frame *frame, uint64_t address)
{
    uint64_t error = frame->error_code;
    const char *access = error & PAGE_FAULT_INSTRUCTION ? "execute"
                         : error & PAGE_FAULT_WRITE     ? "write"
                                                        : "read";
    const char *cause = error & PAGE_FAULT_RESERVED  ? "a page table entry is malformed"
                        : error & PAGE_FAULT_PRESENT ? "the page does not allow it"
                        : address < PANIC_NULL_LIMIT ? "a NULL pointer was followed"
                                                     : "nothing is mapped there";
    panic_print("Page fault: %s at 0x%016lx: %s\n(error code %#lx)\n", access, address, cause,
                error);
}

static void report_selector_fault(const struct interrupt_frame *frame)
{
    uint64_t error = frame->error_code;
    if (error == 0) {
        panic_print("Exception %lu: %s (error code 0: a non-canonical address, or a privileged "
                    "value that is not allowed)\n",
                    frame->vector, exception_name(frame->vector));
        return;
    }
    panic_print("Exception %lu: %s (error code %#lx: %s entry %lu%s)\n", frame->vector,
                exception_name(frame->vector), error, error & SELECTOR_IDT ? "IDT" : "GDT",
                (error & 0xFFFF) >> SELECTOR_INDEX_SHIFT,
                error & SELECTOR_EXTERNAL ? ", from outside of the program" : "");
}

static void report_nmi(void)
{
    uint8_t reason = port_read8(PORT_SYSTEM_CONTROL_B);
    const char *cause = reason & NMI_MEMORY_PARITY ? "memory parity or system error"
                        : reason & NMI_IO_CHECK    ? "I/O channel check"
                                                   : "no reason given by the chipset";
    panic_print("Non-maskable interrupt: %s (port 61h is %#x)\n", cause, reason);
}

static void report_cause(const struct interrupt_frame *frame)
{
    uint64_t address = cpu_read_cr2();
    bool is_stack_fault =
        frame->vector == VECTOR_DOUBLE_FAULT || frame->vector == VECTOR_PAGE_FAULT;
    if (is_stack_fault && panic_report_stack_overflow(address))
        return;
    if (frame->vector == VECTOR_PAGE_FAULT)
        report_page_fault(frame, address);
    else if (frame->vector >= VECTOR_INVALID_TSS && frame->vector <= VECTOR_PROTECTION)
        report_selector_fault(frame);
    else if (frame->vector == VECTOR_NMI)
        report_nmi();
    else
        panic_print("Exception %lu: %s (error code %#lx)\n", frame->vector,
                    exception_name(frame->vector), frame->error_code);
}

static void report_registers(const struct interrupt_frame *f)
{
    panic_print("RIP %016lx  RSP %016lx  RFLAGS %08lx  CS %02lx\n", f->rip, f->rsp, f->rflags,
                f->cs);
    panic_print("RAX %016lx  RBX %016lx  RCX %016lx\n", f->rax, f->rbx, f->rcx);
    panic_print("RDX %016lx  RSI %016lx  RDI %016lx\n", f->rdx, f->rsi, f->rdi);
    panic_print("RBP %016lx  R8  %016lx  R9  %016lx\n", f->rbp, f->r8, f->r9);
    panic_print("R10 %016lx  R11 %016lx  R12 %016lx\n", f->r10, f->r11, f->r12);
    panic_print("R13 %016lx  R14 %016lx  R15 %016lx\n", f->r13, f->r14, f->r15);
    panic_print("CR2 %016lx  CR3 %016lx\n", cpu_read_cr2(), cpu_read_cr3());
}

void exception_dispatch(const struct interrupt_frame *frame)
{
    panic_begin();
    report_cause(frame);
    panic_print_thread();
    report_registers(frame);
    panic_end(frame->rip, frame->rbp);
}
