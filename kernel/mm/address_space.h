/*
 * The kernel's address space: who lives where, and with which rights.
 *
 *   FFFF8000_00000000  direct map: physical memory, at least the first 4 GiB; never executable
 *   FFFFC000_00000000  thread stacks, a guard page below each
 *   FFFFFFFF_80100000  the kernel image: text (read, execute), rodata (read), data (read, write)
 *
 * Everything else, page 0 among it, is unmapped: a wild pointer faults.
 */
#ifndef AETHEL_KERNEL_MM_ADDRESS_SPACE_H
#define AETHEL_KERNEL_MM_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SIZE 4096ul

#define DIRECT_MAP_BASE   0xFFFF800000000000ul
#define STACK_REGION_BASE 0xFFFFC00000000000ul
#define KERNEL_BASE       0xFFFFFFFF80000000ul /* where the image's map puts physical address 0 */

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

/* The first physical address that this processor does not have, or that the direct map has no room
 * for. Firmware is known to tell of memory beyond. Any context. */
uint64_t address_space_physical_limit(void);

/*
 * Builds the tables and switches to them. `memory_top` is the first physical address past the
 * last usable byte. Boot only; runs out of memory into a panic.
 */
void address_space_init(uint64_t memory_top);

/* A range of pages whose page tables exist, so that mapping one needs no memory and cannot fail. */
struct page_range {
    uint64_t base;     /* a multiple of 2 MiB */
    uint64_t *entries; /* one for each page: the page tables lie behind each other */
};

/*
 * Makes `pages` pages from `base` on mappable, all of them absent, and fills `range`. Returns
 * false when memory ran out. Boot only.
 */
bool address_space_reserve(struct page_range *range, uint64_t base, uint64_t pages);

/* Maps the page at `address`, in `range`, to read and write. Any context. */
void address_space_map(const struct page_range *range, uint64_t address, uint64_t physical);

/* Unmaps the page at `address` again; returns the physical address that was there. Any context. */
uint64_t address_space_unmap(const struct page_range *range, uint64_t address);

/* Whether `address` may be read. Any context. */
bool address_space_is_mapped(uint64_t address);

#endif
