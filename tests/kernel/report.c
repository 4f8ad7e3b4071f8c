/* Lines on COM1 and the verdict. */
#include "tests/kernel/report.h"

#include <stdarg.h>

#include "drivers/serial.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

/* QEMU's isa-debug-exit: the process ends with (value << 1) | 1. */
#define DEBUG_EXIT_PORT   0xF4
#define DEBUG_EXIT_PASSED 0x10
#define DEBUG_EXIT_FAILED 0x11

void report(const char *format, ...)
{
    char line[160];
    va_list arguments;
    va_start(arguments, format);
    format_arguments(line, sizeof(line), format, arguments);
    va_end(arguments);
    uint64_t flags = interrupts_save();
    serial_write_polled(line, strlen(line));
    interrupts_restore(flags);
}

_Noreturn void report_end(bool has_passed)
{
    interrupts_disable();
    serial_flush();
    port_write32(DEBUG_EXIT_PORT, has_passed ? DEBUG_EXIT_PASSED : DEBUG_EXIT_FAILED);
    cpu_stop();
}
