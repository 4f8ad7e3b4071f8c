/* The debug exception's stub, and the trap flag. */
#include "tests/kernel/stepping.h"

#include <stdint.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/ticket_tree.h"
#include "tests/kernel/interrupt_actions.h"

#define VECTOR_DEBUG 1

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

void stepping_stub(void);

/*
 * Above RAX, which is saved: RIP, CS, RFLAGS. The gate has turned interrupts off. 200h is the
 * interrupt flag, FBh is STI, and FEFFh clears the trap flag in the low half of RFLAGS.
 */
__asm__(".text\n"
        "stepping_stub:\n"
        "    pushq %rax\n"
        "    testw $0x200, 24(%rsp)\n"
        "    jz 1f\n"
        "    movq 8(%rsp), %rax\n"
        "    cmpb $0xFB, -1(%rax)\n"
        "    je 1f\n"
        "    subq stepping_library(%rip), %rax\n"
        "    cmpq stepping_library_size(%rip), %rax\n"
        "    jb 1f\n"
        "    decq stepping_places_left(%rip)\n"
        "    jz 2f\n"
        "1:  popq %rax\n"
        "    iretq\n"
        "2:  andw $0xFEFF, 24(%rsp)\n"
        "    popq %rax\n"
        "    jmpq *stepping_target(%rip)\n");

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

static void take_over_debug_exception(void)
{
    struct gate *gate = gate_of(VECTOR_DEBUG);
    uint64_t stub = (uint64_t)stepping_stub;
    gate->offset_low = (uint16_t)stub;
    gate->offset_middle = (uint16_t)(stub >> 16);
    gate->offset_high = (uint32_t)(stub >> 32);
}

void stepping_begin(unsigned place)
{
    find_library();
    take_over_debug_exception();
    stepping_target = target_of(gate_of(OUTER_VECTOR));
    stepping_places_left = place;
    __asm__ volatile("pushfq; orw $0x100, (%%rsp); popfq" : : : "memory", "cc");
}

bool stepping_end(void)
{
    __asm__ volatile("pushfq; andw $0xFEFF, (%%rsp); popfq" : : : "memory", "cc");
    return stepping_places_left == 0;
}
