/*
 * Text from a format, as printf makes it. Conversions: d i u x X p c s %; flags: - 0 + space #
 * (with x and X); width and precision as digits or *; length modifiers: hh h l ll z.
 * No floating point: the kernel does not touch the FPU.
 */
#ifndef AETHEL_KERNEL_LIB_FORMAT_H
#define AETHEL_KERNEL_LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Takes `length` characters (not terminated) of a text that arrives piece by piece. */
typedef void format_sink(void *context, const char *text, size_t length);

/*
 * Hands the formatted text to `sink`, which is passed `context`, and returns its length. A null
 * pointer for %s prints "(null)". A conversion that does not exist is printed as it stands.
 * Any context that `sink` can stand; uses under 200 bytes of stack.
 */
size_t format_to(format_sink *sink, void *context, const char *format, va_list arguments)
    __attribute__((format(__printf__, 3, 0)));

/*
 * Writes the text into the `size` bytes at `buffer`, cut short where it does not fit, and always
 * terminated (unless `size` is 0). Returns the length of the whole text: it is complete when that
 * is less than `size`. Any context.
 */
size_t format_string(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

/* The same, with the arguments in a list. */
size_t format_arguments(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(__printf__, 3, 0)));

#endif
