/*
 * The room kernel/mm/ is memory: frames, the page tables, kernel stacks, the heap.
 *
 * Entered by: all rooms but kernel/lib/.
 * Invariant: a frame is free, or has one owner; no page can be both written and executed.
 * Allocating never blocks, and says when there is no more.
 *
 * Who lives where in the kernel's address space.
 *
 *   FFFF8000_00000000  direct map: physical memory, at least the first 4 GiB; never executable
 *   FFFFC000_00000000  thread stacks, a guard page below each
 *   FFFFC800_00000000  thread control blocks
 *   FFFFFFFF_80100000  the kernel image: text (read, execute), rodata (read), data (read, write)
 *
 * Everything else, page 0 among it, is unmapped: a wild pointer faults.
 */
#ifndef AETHEL_KERNEL_MM_LAYOUT_H
#define AETHEL_KERNEL_MM_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SIZE 4096ul

#define DIRECT_MAP_BASE           0xFFFF800000000000ul
#define STACK_REGION_BASE         0xFFFFC00000000000ul
#define CONTROL_BLOCK_REGION_BASE 0xFFFFC80000000000ul
#define KERNEL_BASE               0xFFFFFFFF80000000ul /* where the image's map puts physical address 0 */

#define ADDRESS_BITS_USED 48 /* by four levels of page tables */

/* Whether bits 63 to 47 are all the same, as the processor demands (Intel SDM vol. 1, 3.3.7.1): it
 * has no translation for another number, and the page tables say nothing of it. Any context. */
static inline bool address_is_canonical(uint64_t address)
{
    int unused_bits = 64 - ADDRESS_BITS_USED;
    return (uint64_t)((int64_t)(address << unused_bits) >> unused_bits) == address;
}

/* Where physical memory is seen. Any context. */
static inline void *physical_to_virtual(uint64_t physical)
{
    return (void *)(physical + DIRECT_MAP_BASE);
}

/* The inverse, for an address in the direct map. Any context. */
static inline uint64_t virtual_to_physical(const void *address)
{
    return (uint64_t)address - DIRECT_MAP_BASE;
}

#endif
