/* The kernel's page tables: which of its pages exist, and with which rights. */
#ifndef AETHEL_KERNEL_MM_ADDRESS_SPACE_H
#define AETHEL_KERNEL_MM_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stdint.h>

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

#define PAGE_RANGE_TABLE_SIZE 0x200000ul /* of addresses: what one page table describes */

/*
 * The same for what one page table describes, from `base` on, which nobody else uses: at any time,
 * and taken back by the second of them, when nothing is mapped there any more. Any context; the
 * caller excludes others.
 */
bool address_space_add_table(struct page_range *range, uint64_t base);
void address_space_remove_table(struct page_range *range);

/* Maps the page at `address`, in `range`, to read and write. Any context. */
void address_space_map(const struct page_range *range, uint64_t address, uint64_t physical);

/* Unmaps the page at `address` again; returns the physical address that was there. Any context. */
uint64_t address_space_unmap(const struct page_range *range, uint64_t address);

/* Whether `address`, which may be any number, may be read. Any context. */
bool address_space_is_mapped(uint64_t address);

#endif
