/* The IDT, and the way of an interrupt through the kernel. */
#include "kernel/cpu/interrupts.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/preempt.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/panic.h"

#define VECTORS              256u
#define LINES_PER_CONTROLLER 8u
#define SOFTWARE_VECTORS     (SOFTWARE_VECTOR_LAST + 1 - SOFTWARE_VECTOR_FIRST)
#define SOFTWARE_STUB_SIZE   8
#define SOFTWARE_STUB_END    5 /* behind a near call (Intel SDM vol. 2, CALL) */

#define VECTOR_NMI           2
#define VECTOR_DOUBLE_FAULT  8
#define VECTOR_MACHINE_CHECK 18

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

/* Why an interrupt of a line takes more than to run its handler: a set, so that all others test but
 * once. */
#define MAY_BE_SPURIOUS 1u
#define ENDS_TWICE      2u /* it is one of the second controller's */
#define IS_OBSERVED     4u

struct irq_line {
    void (*handler)(void);
    const char *name;
    uint64_t count;
    uint64_t cycles;
    uint64_t longest;
    uint32_t spurious;
    uint8_t special;
};

_Static_assert(sizeof(struct irq_line) == 48,
               "IRQ_LINE_SIZE in interrupt_entry.asm says otherwise");

extern const uint64_t interrupt_stubs[SOFTWARE_VECTOR_FIRST];
extern const char software_stubs[SOFTWARE_VECTORS][SOFTWARE_STUB_SIZE];
extern const char tsc_stub[];
void irq_dispatch(struct irq_line *irq, uint64_t interrupted_address);
void software_dispatch(uint64_t stub_end, uint64_t interrupted_flags);

static struct gate idt[VECTORS];
struct irq_line irq_lines[IRQ_LINES];
static struct irq_line software_lines[SOFTWARE_VECTORS];
static struct interrupt_controller controller;

static void ignore_interrupt(void)
{
}

static void ignore_observation(unsigned line, bool is_entry)
{
    (void)line;
    (void)is_entry;
}

static void (*observer)(unsigned line, bool is_entry) = ignore_observation;

static void ignore_cycles(uint64_t cycles)
{
    (void)cycles;
}

static uint64_t latest_cycles; /* in the handler that ended last */

static void (*account)(uint64_t cycles) = ignore_cycles;
static void (*tell_absence)(uint64_t cycles) = ignore_cycles;

/* No handler takes so long, which is a tenth of a second at 5 GHz and half of one at 1 GHz: the
 * machine was away. Emulators are often stopped at a port access, as handlers make them. */
#define ABSENCE_CYCLES (1ul << 29)

static uint64_t stub_of(unsigned vector)
{
    if (vector < SOFTWARE_VECTOR_FIRST)
        return interrupt_stubs[vector];
    if (vector == TSC_VECTOR)
        return (uint64_t)tsc_stub;
    return (uint64_t)software_stubs[vector - SOFTWARE_VECTOR_FIRST];
}

