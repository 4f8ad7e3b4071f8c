/* The end: says what broke, where, and who was running, on every console; then stops. */
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
    /* Whether the byte at `address` may be read. */
    bool (*is_mapped)(uint64_t address);
    void (*end)(void); /* called last, before the machine stops */
};

/* Names the environment; until then a panic only halts. `environment` must live for ever. */
void panic_set_environment(const struct panic_environment *environment);

/* Prints the message, the thread and a backtrace, and stops the machine. Any context. */
_Noreturn void panic(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/*
 * The parts of a panic, for kernel/cpu/traps.c, which has more to tell: begin, then any of the
 * prints, then end. A panic within a panic stops the machine at once.
 */
void panic_begin(void);
void panic_print(const char *format, ...) __attribute__((format(__printf__, 1, 2)));
void panic_print_thread(void);
/* If `address` lies in a guard page, says whose stack overflowed and returns true. */
bool panic_report_stack_overflow(uint64_t address);
/* Prints the backtrace from `rip`, whose frame pointer is `rbp`, and stops the machine. */
_Noreturn void panic_end(uint64_t rip, uint64_t rbp);

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
