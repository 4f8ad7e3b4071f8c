/* The IDT, and the way of a hardware interrupt through the kernel. */
#include "kernel/cpu/interrupts.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"

#define VECTORS             (IRQ_VECTOR_BASE + IRQ_LINES)
#define VECTOR_NMI          2
#define VECTOR_DOUBLE_FAULT 8

/* Bit 7 of the index port masks NMIs; status register D may be read at any time. */
#define PORT_RTC_INDEX 0x70
#define PORT_RTC_DATA  0x71
#define RTC_STATUS_D   0x0D

#define GATE_INTERRUPT 0x8E /* present, ring 0, 64-bit interrupt gate: IF is cleared */

/* Intel SDM vol. 3, figure 6-8. */
struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

struct irq_line {
    void (*handler)(void);
    const char *name;
    uint64_t count;
    uint64_t spurious;
};

extern const uint64_t interrupt_stubs[VECTORS];
void irq_dispatch(unsigned line);

static struct gate idt[VECTORS];
static struct irq_line lines[IRQ_LINES];
static const struct interrupt_controller *controller;
static bool in_handler;

static void ignore_interrupt(void)
{
}

static void set_gate(unsigned vector, enum interrupt_stack stack)
{
    uint64_t stub = interrupt_stubs[vector];
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .selector = GDT_KERNEL_CODE,
        .stack = (uint8_t)stack,
        .type = GATE_INTERRUPT,
        .offset_middle = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

void interrupts_init(void)
{
    for (unsigned vector = 0; vector < VECTORS; vector++)
        set_gate(vector, INTERRUPT_STACK_NONE);
    for (unsigned line = 0; line < IRQ_LINES; line++)
        lines[line].handler = ignore_interrupt;

    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

/* The loader masked NMIs, since there was nobody to take one. The index has to be followed by an
 * access to the data port (MC146818 data sheet; ISA System Architecture, port 70h). */
static void unmask_nmi(void)
{
    port_write8(PORT_RTC_INDEX, RTC_STATUS_D);
    (void)port_read8(PORT_RTC_DATA);
}

void interrupts_use_own_stacks(void)
{
    set_gate(VECTOR_DOUBLE_FAULT, INTERRUPT_STACK_DOUBLE_FAULT);
    set_gate(VECTOR_NMI, INTERRUPT_STACK_NMI);
    unmask_nmi();
}

void interrupts_set_controller(const struct interrupt_controller *new_controller)
{
    controller = new_controller;
}

int irq_register(unsigned line, void (*handler)(void), const char *name)
{
    if (line >= IRQ_LINES || handler == NULL || name == NULL)
        return -ERROR_INVALID;
    uint64_t flags = interrupts_save();
    bool is_free = lines[line].name == NULL;
    if (is_free) {
        lines[line].handler = handler;
        lines[line].name = name;
    }
    interrupts_restore(flags);
    return is_free ? 0 : -ERROR_BUSY;
}

bool irq_get_information(unsigned line, struct irq_information *information)
{
    if (line >= IRQ_LINES)
        return false;
    uint64_t flags = interrupts_save();
    information->name = lines[line].name;
    information->count = lines[line].count;
    information->spurious = lines[line].spurious;
    interrupts_restore(flags);
    return true;
}

bool interrupts_in_handler(void)
{
    return in_handler;
}

/* Only the lowest-priority line of each 8259 can be spurious (8259A data sheet, "Default IR7"). */
static bool can_be_spurious(unsigned line)
{
    return (line & 7) == 7;
}

/* Called by interrupt_entry.asm with interrupts off, on the interrupted thread's stack. */
void irq_dispatch(unsigned line)
{
    struct irq_line *irq = &lines[line];
    if (can_be_spurious(line) && controller->is_spurious(line)) {
        irq->spurious++;
        return;
    }
    in_handler = true;
    irq->count++;
    irq->handler();
    controller->end_of_interrupt(line);
    in_handler = false;
    preempt_on_interrupt_exit();
}
