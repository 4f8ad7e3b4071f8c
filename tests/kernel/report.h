/* How a kernel under test speaks to the machine outside: lines on COM1, and a verdict at the end.
 */
#ifndef AETHEL_TESTS_KERNEL_REPORT_H
#define AETHEL_TESTS_KERNEL_REPORT_H

#include <stdbool.h>

/* Prints on COM1, by polling. Any context. */
void report(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/* Ends the machine through QEMU's isa-debug-exit device, or stops it where there is none. */
_Noreturn void report_end(bool has_passed);

#endif
