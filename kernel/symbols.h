/* The kernel's own symbol table: which function an address of the text lies in. */
#ifndef AETHEL_KERNEL_SYMBOLS_H
#define AETHEL_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#define SYMBOL_NAME_SIZE 48u /* with the terminator */

/*
 * Copies the name of the function that `address` lies in, cut to SYMBOL_NAME_SIZE, to `name`, and
 * says in `*offset` how many bytes into it. Returns false, and changes nothing, when the address is
 * not in the kernel's text. Any context: it reads constants only. It walks the table, which takes
 * some microseconds.
 */
bool symbol_lookup(uint64_t address, char name[SYMBOL_NAME_SIZE], uint64_t *offset);

/*
 * The table, which the build makes from the linked kernel and links in behind all else that is
 * read-only; tools/symbols.c describes it. For symbol_lookup() only.
 */
#define SYMBOL_TABLE __attribute__((section(".symbols")))

extern const uint32_t symbol_count;
extern const uint16_t symbol_distances[]; /* bytes from each function to the next */
extern const uint8_t symbol_pairs[][2];
extern const uint8_t symbol_names[];

#endif
