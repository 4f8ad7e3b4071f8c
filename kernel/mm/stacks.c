/*
 * Stacks lie in chunks: 2 MiB of addresses, which one page table describes, for stacks of one size.
 * A chunk has its page table while there is a stack in it, and can serve another size later.
 */
#include "kernel/mm/stacks.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/list.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"

#define STACK_PAGES_MAX (STACK_SIZE_MAX / PAGE_SIZE)
#define CHUNK_SIZE      PAGE_RANGE_TABLE_SIZE
#define SLOTS_MAX       (CHUNK_SIZE / (STACK_SIZE_MIN + PAGE_SIZE))

/* The least that is mapped in a chunk that is full: of stacks of one page. */
#define FULL_CHUNK_MIN (CHUNK_SIZE / 2)

/* More than this serve no purpose: so many stacks of the greatest size are more than there can be
 * threads. */
#define CHUNKS_MAX 4096ul

/* What each quadword of a stack says as long as nobody has written there. */
#define UNTOUCHED 0x5AFE57AC6B0770D5ul

struct chunk {
    struct list_node node;   /* in the list of its size, while it has room; or of unused ones */
    struct page_range pages; /* while it is in use */
    uint16_t stack_pages;    /* of each stack, without its guard page; 0: it is not in use */
    uint16_t slots;
    uint16_t taken; /* how many of them are */
    uint64_t is_taken[BITMAP_WORDS(SLOTS_MAX)];
};

static struct spinlock lock = SPINLOCK_IN_ORDER("stacks", SPINLOCK_STACKS);
static struct chunk *chunks;
static size_t chunks_total;
static size_t chunks_begun; /* past these, none was ever used */
static struct list_node unused = LIST_INIT(unused);
static struct list_node with_room[STACK_PAGES_MAX + 1]; /* by the size of their stacks, in pages */

void stacks_init(void)
{
    size_t chunks_full = frames_available() * PAGE_SIZE / FULL_CHUNK_MIN;
    chunks_total =
        chunks_full + STACK_PAGES_MAX < CHUNKS_MAX ? chunks_full + STACK_PAGES_MAX : CHUNKS_MAX;
    size_t size = chunks_total * sizeof(struct chunk);
    uint64_t memory = frames_allocate_run((size + PAGE_SIZE - 1) / PAGE_SIZE);
    if (memory == FRAME_NONE)
        panic("not enough memory for the books of %lu stack chunks", chunks_total);
    chunks = physical_to_virtual(memory);
    for (size_t pages = 0; pages <= STACK_PAGES_MAX; pages++)
        list_init(&with_room[pages]);
}

/* --- Where stacks lie ------------------------------------------------------------------------ */

static uint64_t base_of(const struct chunk *chunk)
{
    return STACK_REGION_BASE + (uint64_t)(chunk - chunks) * CHUNK_SIZE;
}

static uint64_t slot_size(const struct chunk *chunk)
{
    return (chunk->stack_pages + 1ul) * PAGE_SIZE; /* the guard page is the lowest */
}

static uint64_t top_of_slot(const struct chunk *chunk, size_t slot)
{
    return base_of(chunk) + (slot + 1) * slot_size(chunk);
}

/* The chunk of `address`, or NULL where none was ever used. */
static struct chunk *chunk_at(uint64_t address)
{
    size_t index = (address - STACK_REGION_BASE) / CHUNK_SIZE;
    return address >= STACK_REGION_BASE && index < chunks_begun ? &chunks[index] : NULL;
}

uint64_t stack_of_guard_page(uint64_t address)
{
    const struct chunk *chunk = chunk_at(address);
    if (chunk == NULL || chunk->stack_pages == 0)
        return 0;
    size_t slot = (address - base_of(chunk)) / slot_size(chunk);
    bool is_guard = (address - base_of(chunk)) % slot_size(chunk) < PAGE_SIZE;
    return is_guard && slot < chunk->slots ? top_of_slot(chunk, slot) : 0;
}

/* --- Chunks; the lock is held ------------------------------------------------------------------
 */

static struct chunk *take_unused(void)
{
    struct list_node *node = list_first(&unused);
    if (node == NULL)
        return chunks_begun < chunks_total ? &chunks[chunks_begun] : NULL;
    list_unlink(node);
    return LIST_ENTRY(node, struct chunk, node);
}

static void set_up(struct chunk *chunk, size_t stack_pages)
{
    chunk->stack_pages = (uint16_t)stack_pages;
    chunk->slots = (uint16_t)(CHUNK_SIZE / slot_size(chunk));
    chunk->taken = 0;
    bitmap_clear_range(chunk->is_taken, 0, chunk->slots);
    bitmap_set_range(chunk->is_taken, chunk->slots, SLOTS_MAX - chunk->slots);
    list_insert_after(&with_room[stack_pages], &chunk->node);
}

