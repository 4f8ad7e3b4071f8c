/*
 * The memory pool: blocks of one size in memory that the user provides. Taking and giving back take
 * a constant time, and giving back is allowed in interrupt handlers, unlike kfree().
 */
#ifndef AETHEL_SCHED_SYNC_MEMORY_POOL_H
#define AETHEL_SCHED_SYNC_MEMORY_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "sched/wait_queue.h"

#define MEMORY_POOL_ALIGNMENT 16u /* of the storage, and of each block's size */

/* The size of the storage for `blocks` blocks of `block_size` bytes. */
#define MEMORY_POOL_STORAGE(block_size, blocks)                                                   \
    (((block_size) + MEMORY_POOL_ALIGNMENT - 1) / MEMORY_POOL_ALIGNMENT * MEMORY_POOL_ALIGNMENT * \
     (blocks))

struct memory_pool_block; /* a block that is free */

struct memory_pool {
    char *storage;
    size_t block_size; /* rounded up */
    size_t blocks;
    size_t available;
    size_t never_used;              /* blocks from this one on have not been taken yet */
    struct memory_pool_block *free; /* those that were given back */
    struct wait_queue waiters;
};

/*
 * Makes a pool of `blocks` free blocks of at least `block_size` bytes in `storage`, which is
 * aligned to 16 and holds MEMORY_POOL_STORAGE(block_size, blocks) bytes. Returns 0, or
 * -ERROR_INVALID (no storage or not aligned, size or number 0). Any context; constant time.
 */
int memory_pool_init(struct memory_pool *pool, void *storage, size_t block_size, size_t blocks);

/*
 * Stores the address of a block, aligned to 16, with undefined contents, where `block` points,
 * waiting up to `timeout_ms` for one (0: only tries, WAIT_FOREVER). Returns 0, -ERROR_AGAIN
 * (timeout 0), -ERROR_TIMED_OUT or -ERROR_DESTROYED; then *block is NULL. Blocks; with timeout 0
 * any context. Misuse: as wait_queue_wait().
 */
int memory_pool_allocate(struct memory_pool *pool, void **block, int timeout_ms);

/*
 * Gives a block back: the most urgent waiter gets it. Returns 0, -ERROR_DESTROYED, or
 * -ERROR_INVALID for an address that is no block of this pool, or that is free already. Any
 * context.
 */
int memory_pool_free(struct memory_pool *pool, void *block);

/* Blocks that are free. Any context. */
size_t memory_pool_available(const struct memory_pool *pool);

/* Ends the pool's life before its storage's: all who wait, or use it later, get -ERROR_DESTROYED.
 * Threads only. */
void memory_pool_destroy(struct memory_pool *pool);

#endif
