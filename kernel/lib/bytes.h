/* Numbers and sums in tables that somebody else has written: nothing in them is aligned. */
#ifndef AETHEL_KERNEL_LIB_BYTES_H
#define AETHEL_KERNEL_LIB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number that `size` (up to 8) bytes are, the lowest first. */
static inline uint64_t read_little_endian(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}

/* Whether the bytes add up to 0 modulo 256, as those of firmware tables do. */
static inline bool is_sum_zero(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum == 0;
}

#endif