static void set_gate(unsigned vector, enum interrupt_stack stack)
{
    uint64_t stub = stub_of(vector);
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .selector = GDT_KERNEL_CODE,
        .stack = (uint8_t)stack,
        .type = GATE_INTERRUPT,
        .offset_middle = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

/* Only the lowest-priority line of each 8259 can be spurious (8259A data sheet, "Default IR7"). */
static uint8_t what_is_special(unsigned line)
{
    uint8_t is_last = line % LINES_PER_CONTROLLER == LINES_PER_CONTROLLER - 1 ? MAY_BE_SPURIOUS : 0;
    return is_last | (line >= LINES_PER_CONTROLLER ? ENDS_TWICE : 0);
}

void interrupts_init(void)
{
    for (unsigned vector = 0; vector < VECTORS; vector++)
        set_gate(vector, INTERRUPT_STACK_NONE);
    for (unsigned line = 0; line < IRQ_LINES; line++) {
        irq_lines[line].handler = ignore_interrupt;
        irq_lines[line].special = what_is_special(line);
    }
    for (unsigned i = 0; i < SOFTWARE_VECTORS; i++)
        software_lines[i].handler = ignore_interrupt;

    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

void interrupts_use_own_stacks(void)
{
    set_gate(VECTOR_DOUBLE_FAULT, INTERRUPT_STACK_FATAL);
    set_gate(VECTOR_MACHINE_CHECK, INTERRUPT_STACK_FATAL);
    set_gate(VECTOR_NMI, INTERRUPT_STACK_NMI);
}

void interrupts_set_controller(const struct interrupt_controller *new_controller)
{
    controller = *new_controller;
}

static int register_handler(struct irq_line *line, void (*handler)(void), const char *name)
{
    if (handler == NULL || name == NULL)
        return -ERROR_INVALID;
    uint64_t flags = interrupts_save();
    bool is_free = line->name == NULL;
    if (is_free) {
        line->handler = handler;
        line->name = name;
    }
    interrupts_restore(flags);
    return is_free ? 0 : -ERROR_BUSY;
}

static void describe(const struct irq_line *line, struct irq_information *information)
{
    uint64_t flags = interrupts_save();
    information->name = line->name;
    information->count = line->count;
    information->spurious = line->spurious;
    information->cycles = line->cycles;
    information->longest = line->longest;
    interrupts_restore(flags);
}

int irq_register(unsigned line, void (*handler)(void), const char *name)
{
    if (line >= IRQ_LINES)
        return -ERROR_INVALID;
    return register_handler(&irq_lines[line], handler, name);
}

bool irq_get_information(unsigned line, struct irq_information *information)
{
    if (line >= IRQ_LINES)
        return false;
    describe(&irq_lines[line], information);
    return true;
}

static bool is_software_vector(unsigned vector)
{
    return vector >= SOFTWARE_VECTOR_FIRST && vector <= SOFTWARE_VECTOR_LAST;
}

int irq_register_software(unsigned vector, void (*handler)(void), const char *name)
{
    if (!is_software_vector(vector))
        return -ERROR_INVALID;
    return register_handler(&software_lines[vector - SOFTWARE_VECTOR_FIRST], handler, name);
}

bool irq_get_software_information(unsigned vector, struct irq_information *information)
{
    if (!is_software_vector(vector))
        return false;
    describe(&software_lines[vector - SOFTWARE_VECTOR_FIRST], information);
    return true;
}

void interrupts_defer(void (*function)(void))
{
    this_cpu()->deferred = function;
}

uint64_t interrupts_latest_cycles(void)
{
    return latest_cycles;
}

/* As they lie in memory: FB 90, STI and NOP. */
#define OPCODES_ENABLE 0x90FBu

bool interrupts_came_on_before(uint64_t address)
{
    const uint8_t *code = (const uint8_t *)address;
    return (code[-1] << 8 | code[-2]) == OPCODES_ENABLE;
}

#if CONFIG_DEBUG
void interrupts_assert_no_switch_due(void)
{
    if (this_cpu()->need_resched && this_cpu()->preempt_count == 0)
        panic("interrupts are turned on at %p without taking the switch that is due: that takes "
              "interrupts_restore()",
              __builtin_return_address(0));
}
#endif

uint64_t interrupts_cycles(void)
{
    uint64_t sum = 0;
#pragma GCC unroll 16
    for (unsigned line = 0; line < IRQ_LINES; line++)
        sum += irq_lines[line].cycles;
    return sum;
}

void interrupts_set_account(void (*function)(uint64_t cycles))
{
    account = function;
}

void interrupts_set_absence(void (*function)(uint64_t cycles))
{
    tell_absence = function;
}

void interrupts_set_observer(void (*function)(unsigned line, bool is_entry))
{
    uint64_t flags = interrupts_save();
    observer = function != NULL ? function : ignore_observation;
    for (unsigned line = 0; line < IRQ_LINES; line++) {
        uint8_t others = irq_lines[line].special & (uint8_t)~IS_OBSERVED;
        irq_lines[line].special = function != NULL ? others | IS_OBSERVED : others;
    }
    interrupts_restore(flags);
}

uint64_t interrupts_cycles_of_deferred(uint64_t at)
{
    const struct cpu *cpu = this_cpu();
    if (!cpu->is_running_deferred)
        return 0;
    uint64_t accounted_meanwhile = interrupts_cycles() - cpu->accounted_before_deferred;
    return at - cpu->deferred_began_at - accounted_meanwhile;
}

/* An interrupt that comes meanwhile may defer the same again: then it is going on already. Its
 * time is not counted twice. */
static __attribute__((noinline)) void run_deferred(struct irq_line *irq)
{
    struct cpu *cpu = this_cpu();
    void (*function)(void) = cpu->deferred;
    cpu->deferred = NULL;
    if (cpu->is_running_deferred)
        return;
    cpu->is_running_deferred = true;
    cpu->deferred_began_at = tsc_read();
    cpu->accounted_before_deferred = interrupts_cycles();
    preempt_enter_handler();
    function();
    preempt_leave_handler();
    uint64_t cycles = interrupts_cycles_of_deferred(tsc_read());
    irq->cycles += cycles;
    account(cycles);
    cpu->is_running_deferred = false;
}

/* For one that has nothing special `special` is the constant 0. */
static inline __attribute__((always_inline)) void run_handler(struct irq_line *irq, uint8_t special)
{
    preempt_enter_handler();
    irq->count++;
    if (special & IS_OBSERVED)
        observer((unsigned)(irq - irq_lines), true);
    irq->handler();
    if (special & ENDS_TWICE)
        port_write8(controller.second_end_port, controller.end_command);
    port_write8(controller.end_port, controller.end_command);
    if (special & IS_OBSERVED)
        observer((unsigned)(irq - irq_lines), false);
}

/* Returns whether it was anybody's. */
static __attribute__((noinline)) bool run_special_handler(struct irq_line *irq)
{
    bool is_spurious =
        (irq->special & MAY_BE_SPURIOUS) && controller.is_spurious((unsigned)(irq - irq_lines));
    irq->spurious += is_spurious;
    if (!is_spurious)
        run_handler(irq, irq->special);
    return !is_spurious;
}

static inline void end_handler(struct irq_line *irq)
{
    struct interrupt_entry *entry = &this_cpu()->entry;
    uint64_t now = tsc_read();
    uint64_t cycles = now - entry->entered_at;
    entry->previous_exit = now;
    entry->previous_name = irq->name;
    latest_cycles = cycles;
    if (cycles > irq->longest) {
        if (cycles > ABSENCE_CYCLES) {
            tell_absence(cycles);
            return;
        }
        irq->longest = cycles;
    }
    irq->cycles += cycles;
    account(cycles);
}

/* Called by interrupt_entry.asm with interrupts off, on the interrupted thread's stack. */
void irq_dispatch(struct irq_line *irq, uint64_t interrupted_address)
{
    this_cpu()->entry.entered_at = tsc_read();
    this_cpu()->entry.address = interrupted_address;
    if (__builtin_expect(irq->special == 0, true))
        run_handler(irq, 0);
    else if (!run_special_handler(irq))
        return;
    end_handler(irq);
    preempt_leave_handler();
    if (__builtin_expect(this_cpu()->deferred != NULL, false))
        run_deferred(irq);
    preempt_on_interrupt_exit();
}

/*
 * Called likewise; which stub was raised is told by its end. Unlike a hardware interrupt this one
 * comes even where interrupts are off, in a handler or in a critical section: no switch there.
 */
void software_dispatch(uint64_t stub_end, uint64_t interrupted_flags)
{
    uint64_t end_of_first = (uint64_t)software_stubs + SOFTWARE_STUB_END;
    uint64_t stub = (stub_end - end_of_first) / SOFTWARE_STUB_SIZE;
    struct irq_line *software = &software_lines[stub];
    preempt_enter_handler();
    software->count++;
    software->handler();
    preempt_leave_handler();
    if (interrupted_flags & RFLAGS_INTERRUPT_ENABLE)
        preempt_on_interrupt_exit();
}
