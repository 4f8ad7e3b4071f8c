/*
 * The heap. A slab is one page: a header, then blocks of one size, and a bitmap in the header that
 * says which are in use. A large block is a run of pages with a header of the same length. So the
 * header of any block is found at the start of the page that the block starts in.
 */
#include "kernel/mm/heap.h"

#include <stdbool.h>

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/list.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"

#define HEAP_PAGE_SIZE 4096ul
#define HEADER_SIZE    64ul
#define GRAIN          16ul /* block sizes are multiples of this, as is their alignment */
#define SLAB_BLOCKS    ((HEAP_PAGE_SIZE - HEADER_SIZE) / GRAIN)
#define SLAB_BITS      (BITMAP_WORDS(SLAB_BLOCKS) * BITMAP_WORD_BITS)
#define SMALL_MAX      2016ul /* two of them fill a slab */

#define SLAB_MAGIC  0x42414C53u /* "SLAB" */
#define LARGE_MAGIC 0x4547524Cu /* "LRGE" */

struct page_header {
    uint32_t magic;
    uint32_t block_size;  /* slab: of each block; large: of the pages in all, fits 4 GiB */
    uint16_t blocks;      /* slab: how many there are */
    uint16_t blocks_used; /* slab: how many of them are in use */
    uint16_t size_class;  /* slab */
    uint16_t padding;
    struct list_node node; /* slab: in the list of its class, while a block is free */
    uint64_t used[BITMAP_WORDS(SLAB_BLOCKS)];
};

_Static_assert(sizeof(struct page_header) <= HEADER_SIZE, "the header outgrew its place");

static const uint16_t class_sizes[] = {16,  32,  48,  64,  96,  128, 192,  256,
                                       320, 384, 512, 672, 800, 992, 1344, SMALL_MAX};

#define CLASSES (sizeof(class_sizes) / sizeof(class_sizes[0]))

static struct spinlock lock = SPINLOCK_IN_ORDER("heap", SPINLOCK_HEAP);
static const struct heap_page_source *source;
static struct list_node slabs_with_room[CLASSES];
static uint8_t class_of_grains[SMALL_MAX / GRAIN + 1]; /* size in grains -> class */
static struct heap_statistics figures;

void heap_init(const struct heap_page_source *page_source)
{
    source = page_source;
    figures = (struct heap_statistics){0};
    uint8_t size_class = 0;
    for (size_t grains = 0; grains <= SMALL_MAX / GRAIN; grains++) {
        if (grains * GRAIN > class_sizes[size_class])
            size_class++;
        class_of_grains[grains] = size_class;
    }
    for (size_t i = 0; i < CLASSES; i++)
        list_init(&slabs_with_room[i]);
}

static void *block_at(struct page_header *page, size_t index)
{
    return (char *)page + HEADER_SIZE + index * page->block_size;
}

static struct page_header *new_slab(unsigned size_class)
{
    struct page_header *slab = source->allocate(1);
    if (slab == NULL)
        return NULL;
    uint32_t block_size = class_sizes[size_class];
    *slab = (struct page_header){
        .magic = SLAB_MAGIC,
        .block_size = block_size,
        .blocks = (uint16_t)((HEAP_PAGE_SIZE - HEADER_SIZE) / block_size),
        .size_class = (uint16_t)size_class,
    };
    /* Bits that stand for no block are never clear. */
    bitmap_set_range(slab->used, slab->blocks, SLAB_BITS - slab->blocks);
    list_insert_after(&slabs_with_room[size_class], &slab->node);
    figures.pages++;
    return slab;
}

static struct page_header *slab_with_room(unsigned size_class)
{
    struct list_node *node = list_first(&slabs_with_room[size_class]);
    return node != NULL ? LIST_ENTRY(node, struct page_header, node) : new_slab(size_class);
}

/* The slab has room. */
static size_t first_free_block(const struct page_header *slab)
{
    size_t word = 0;
    while (slab->used[word] == UINT64_MAX)
        word++;
    return word * BITMAP_WORD_BITS + (size_t)__builtin_ctzl(~slab->used[word]);
}

