/* Physical memory for tests of what manages it: a block that the test provides. */
#ifndef AETHEL_KERNEL_MM_LAYOUT_H
#define AETHEL_KERNEL_MM_LAYOUT_H

#include <stdint.h>

extern char *fake_physical_memory;

static inline void *physical_to_virtual(uint64_t physical)
{
    return fake_physical_memory + physical;
}

#endif
