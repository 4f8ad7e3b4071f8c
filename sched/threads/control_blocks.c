/*
 * Control blocks lie in runs: three pages hold sixteen of them, and nothing else. A run has its
 * frames while one of its blocks is in use, or is one of the spare ones: those that were given back
 * last, for those who come next.
 */
#include "sched/threads/control_blocks.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/list.h"
#include "kernel/lib/string.h"
#include "kernel/mm/address_space.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "kernel/panic.h"
#include "sched/state/control_block.h"

#define BLOCK_SIZE sizeof(struct thread)
#define RUN_PAGES  3ul
#define RUN_SIZE   (RUN_PAGES * PAGE_SIZE)
#define RUN_BLOCKS (RUN_SIZE / BLOCK_SIZE)
#define ALL_TAKEN  ((1u << RUN_BLOCKS) - 1)
#define BLOCKS_MAX 65536ul
#define SPARES_MAX 8u

_Static_assert(RUN_SIZE % BLOCK_SIZE == 0 && BLOCK_SIZE % 64 == 0,
               "blocks fill their pages, and cache lines");

struct run {
    struct list_node node; /* among those that have frames and room, or those without frames */
    uint16_t taken;        /* bit i: block i is in use, or spare */
};

static struct page_range region;
static struct run *runs;
static size_t runs_total;
static size_t runs_begun; /* past these, none was ever used */
static struct list_node with_room = LIST_INIT(with_room);
static struct list_node without_frames = LIST_INIT(without_frames);
static size_t blocks_taken;

static struct thread *spares[SPARES_MAX];
static unsigned spare_count;

size_t control_blocks_init(void)
{
    size_t most = frames_available() * PAGE_SIZE / (STACK_SIZE_MIN + STACK_OVERHEAD + BLOCK_SIZE);
    runs_total = (most < BLOCKS_MAX ? most : BLOCKS_MAX) / RUN_BLOCKS;
    size_t size = runs_total * sizeof(struct run);
    uint64_t memory = frames_allocate_run((size + PAGE_SIZE - 1) / PAGE_SIZE);
    if (memory == FRAME_NONE ||
        !address_space_reserve(&region, CONTROL_BLOCK_REGION_BASE, runs_total * RUN_PAGES))
        panic("not enough memory to lay out %lu threads", runs_total * RUN_BLOCKS);
    runs = physical_to_virtual(memory);
    return runs_total * RUN_BLOCKS;
}

static uint64_t base_of(const struct run *run)
{
    return CONTROL_BLOCK_REGION_BASE + (uint64_t)(run - runs) * RUN_SIZE;
}

static bool map(const struct run *run)
{
    uint64_t frames[RUN_PAGES];
    if (!frames_allocate(frames, RUN_PAGES))
        return false;
    for (size_t page = 0; page < RUN_PAGES; page++)
        address_space_map(&region, base_of(run) + page * PAGE_SIZE, frames[page]);
    memset((void *)base_of(run), 0, RUN_SIZE);
    return true;
}

static void unmap(const struct run *run)
{
    uint64_t frames[RUN_PAGES];
    for (size_t page = 0; page < RUN_PAGES; page++)
        frames[page] = address_space_unmap(&region, base_of(run) + page * PAGE_SIZE);
    frames_free(frames, RUN_PAGES);
}

/* A run without frames. NULL when addresses ran out. */
static struct run *take_run(void)
{
    struct list_node *node = list_first(&without_frames);
    if (node == NULL)
        return runs_begun < runs_total ? &runs[runs_begun++] : NULL;
    list_unlink(node);
    return LIST_ENTRY(node, struct run, node);
}

/* Returns NULL when memory or addresses ran out. */
static struct run *new_run(void)
{
    struct run *run = take_run();
    if (run == NULL)
        return NULL;
    run->taken = 0;
    bool has_frames = map(run);
    list_insert_after(has_frames ? &with_room : &without_frames, &run->node);
    return has_frames ? run : NULL;
}

static __attribute__((noinline)) struct thread *take_from_run(void)
{
    struct list_node *node = list_first(&with_room);
    struct run *run = node != NULL ? LIST_ENTRY(node, struct run, node) : new_run();
    if (run == NULL)
        return NULL;
    unsigned index = (unsigned)__builtin_ctz(~run->taken);
    run->taken = (uint16_t)(run->taken | 1u << index);
    if (run->taken == ALL_TAKEN)
        list_unlink(&run->node);
    blocks_taken++;
    return (struct thread *)(base_of(run) + index * BLOCK_SIZE);
}

static struct run *run_of(const struct thread *thread)
{
    return &runs[((uint64_t)thread - CONTROL_BLOCK_REGION_BASE) / RUN_SIZE];
}

/* The bit of `thread` in its run. */
static uint16_t bit_of(const struct thread *thread)
{
    uint64_t offset = (uint64_t)thread - CONTROL_BLOCK_REGION_BASE;
    return (uint16_t)(1u << offset % RUN_SIZE / BLOCK_SIZE);
}

static __attribute__((noinline)) void give_back_to_run(const struct thread *thread)
{
    struct run *run = run_of(thread);
    if (run->taken == ALL_TAKEN)
        list_insert_after(&with_room, &run->node);
    run->taken = (uint16_t)(run->taken & ~bit_of(thread));
    blocks_taken--;
    if (run->taken != 0)
        return;
    unmap(run);
    list_unlink(&run->node);
    list_insert_after(&without_frames, &run->node);
}

struct thread *control_block_take(void)
{
    return spare_count > 0 ? spares[--spare_count] : take_from_run();
}

void control_block_give_back(struct thread *thread)
{
    if (spare_count < SPARES_MAX)
        spares[spare_count++] = thread;
    else
        give_back_to_run(thread);
}

size_t control_blocks_left(void)
{
    return runs_total * RUN_BLOCKS - blocks_taken + spare_count;
}

/* The bits in `run` of the first `count` spare blocks. */
static uint16_t spare_bits(const struct run *run, unsigned count)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < count; i++)
        bits |= run_of(spares[i]) == run ? bit_of(spares[i]) : 0u;
    return (uint16_t)bits;
}

/* A run is counted at its last spare block, if it has no others. */
size_t control_blocks_spare_size(void)
{
    size_t size = 0;
    for (unsigned i = 0; i < spare_count; i++) {
        const struct run *run = run_of(spares[i]);
        if (spare_bits(run, i + 1) == run->taken)
            size += RUN_SIZE;
    }
    return size;
}
