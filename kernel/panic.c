/* Panic: the report, part by part, and the end. */
#include "kernel/panic.h"

#include <stdarg.h>

#include "kernel/backtrace.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/format.h"
#include "kernel/sections.h"

#define LINE_SIZE    160u
#define RESTARTS_MAX 16u /* of the end: one that always faults must come to rest */

static const struct panic_environment *environment;
static bool is_panicking;
static struct panic_report report;
static char message[LINE_SIZE]; /* panic()'s own */
static char caught[LINE_SIZE];  /* what has ended the part that was told last */
static unsigned restarts;

void panic_set_environment(const struct panic_environment *new_environment)
{
    environment = new_environment;
}

bool panic_has_begun(void)
{
    return is_panicking;
}

void panic_print(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_arguments(line, sizeof(line), format, arguments);
    va_end(arguments);
    environment->write(line, length < sizeof(line) ? length : sizeof(line) - 1);
}

void panic_note_caught(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_arguments(caught, sizeof(caught), format, arguments);
    va_end(arguments);
}

bool panic_attempt(void (*function)(void *argument), void *argument)
{
    if (guard_run(function, argument))
        return true;
    panic_print("(cut short: %s)\n", caught);
    return false;
}

bool panic_report_stack_overflow(uint64_t address)
{
    char owner[64];
    if (!environment->describe_guard(address, owner, sizeof(owner)))
        return false;
    panic_print("Stack overflow: %s ran into the guard page\nbelow its stack, at 0x%016lx\n", owner,
                address);
    return true;
}

/* --- The parts of the report ------------------------------------------------------------------ */

static void print_message(void)
{
    panic_print("%s\n", message);
}

static void print_cause(void *unused)
{
    (void)unused;
    report.print_cause();
}

static void print_thread(void *unused)
{
    (void)unused;
    char text[64];
    environment->describe_thread(text, sizeof(text));
    panic_print("Thread: %s\n", text);
}

static void print_registers(void *unused)
{
    (void)unused;
    if (report.print_registers != NULL)
        report.print_registers();
}

static void print_backtrace(void *unused)
{
    (void)unused;
    panic_print("Backtrace:\n");
    backtrace_print(report.rip, report.rbp, environment->is_mapped, panic_print);
}

void panic_print_report(void)
{
    panic_print("KERNEL PANIC\n");
    panic_attempt(print_cause, NULL);
    panic_attempt(print_thread, NULL);
    panic_attempt(print_registers, NULL);
    panic_attempt(print_backtrace, NULL);
}

/* Of a call of panic() nothing but where it stands is known. */
void panic_print_registers(void)
{
    if (report.print_registers != NULL)
        report.print_registers();
    else
        panic_print("panic() was called, and no exception has kept the registers:\n"
                    "RIP %016lx  RBP %016lx  CR3 %016lx\n",
                    report.rip, report.rbp, cpu_read_cr3());
}

/* --- From the beginning to the end ------------------------------------------------------------ */

static void begin(void *unused)
{
    (void)unused;
    environment->begin();
}

static void go_to_the_end(void)
{
    environment->end();
    cpu_stop();
}

/* Nobody is switched to by what enables preemption on its way. */
static void run(void)
{
    preempt_disable();
    guard_run(begin, NULL);
    panic_print_report();
    go_to_the_end();
}

/* A panic within a panic. `caught` says which. */
static _Noreturn void go_on(void)
{
    if (guard_is_set())
        guard_leave();
    if (++restarts > RESTARTS_MAX)
        cpu_stop();
    guard_start_anew((uint64_t)__panic_stack_top, go_to_the_end);
}

void panic_with(const struct panic_report *new_report)
{
    interrupts_disable();
    if (environment == NULL)
        cpu_stop();
    if (is_panicking)
        go_on();
    is_panicking = true;
    report = *new_report;
    guard_start_anew((uint64_t)__panic_stack_top, run);
}

void panic(const char *format, ...)
{
    interrupts_disable();
    va_list arguments;
    va_start(arguments, format);
    format_arguments(is_panicking ? caught : message, LINE_SIZE, format, arguments);
    va_end(arguments);
    const struct panic_report plain = {
        .print_cause = print_message,
        .rip = (uint64_t)__builtin_return_address(0),
        .rbp = *(const uint64_t *)__builtin_frame_address(0),
    };
    panic_with(&plain);
}
