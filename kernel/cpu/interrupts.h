/*
 * The interrupt descriptor table, and what happens when a hardware line is raised, or a program
 * raises a software interrupt (`int n`).
 *
 * One path leads in and one leads out: registers are saved on the interrupted thread's stack,
 * the line's handler runs with interrupts off, the interrupt controller is told that the
 * interrupt is served (EOI), and only then may threads be switched.
 */
#ifndef AETHEL_KERNEL_CPU_INTERRUPTS_H
#define AETHEL_KERNEL_CPU_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/preempt.h"

#define IRQ_LINES       16u
#define IRQ_VECTOR_BASE 32u /* the first vector that is not reserved for exceptions */

/* What the floor below knows of the interrupt controller. Lines from 8 on are those of a second one
 * behind it: their end is told to both, the second one first. */
struct interrupt_controller {
    uint16_t end_port, second_end_port;
    uint8_t end_command; /* to be written there when an interrupt is served */
    /* Whether the interrupt that has come on `line` is nobody's; if so, does what it needs. For
     * lines 7 and 15; interrupts off. */
    bool (*is_spurious)(unsigned line);
};

/* Loads the IDT: exceptions are told as kernel/cpu/traps.h says, every line is spurious until
 * registered. */
void interrupts_init(void);

/*
 * From now on double faults, machine checks and NMIs run on the stacks that
 * gdt_set_interrupt_stack() named (both must have been).
 */
void interrupts_use_own_stacks(void);

/* Says who acknowledges hardware interrupts. `controller` must live for ever. */
void interrupts_set_controller(const struct interrupt_controller *controller);

/*
 * Names the handler of hardware line `line`. It runs with interrupts off on the interrupted
 * thread's stack: it may not block, allocate, or print. The line is not unmasked by this.
 * Returns 0, -ERROR_INVALID for a line that does not exist, -ERROR_BUSY for one that is taken.
 */
int irq_register(unsigned line, void (*handler)(void), const char *name);

/*
 * Software interrupts: vectors that no device uses, raised by the instruction `int n`. They come in
 * and go out on the path of the hardware's, but for the EOI: the handler runs with interrupts off,
 * and at the exit a thread that it made ready and that is more urgent runs at once.
 */
#define SOFTWARE_VECTOR_FIRST (IRQ_VECTOR_BASE + IRQ_LINES)
#define SOFTWARE_VECTOR_LAST  254u /* the one behind it is TSC_VECTOR */

/*
 * Names the handler of software interrupt `vector`. Returns 0, -ERROR_INVALID (a vector outside of
 * SOFTWARE_VECTOR_FIRST..SOFTWARE_VECTOR_LAST, no handler, no name), or -ERROR_BUSY (taken).
 * A software interrupt that nobody registered for is counted and ignored.
 */
int irq_register_software(unsigned vector, void (*handler)(void), const char *name);

/*
 * Raises the software interrupt of the constant `vector`. Any context. With interrupts off, or in
 * a handler, the switch that it makes due is taken later, as any other.
 */
#define SOFTWARE_INTERRUPT(vector) __asm__ volatile("int %0" : : "i"(vector) : "memory")

struct irq_information {
    const char *name;  /* NULL: nobody registered for this line */
    uint64_t count;    /* interrupts served */
    uint64_t spurious; /* raised by the controller, but by no device */
    /* TSC cycles in the handlers of a hardware line, from entry to EOI; 0 for software. */
    uint64_t cycles;
    uint64_t longest;
};

/* Tells about `line`. Returns false where there is no such line. */
bool irq_get_information(unsigned line, struct irq_information *information);

/* Tells about software interrupt `vector`. Returns false where there is no such vector. */
bool irq_get_software_information(unsigned vector, struct irq_information *information);

/*
 * Has `function` called when the handler that runs has ended and EOI is sent, before threads are
 * switched: for the rare rest of a handler's work that takes long. It is called with interrupts off
 * and has to let them in now and then; it counts as a handler, and is not called while it runs.
 * Handlers of hardware lines only; one function for all.
 */
void interrupts_defer(void (*function)(void));

/* How the hardware's interrupt that is being handled came in. For handlers of hardware lines. */
static inline const struct interrupt_entry *interrupts_get_entry(void)
{
    return &this_cpu()->entry;
}

/* The TSC cycles in the hardware's handler that ended last. Interrupts off. */
uint64_t interrupts_latest_cycles(void);

/* Whether interrupts had been turned on by the very instructions before `address`, which was
 * interrupted: if so, the interrupt may have been waiting for that. Any context. */
bool interrupts_came_on_before(uint64_t address);

/* TSC cycles spent on hardware's interrupts since the boot. Interrupts off. */
uint64_t interrupts_cycles(void);

/* Of what was deferred and is going on, those up to TSC `at`, which interrupts_cycles() does not
 * have yet; 0 if nothing is. Interrupts off. */
uint64_t interrupts_cycles_of_deferred(uint64_t at);

/* Has `account` called with the cycles of each of them, before threads are switched; it runs with
 * interrupts off. Boot only, once. */
void interrupts_set_account(void (*account)(uint64_t cycles));

/* Has `absence` called instead with the cycles of one that took so long that the machine must have
 * been away meanwhile: those are nobody's. Likewise. */
void interrupts_set_absence(void (*absence)(uint64_t cycles));

/* Has `observer` called when a hardware line's handler is about to run and when it has run; NULL:
 * nobody. It runs with interrupts off. Any context. */
void interrupts_set_observer(void (*observer)(unsigned line, bool is_entry));

/* Whether the caller runs inside an interrupt's handler. */
static inline bool interrupts_in_handler(void)
{
    return this_cpu()->preempt_count >= PREEMPT_HANDLER;
}

#endif
