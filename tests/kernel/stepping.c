/* The debug exception's stub, and the trap flag. */
#include "tests/kernel/stepping.h"

#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/local_apic.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/ticket_tree.h"
#include "kernel/mm/layout.h"
#include "tests/kernel/interrupt_actions.h"

#define VECTOR_DEBUG 1
#define VECTOR_PLACE 0xE0 /* of the local APIC; nobody else uses it */

#define MSR_APIC_BASE     0x1Bu
#define APIC_BASE_X2APIC  (1u << 10) /* its registers are not in memory */
#define APIC_BASE_ADDRESS 0xFFFFF000u

/* A gate of the interrupt descriptor table (Intel SDM vol. 3, 6.14.1), as far as it is changed. */
struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t attributes;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

/* For the stub. */
volatile uint64_t stepping_places_left; /* 0: the interrupt has come */
uint64_t stepping_target;               /* the interrupt's stub */
uint64_t stepping_library;              /* kernel/lib/ lies from here */
uint64_t stepping_library_size;
uint64_t stepping_return_stack; /* RSP behind the call of the library that is not stepped through */
uint64_t stepping_apic;         /* the local APIC's registers; 0: there are none in memory */
uint8_t stepping_is_on;         /* else a trap flag is a thread's that had no turn since */

void stepping_stub(void);
void stepping_place_stub(void);

/*
 * Above RAX and RCX, which are saved: RIP, CS, RFLAGS, RSP. The gate has turned interrupts off.
 * 200h is the interrupt flag, FBh is STI, FEFFh clears the trap flag in the low half of RFLAGS,
 * 100h sets it, and 10000h is the resume flag: one instruction is not stopped at.
 *
 * While interrupts are off there are no places. So the processor does not trap, but has an
 * interrupt of its own local APIC to come, and takes it at the next place (vol. 3, 10.6.1: 400E0h
 * is VECTOR_PLACE to itself; 300h is the register for such commands, B0h that for the end of
 * interrupt).
 *
 * A call of the library is not stepped through: a message that is formatted there has thousands of
 * instructions, none of them a place. Where its first instruction has been reached by CALL with a
 * displacement (E8h) the processor stops next at what is behind that: breakpoint 0 (vol. 3, 17.2),
 * which counts for the stack of the call alone. Whatever else gets into the library is stepped
 * through: a jump, a return from a callback. format_to() has callbacks, which have places.
 */