/* Returns NULL when memory or addresses ran out. */
static struct chunk *new_chunk(size_t stack_pages)
{
    struct chunk *chunk = take_unused();
    if (chunk == NULL)
        return NULL;
    bool is_first_use = chunk == &chunks[chunks_begun];
    if (!address_space_add_table(&chunk->pages, base_of(chunk))) {
        if (!is_first_use)
            list_insert_after(&unused, &chunk->node);
        return NULL;
    }
    chunks_begun += is_first_use;
    set_up(chunk, stack_pages);
    return chunk;
}

static void end_chunk(struct chunk *chunk)
{
    list_unlink(&chunk->node);
    chunk->stack_pages = 0;
    address_space_remove_table(&chunk->pages);
    list_insert_after(&unused, &chunk->node);
}

static void take_slot(struct chunk *chunk, size_t slot)
{
    bitmap_set(chunk->is_taken, slot);
    if (++chunk->taken == chunk->slots)
        list_unlink(&chunk->node);
}

static void give_back_slot(struct chunk *chunk, size_t slot)
{
    bitmap_clear(chunk->is_taken, slot);
    if (chunk->taken-- == chunk->slots)
        list_insert_after(&with_room[chunk->stack_pages], &chunk->node);
    if (chunk->taken == 0)
        end_chunk(chunk);
}

/* Of a chunk that has room. */
static size_t find_slot(const struct chunk *chunk)
{
    size_t word = 0;
    while (chunk->is_taken[word] == UINT64_MAX)
        word++;
    return word * BITMAP_WORD_BITS + (size_t)__builtin_ctzl(~chunk->is_taken[word]);
}

/* --- Giving and taking ----------------------------------------------------------------------- */

static bool map(const struct chunk *chunk, uint64_t top)
{
    uint64_t frames[STACK_PAGES_MAX];
    if (!frames_allocate(frames, chunk->stack_pages))
        return false;
    for (size_t page = 0; page < chunk->stack_pages; page++)
        address_space_map(&chunk->pages, top - (page + 1) * PAGE_SIZE, frames[page]);
    return true;
}

static void unmap(const struct chunk *chunk, uint64_t top)
{
    uint64_t frames[STACK_PAGES_MAX];
    for (size_t page = 0; page < chunk->stack_pages; page++)
        frames[page] = address_space_unmap(&chunk->pages, top - (page + 1) * PAGE_SIZE);
    frames_free(frames, chunk->stack_pages);
}

/* Any quadword may be the only one that a large frame, or a call below it, ever writes to. */
void stack_paint(uint64_t top, size_t size)
{
    void *lowest = (void *)(top - size);
    size_t quadwords = size / sizeof(uint64_t);
    __asm__ volatile("rep stosq" : "+D"(lowest), "+c"(quadwords) : "a"(UNTOUCHED) : "memory");
}

/* The lock is held. */
static uint64_t allocate(size_t stack_pages)
{
    struct list_node *node = list_first(&with_room[stack_pages]);
    struct chunk *chunk =
        node != NULL ? LIST_ENTRY(node, struct chunk, node) : new_chunk(stack_pages);
    if (chunk == NULL)
        return 0;
    size_t slot = find_slot(chunk);
    uint64_t top = top_of_slot(chunk, slot);
    if (map(chunk, top)) {
        take_slot(chunk, slot);
        return top;
    }
    if (chunk->taken == 0)
        end_chunk(chunk);
    return 0;
}

uint64_t stack_allocate(size_t size)
{
    ASSERT(size >= STACK_SIZE_MIN && size <= STACK_SIZE_MAX && size % PAGE_SIZE == 0);
    spin_lock(&lock);
    uint64_t top = allocate(size / PAGE_SIZE);
    spin_unlock(&lock);
    if (top != 0)
        stack_paint(top, size);
    return top;
}

void stack_free(uint64_t top)
{
    struct chunk *chunk = chunk_at(top - 1);
    spin_lock(&lock);
    unmap(chunk, top);
    give_back_slot(chunk, (top - 1 - base_of(chunk)) / slot_size(chunk));
    spin_unlock(&lock);
}

/* Of the first `count` tops those that lie in `chunk`. */
static size_t count_in(const struct chunk *chunk, const uint64_t *tops, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += chunk_at(tops[i] - 1) == chunk;
    return found;
}

/* A page table is counted at the last of its stacks, if there are no others. */
size_t stacks_memory(const uint64_t *tops, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const struct chunk *chunk = chunk_at(tops[i] - 1);
        size += chunk->stack_pages * PAGE_SIZE;
        if (count_in(chunk, tops, i + 1) == chunk->taken)
            size += PAGE_SIZE;
    }
    return size;
}

size_t stack_high_water(uint64_t top, size_t size)
{
    const volatile uint64_t *quadword = (const volatile uint64_t *)(top - size);
    while ((uint64_t)quadword < top && *quadword == UNTOUCHED)
        quadword++;
    return top - (uint64_t)quadword;
}
