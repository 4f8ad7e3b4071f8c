/* Reads the symbol table that the build links into the kernel. */
#include "kernel/symbols.h"

#include <stddef.h>

#include "kernel/sections.h"

#define FIRST_PAIR 128u

/* The name begins behind the terminators of so many others. */
static const uint8_t *find_name(uint32_t index)
{
    const uint8_t *name = symbol_names;
    while (index > 0)
        index -= *name++ == '\0';
    return name;
}

/* Writes what `byte` stands for to name[length] and on, and returns the new length. It recurs as
 * deeply as pairs consist of pairs: a dozen times at most in the names of a kernel. */
static size_t expand(uint8_t byte, char name[SYMBOL_NAME_SIZE], size_t length)
{
    if (byte >= FIRST_PAIR) {
        length = expand(symbol_pairs[byte - FIRST_PAIR][0], name, length);
        return expand(symbol_pairs[byte - FIRST_PAIR][1], name, length);
    }
    if (length < SYMBOL_NAME_SIZE - 1)
        name[length++] = (char)byte;
    return length;
}

static void copy_name(uint32_t index, char name[SYMBOL_NAME_SIZE])
{
    size_t length = 0;
    for (const uint8_t *byte = find_name(index); *byte != '\0'; byte++)
        length = expand(*byte, name, length);
    name[length] = '\0';
}

bool symbol_lookup(uint64_t address, char name[SYMBOL_NAME_SIZE], uint64_t *offset)
{
    if (address < (uint64_t)__text_start || address >= (uint64_t)__text_end)
        return false;

    uint64_t distance = address - (uint64_t)__text_start;
    for (uint32_t i = 0; i < symbol_count; i++) {
        if (distance < symbol_distances[i]) {
            *offset = distance;
            copy_name(i, name);
            return true;
        }
        distance -= symbol_distances[i];
    }
    return false;
}
