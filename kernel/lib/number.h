/* Numbers as people type them. */
#ifndef AETHEL_KERNEL_LIB_NUMBER_H
#define AETHEL_KERNEL_LIB_NUMBER_H

#include <stdint.h>

/*
 * Reads the whole of `text` as a decimal number, or a hexadecimal one after 0x, and stores it
 * where `value` points. Returns 0, or -ERROR_INVALID for anything else: nothing at all, a sign, a
 * blank, something left over, or more than `max`. Then `value` is not touched.
 */
int parse_unsigned(const char *text, uint64_t max, uint64_t *value);

/*
 * Reads the whole of `text` as a decimal number, or as two of them with - or .. between ("5-9",
 * "5..9"), and stores where `first` and `last` point: a single number twice. Returns 0, or
 * -ERROR_INVALID for anything else, or for more than `max`; then what is stored means nothing.
 */
int parse_range(const char *text, uint64_t max, uint64_t *first, uint64_t *last);

/*
 * Reads the whole of `text` as seconds with up to three decimals ("2", "0.5", "1.250") and
 * stores it in milliseconds. Returns 0, or -ERROR_INVALID for anything else, or for more than
 * `max` milliseconds. Then `milliseconds` is not touched.
 */
int parse_milliseconds(const char *text, uint64_t max, uint64_t *milliseconds);

#endif
