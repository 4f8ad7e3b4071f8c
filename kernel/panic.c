/* Panic: the report, and the end. */
#include "kernel/panic.h"

#include <stdarg.h>

#include "kernel/backtrace.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/format.h"

#define LINE_SIZE 160

static const struct panic_environment *environment;
static bool is_panicking;

void panic_set_environment(const struct panic_environment *new_environment)
{
    environment = new_environment;
}

static void print_arguments(const char *format, va_list arguments)
{
    char line[LINE_SIZE];
    size_t length = format_arguments(line, sizeof(line), format, arguments);
    environment->write(line, length < sizeof(line) ? length : sizeof(line) - 1);
}

void panic_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_arguments(format, arguments);
    va_end(arguments);
}

void panic_begin(void)
{
    interrupts_disable();
    if (is_panicking || environment == NULL)
        cpu_stop();
    is_panicking = true;
    environment->begin();
    panic_print("KERNEL PANIC\n");
}

void panic_print_thread(void)
{
    char text[64];
    environment->describe_thread(text, sizeof(text));
    panic_print("Thread: %s\n", text);
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

void panic_end(uint64_t rip, uint64_t rbp)
{
    panic_print("Backtrace:\n");
    backtrace_print(rip, rbp, environment->is_mapped, panic_print);
    panic_print("The machine has stopped. Reset it, or switch it off.\n");
    environment->end();
    cpu_stop();
}

void panic(const char *format, ...)
{
    panic_begin();
    va_list arguments;
    va_start(arguments, format);
    print_arguments(format, arguments);
    va_end(arguments);
    panic_print("\n");
    panic_print_thread();
    panic_end((uint64_t)__builtin_return_address(0), *(const uint64_t *)__builtin_frame_address(0));
}
