/* Reads the symbol table that the build links into the kernel. */
#include "kernel/symbols.h"

#include <stddef.h>

#include "kernel/sections.h"

static const char *next_name(const char *name)
{
    while (*name != '\0')
        name++;
    return name + 1;
}

const char *symbol_lookup(uint64_t address, uint64_t *offset)
{
    if (address < (uint64_t)__text_start || address >= (uint64_t)__text_end)
        return NULL;

    uint64_t distance = address - (uint64_t)__text_start;
    const char *name = symbol_names;
    for (uint32_t i = 0; i < symbol_count; i++) {
        if (distance < symbol_distances[i]) {
            *offset = distance;
            return name;
        }
        distance -= symbol_distances[i];
        name = next_name(name);
    }
    return NULL;
}