__asm__(".text\n"
        "stepping_place_stub:\n"
        "    pushq %rax\n"
        "    pushq %rcx\n"
        "    movq stepping_apic(%rip), %rcx\n"
        "    movl $0, 0xB0(%rcx)\n"
        "    orw $0x100, 32(%rsp)\n"
        "    jmp 1f\n"
        "stepping_stub:\n"
        "    pushq %rax\n"
        "    pushq %rcx\n"
        "    movq %dr6, %rax\n"
        "    testb $1, %al\n"
        "    jz 1f\n"
        "    xorl %eax, %eax\n" /* the processor never clears it */
        "    movq %rax, %dr6\n"
        "    movq 40(%rsp), %rax\n"
        "    cmpq stepping_return_stack(%rip), %rax\n"
        "    jne 5f\n"
        "    xorl %eax, %eax\n"
        "    movq %rax, %dr7\n"
        "    orw $0x100, 32(%rsp)\n"
        "1:  cmpb $0, stepping_is_on(%rip)\n"
        "    je 7f\n"
        "    testw $0x200, 32(%rsp)\n"
        "    jz 6f\n"
        "    movq 16(%rsp), %rax\n"
        "    movq %rax, %rcx\n"
        "    subq stepping_library(%rip), %rcx\n"
        "    cmpq stepping_library_size(%rip), %rcx\n"
        "    jb 3f\n"
        "    cmpb $0xFB, -1(%rax)\n"
        "    je 2f\n"
        "    decq stepping_places_left(%rip)\n"
        "    jz 4f\n"
        "2:  popq %rcx\n"
        "    popq %rax\n"
        "    iretq\n"
        "3:  cmpq $format_to, %rax\n"
        "    je 2b\n"
        "    movq 40(%rsp), %rcx\n"
        "    movq (%rcx), %rcx\n" /* the address of return, if this is a call */
        "    cmpq $__text_start, %rcx\n"
        "    jbe 2b\n"
        "    cmpq $__text_end, %rcx\n"
        "    jae 2b\n"
        "    cmpb $0xE8, -5(%rcx)\n"
        "    jne 2b\n"
        "    movslq -4(%rcx), %rax\n"
        "    addq %rcx, %rax\n"
        "    cmpq 16(%rsp), %rax\n"
        "    jne 2b\n"
        "    movq 40(%rsp), %rax\n"
        "    addq $8, %rax\n"
        "    movq %rax, stepping_return_stack(%rip)\n"
        "    movq %rcx, %dr0\n"
        "    movl $1, %eax\n"
        "    movq %rax, %dr7\n"
        "    jmp 7f\n"
        "4:  movb $0, stepping_is_on(%rip)\n"
        "    andw $0xFEFF, 32(%rsp)\n"
        "    popq %rcx\n"
        "    popq %rax\n"
        "    jmpq *stepping_target(%rip)\n"
        "5:  orl $0x10000, 32(%rsp)\n"
        "    jmp 2b\n"
        "6:  movq stepping_apic(%rip), %rcx\n"
        "    testq %rcx, %rcx\n"
        "    jz 2b\n"
        "    movl $0x400E0, 0x300(%rcx)\n"
        "7:  andw $0xFEFF, 32(%rsp)\n"
        "    jmp 2b\n");

static struct gate *gate_of(unsigned vector)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr;
    __asm__ volatile("sidt %0" : "=m"(idtr));
    return (struct gate *)idtr.base + vector;
}

static uint64_t target_of(const struct gate *gate)
{
    return (uint64_t)gate->offset_high << 32 | (uint64_t)gate->offset_middle << 16 |
           gate->offset_low;
}

/* By what the linker puts first and last of it. If that is not so, more places are counted, no less
 * that matter: between two functions of it there is nothing else. */
static void find_library(void)
{
    uint64_t first = (uint64_t)bitmap_set_range;
    uint64_t last = (uint64_t)ticket_tree_find;
    stepping_library = first;
    stepping_library_size = last > first ? last - first : 0;
}

static void take_over(unsigned vector, void (*stub)(void))
{
    struct gate *gate = gate_of(vector);
    uint64_t address = (uint64_t)stub;
    gate->offset_low = (uint16_t)address;
    gate->offset_middle = (uint16_t)(address >> 16);
    gate->offset_high = (uint32_t)(address >> 32);
}

static void find_local_apic(void)
{
    if (stepping_apic != 0 || !local_apic_let_through())
        return;
    uint64_t base = cpu_read_msr(MSR_APIC_BASE);
    if (!(base & APIC_BASE_X2APIC))
        stepping_apic = (uint64_t)physical_to_virtual(base & APIC_BASE_ADDRESS);
}

void stepping_begin(unsigned place)
{
    find_library();
    find_local_apic();
    take_over(VECTOR_DEBUG, stepping_stub);
    take_over(VECTOR_PLACE, stepping_place_stub);
    stepping_target = target_of(gate_of(OUTER_VECTOR));
    stepping_places_left = place;
    stepping_is_on = true;
    __asm__ volatile("pushfq; orw $0x100, (%%rsp); popfq" : : : "memory", "cc");
}

bool stepping_end(void)
{
    stepping_is_on = false;
    __asm__ volatile("pushfq; andw $0xFEFF, (%%rsp); popfq" : : : "memory", "cc");
    __asm__ volatile("movq %0, %%dr7" : : "r"(0ul));
    return stepping_places_left == 0;
}