static void *allocate_small(size_t size)
{
    struct page_header *slab = slab_with_room(class_of_grains[(size + GRAIN - 1) / GRAIN]);
    if (slab == NULL)
        return NULL;
    size_t index = first_free_block(slab);
    bitmap_set(slab->used, index);
    slab->blocks_used++;
    if (slab->blocks_used == slab->blocks)
        list_remove(&slab->node);
    figures.bytes += slab->block_size;
    return block_at(slab, index);
}

static void *allocate_large(size_t size)
{
    size_t pages = (size + HEADER_SIZE + HEAP_PAGE_SIZE - 1) / HEAP_PAGE_SIZE;
    if (size > UINT32_MAX - HEADER_SIZE - HEAP_PAGE_SIZE)
        return NULL;
    struct page_header *first = source->allocate(pages);
    if (first == NULL)
        return NULL;
    *first = (struct page_header){.magic = LARGE_MAGIC,
                                  .block_size = (uint32_t)(pages * HEAP_PAGE_SIZE)};
    figures.pages += pages;
    figures.bytes += first->block_size;
    return block_at(first, 0);
}

void *kmalloc(size_t size)
{
    if (size == 0)
        return NULL;
    spin_lock(&lock);
    void *block = size <= SMALL_MAX ? allocate_small(size) : allocate_large(size);
    if (block != NULL) {
        figures.blocks++;
        figures.allocations++;
    } else {
        figures.failures++;
    }
    spin_unlock(&lock);
    return block;
}

void *kmalloc_zeroed(size_t size)
{
    void *block = kmalloc(size);
    return block != NULL ? memset(block, 0, size) : NULL;
}

/* Returns how many pages are to be given back: those of a slab that is empty by it. */
static size_t free_small(struct page_header *slab, void *block)
{
    size_t offset = (size_t)((char *)block - (char *)slab) - HEADER_SIZE;
    uint32_t index = (uint32_t)offset / slab->block_size;
    /* The bits of blocks that do not exist are set, too. */
    if (offset % slab->block_size != 0 || index >= slab->blocks || !bitmap_test(slab->used, index))
        panic("kfree(%p): not a block in use (freed twice?)", block);
    bitmap_clear(slab->used, index);
    if (slab->blocks_used == slab->blocks)
        list_insert_after(&slabs_with_room[slab->size_class], &slab->node);
    slab->blocks_used--;
    figures.bytes -= slab->block_size;
    if (slab->blocks_used != 0)
        return 0;
    list_remove(&slab->node);
    slab->magic = 0;
    return 1;
}

/* Returns how many pages it had: to be given back. */
static size_t free_large(struct page_header *first, void *block)
{
    if (block != block_at(first, 0))
        panic("kfree(%p): points into a block, not at its start", block);
    size_t pages = first->block_size / HEAP_PAGE_SIZE;
    figures.bytes -= first->block_size;
    first->magic = 0;
    return pages;
}

void kfree(void *block)
{
    if (block == NULL)
        return;
    struct page_header *page = (void *)((uintptr_t)block & ~(HEAP_PAGE_SIZE - 1));
    bool is_in_header = (uintptr_t)block - (uintptr_t)page < HEADER_SIZE;
    if (is_in_header || (page->magic != SLAB_MAGIC && page->magic != LARGE_MAGIC))
        panic("kfree(%p): kmalloc() never returned this", block);
    spin_lock(&lock);
    size_t pages = page->magic == SLAB_MAGIC ? free_small(page, block) : free_large(page, block);
    figures.blocks--;
    figures.pages -= pages;
    spin_unlock(&lock);
    if (pages != 0) /* nobody else knows of them any more; and there may be many */
        source->free(page, pages);
}

void heap_get_statistics(struct heap_statistics *statistics)
{
    spin_lock(&lock);
    *statistics = figures;
    spin_unlock(&lock);
}
