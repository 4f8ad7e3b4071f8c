/*
 * The end: says what broke, where, and who was running, on every console, and leaves the machine to
 * whoever wants to ask it more. Nothing runs any more: interrupts are off, no thread is switched
 * to, and no lock counts. It runs on a stack of its own, and a part of the report that faults
 * itself is named, and left; the others follow.
 */
#ifndef AETHEL_KERNEL_PANIC_H
#define AETHEL_KERNEL_PANIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/config.h"

/*
 * What a panic prints through, and how it learns who was running. All of it is called with
 * interrupts off, must not block, and must not rely on any lock.
 */
struct panic_environment {
    void (*begin)(void);                            /* clear the way: a red screen */
    void (*write)(const char *text, size_t length); /* to every console */
    /* "hog1 (tid 5, priority 31)" */
    void (*describe_thread)(char *buffer, size_t size);
    /* If `address` is in the guard page below a stack: whose stack it is, and true. */
    bool (*describe_guard)(uint64_t address, char *buffer, size_t size);
    /* Whether the byte at `address`, which may be any number, may be read. */
    bool (*is_mapped)(uint64_t address);
    /* What remains to be done, for ever. Called last; and again, a few times, if it faults. */
    void (*end)(void);
};

/* Names the environment; until then a panic only halts. `environment` must live for ever. */
void panic_set_environment(const struct panic_environment *environment);

/* Prints the message, the thread and a backtrace, and stops the machine. Any context. */
_Noreturn void panic(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/* --- For kernel/cpu/traps.c, which has more to tell ------------------------------------------- */

struct panic_report {
    void (*print_cause)(void);
    void (*print_registers)(void);
    uint64_t rip, rbp; /* where the backtrace begins */
};

/* The same with a report of more. A panic within a panic ends what was being told, as an exception
 * does. Any context. */
_Noreturn void panic_with(const struct panic_report *report);

/* Whether there has been one: what follows is told as a part of it. Any context. */
bool panic_has_begun(void);

/* If `address` lies in a guard page, says whose stack overflowed and returns true. */
bool panic_report_stack_overflow(uint64_t address);

/* Names what is about to end what the innermost guard (kernel/cpu/guard.h) runs. */
void panic_note_caught(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/* --- For whoever tells more after a panic ----------------------------------------------------- */

void panic_print(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/* Tells all of it once more; or the registers alone, as they were when it began. */
void panic_print_report(void);
void panic_print_registers(void);

/* Calls `function` with `argument`, and prints a line if an exception has cut it short. Returns
 * whether it has come to its end. */
bool panic_attempt(void (*function)(void *argument), void *argument);

/* Addresses below this come from following a NULL pointer to a large structure. */
#define PANIC_NULL_LIMIT 0x10000ul

/* An invariant that debug builds check. */
#if CONFIG_DEBUG
#define ASSERT(condition) \
    ((condition) ? (void)0 : panic("%s:%d: '%s' does not hold", __FILE__, __LINE__, #condition))
#else
#define ASSERT(condition) ((void)sizeof(condition))
#endif

#endif
