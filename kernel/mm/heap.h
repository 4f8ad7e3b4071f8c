/*
 * The kernel heap: small blocks in slabs of one page and one size, large ones in runs of pages.
 * A slab that becomes empty goes back to where its page came from.
 */
#ifndef AETHEL_KERNEL_MM_HEAP_H
#define AETHEL_KERNEL_MM_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Where the heap's pages come from: page-aligned, in the kernel from the frame allocator. */
struct heap_page_source {
    void *(*allocate)(size_t pages); /* NULL: there are none */
    void (*free)(void *first_page, size_t pages);
};

/* Starts with an empty heap. `source` must live for ever. */
void heap_init(const struct heap_page_source *source);

/*
 * Returns `size` bytes aligned to 16, or NULL when memory ran out or `size` is 0. The contents
 * are undefined. Never blocks; not for interrupt handlers.
 */
void *kmalloc(size_t size);

/* The same, filled with zeros. */
void *kmalloc_zeroed(size_t size);

/* Gives a block back; NULL is ignored. A pointer that kmalloc() did not return, or a block that
 * is free already, is a panic. */
void kfree(void *block);

struct heap_statistics {
    size_t blocks;        /* in use */
    size_t bytes;         /* in use, as the size classes round them */
    size_t pages;         /* taken from the page source */
    uint64_t allocations; /* since the boot */
    uint64_t failures;
};

void heap_get_statistics(struct heap_statistics *statistics);

#endif
