/* Made-up physical memory with the firmware's tables in it, and a window onto it. */
#ifndef AETHEL_TESTS_UNIT_FAKES_FIRMWARE_TABLES_H
#define AETHEL_TESTS_UNIT_FAKES_FIRMWARE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* From address 0 on. */
extern uint8_t *memory;

/* Makes `size` bytes of zeros, or takes them away again. */
void make_memory(size_t size);
void drop_memory(void);

/*
 * For those who read tables: a copy of the `length` bytes at `physical`, in a block of its own for
 * each mapping, so that AddressSanitizer sees every step outside of it; NULL beyond the memory.
 */
const void *map_memory(uint64_t physical, size_t length);
void release_mappings(void);

/* Writes the lower `size` bytes of `value`. */
void poke(uint64_t address, uint64_t value, size_t size);

/* Makes the bytes of a table add up to 0, by the one at `sum_offset`. */
void fix_sum(uint64_t base, size_t length, size_t sum_offset);

#endif
