/* What exceptions mean, in words. */
#include "kernel/cpu/traps.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/machine_check.h"
#include "kernel/cpu/nmi.h"
#include "kernel/panic.h"
#include "kernel/symbols.h"

#define VECTOR_NMI           2
#define VECTOR_DOUBLE_FAULT  8
#define VECTOR_INVALID_TSS   10
#define VECTOR_PROTECTION    13
#define VECTOR_PAGE_FAULT    14
#define VECTOR_MACHINE_CHECK 18
#define VECTORS_NAMED        22

/* Bits of a page fault's error code (Intel SDM vol. 3, 4.7). */
#define PAGE_FAULT_PRESENT     (1u << 0)
#define PAGE_FAULT_WRITE       (1u << 1)
#define PAGE_FAULT_RESERVED    (1u << 3)
#define PAGE_FAULT_INSTRUCTION (1u << 4)

/* Bits of a selector error code (Intel SDM vol. 3, 6.13). */
#define SELECTOR_EXTERNAL    (1u << 0)
#define SELECTOR_IDT         (1u << 1)
#define SELECTOR_INDEX_SHIFT 3

/* Where the panic began: what lies on a stack may be gone by the time it is told once more. */
static struct interrupt_frame broken;
static uint64_t broken_address; /* CR2 */

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
    char reason[NMI_TEXT_SIZE];
    nmi_describe(reason);
    panic_print("Non-maskable interrupt: %s\n", reason);
}

static void report_other(const struct interrupt_frame *frame)
{
    panic_print("Exception %lu: %s (error code %#lx)\n", frame->vector,
                exception_name(frame->vector), frame->error_code);
    if (frame->vector == VECTOR_MACHINE_CHECK)
        machine_check_print(panic_print);
}

static void report_cause(void)
{
    const struct interrupt_frame *frame = &broken;
    bool is_stack_fault =
        frame->vector == VECTOR_DOUBLE_FAULT || frame->vector == VECTOR_PAGE_FAULT;
    if (is_stack_fault && panic_report_stack_overflow(broken_address))
        return;
    if (frame->vector == VECTOR_PAGE_FAULT)
        report_page_fault(frame, broken_address);
    else if (frame->vector >= VECTOR_INVALID_TSS && frame->vector <= VECTOR_PROTECTION)
        report_selector_fault(frame);
    else if (frame->vector == VECTOR_NMI)
        report_nmi();
    else
        report_other(frame);
}

static void report_registers(void)
{
    const struct interrupt_frame *f = &broken;
    panic_print("RIP %016lx  RSP %016lx  RFLAGS %08lx  CS %02lx\n", f->rip, f->rsp, f->rflags,
                f->cs);
    panic_print("RAX %016lx  RBX %016lx  RCX %016lx\n", f->rax, f->rbx, f->rcx);
    panic_print("RDX %016lx  RSI %016lx  RDI %016lx\n", f->rdx, f->rsi, f->rdi);
    panic_print("RBP %016lx  R8  %016lx  R9  %016lx\n", f->rbp, f->r8, f->r9);
    panic_print("R10 %016lx  R11 %016lx  R12 %016lx\n", f->r10, f->r11, f->r12);
    panic_print("R13 %016lx  R14 %016lx  R15 %016lx\n", f->r13, f->r14, f->r15);
    panic_print("CR2 %016lx  CR3 %016lx\n", broken_address, cpu_read_cr3());
}

/* One that comes while a panic is told: it ends what is being told. */
static void note_caught(const struct interrupt_frame *frame)
{
    char name[SYMBOL_NAME_SIZE] = "unknown code";
    uint64_t offset = 0;
    symbol_lookup(frame->rip, name, &offset);
    panic_note_caught("%s in %s+%#lx", exception_name(frame->vector), name, offset);
}

/* What the guard runs ends, as soon as this exception is over: guard_leave() finds the rest. */
static void leave_by_guard(struct interrupt_frame *frame)
{
    frame->rip = (uint64_t)guard_leave;
    frame->rflags = RFLAGS_ALWAYS_SET;
}

static _Noreturn void begin_panic(const struct interrupt_frame *frame)
{
    if (!panic_has_begun()) {
        broken = *frame;
        broken_address = cpu_read_cr2();
    }
    const struct panic_report report = {
        .print_cause = report_cause,
        .print_registers = report_registers,
        .rip = frame->rip,
        .rbp = frame->rbp,
    };
    panic_with(&report);
}

void exception_dispatch(struct interrupt_frame *frame)
{
    if (frame->vector == VECTOR_NMI && (nmi_take(frame->rip) || panic_has_begun()))
        return;
    note_caught(frame);
    if (guard_is_set())
        leave_by_guard(frame);
    else
        begin_panic(frame);
}
