/*
 * Memory pools. Blocks that were given back are a chain through themselves; the others, which have
 * never been taken, come one after another. A waiter's wait_data is where it wants the address. A
 * destroyed pool has no blocks: that it is destroyed is found where one would wait, or be told off.
 */
#include "sched/sync/memory_pool.h"

#include "kernel/lib/errors.h"
#include "kernel/panic.h"
#include "sched/core/core.h"
#include "sched/sync/waiting.h"

/* A block bears its mark while it is free. A user's data could look like it: one of 2^64. */
struct memory_pool_block {
    struct memory_pool_block *next;
    uint64_t mark;
};

#define FREE_MARK 0xF4EEB10CF4EEB10Cul /* with the block's address: copies of it do not count */

_Static_assert(sizeof(struct memory_pool_block) <= MEMORY_POOL_ALIGNMENT,
               "the smallest block is too small to be in the chain");

static uint64_t mark_of(const struct memory_pool_block *block)
{
    return (uint64_t)block ^ FREE_MARK;
}

int memory_pool_init(struct memory_pool *pool, void *storage, size_t block_size, size_t blocks)
{
    size_t rounded = MEMORY_POOL_STORAGE(block_size, 1); /* 0 also for a size beyond all memory */
    if (storage == NULL || (uint64_t)storage % MEMORY_POOL_ALIGNMENT != 0 || rounded == 0 ||
        blocks == 0 || blocks > SIZE_MAX / rounded)
        return -ERROR_INVALID;
    *pool = (struct memory_pool){
        .storage = storage,
        .block_size = rounded,
        .blocks = blocks,
        .available = blocks,
        .waiters = WAIT_QUEUE_OF(WAIT_FOR_MEMORY_BLOCK, NULL),
    };
    return 0;
}

/* --- Interrupts off -------------------------------------------------------------------------- */

/* Takes a block out of the pool, which has one. One that was never taken can bear the mark of an
 * earlier pool in the same storage. */
static void *take(struct memory_pool *pool)
{
    struct memory_pool_block *block = pool->free;
    pool->available--;
    if (block != NULL) {
        ASSERT(block->mark == mark_of(block)); /* else somebody wrote to it after giving it back */
        pool->free = block->next;
    } else {
        block = (void *)(pool->storage + pool->never_used++ * pool->block_size);
    }
    block->mark = 0;
    return block;
}

static void put_back(struct memory_pool *pool, struct memory_pool_block *block)
{
    block->next = pool->free;
    block->mark = mark_of(block);
    pool->free = block;
    pool->available++;
}

static __attribute__((noinline)) int allocate_slowly(struct memory_pool *pool, void **block,
                                                     int timeout_ms, uint64_t flags)
{
    *block = NULL;
    this_cpu()->running->wait_data = block;
    int result = wait_queue_wait(&pool->waiters, timeout_ms);
    critical_exit(flags);
    return result;
}

static void hand_to_waiter(struct memory_pool *pool, void *block)
{
    struct thread *thread = waiting_first(&pool->waiters);
    *(void **)thread->wait_data = block;
    waiting_wake(thread, 0);
}

/* The number of the block at `address`; pool->blocks if there is none, or more. */
static size_t index_of(const struct memory_pool *pool, const void *address)
{
    size_t offset = (uint64_t)address - (uint64_t)pool->storage;
    return offset % pool->block_size == 0 ? offset / pool->block_size : pool->blocks;
}

static bool has_given(const struct memory_pool *pool, const struct memory_pool_block *block)
{
    return index_of(pool, block) < pool->never_used && block->mark != mark_of(block);
}

static __attribute__((noinline)) int free_slowly(struct memory_pool *pool,
                                                 struct memory_pool_block *block, uint64_t flags)
{
    int result = 0;
    if (has_given(pool, block))
        hand_to_waiter(pool, block);
    else
        result = pool->waiters.is_destroyed ? -ERROR_DESTROYED : -ERROR_INVALID;
    critical_exit(flags);
    return result;
}

/* --- Threads and handlers -------------------------------------------------------------------- */

int memory_pool_allocate(struct memory_pool *pool, void **block, int timeout_ms)
{
    uint64_t flags = critical_enter();
    if (pool->available == 0)
        return allocate_slowly(pool, block, timeout_ms, flags);
    *block = take(pool);
    critical_exit(flags);
    return 0;
}

int memory_pool_free(struct memory_pool *pool, void *block)
{
    uint64_t flags = critical_enter();
    if (!wait_queue_is_empty(&pool->waiters) || !has_given(pool, block))
        return free_slowly(pool, block, flags);
    put_back(pool, block);
    critical_exit(flags);
    return 0;
}

size_t memory_pool_available(const struct memory_pool *pool)
{
    return pool->available;
}

/* With preemption off no thread sees a pool that is half-way destroyed. */
void memory_pool_destroy(struct memory_pool *pool)
{
    preempt_disable();
    wait_queue_destroy(&pool->waiters);
    uint64_t flags = critical_enter();
    pool->available = 0;
    pool->never_used = 0;
    critical_exit(flags);
    preempt_enable();
}
