/* Memory pools: blocks that are whole, distinct, counted, and handed over. */
#include "sched/sync/memory_pool.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define BLOCKS 5
#define SIZE   20u /* rounded up to 32 */

static struct memory_pool pool;
static char storage[MEMORY_POOL_STORAGE(SIZE, BLOCKS) + MEMORY_POOL_ALIGNMENT]
    __attribute__((aligned(MEMORY_POOL_ALIGNMENT)));

static void init(void)
{
    EXPECT_EQUAL(memory_pool_init(&pool, storage, SIZE, BLOCKS), 0);
}

static void *taken;

static int take_one(int timeout_ms)
{
    return memory_pool_allocate(&pool, &taken, timeout_ms);
}

static void take_all(void **blocks)
{
    for (int i = 0; i < BLOCKS; i++)
        EXPECT_EQUAL(memory_pool_allocate(&pool, &blocks[i], 0), 0);
}

SELF_TEST(blocks_are_aligned_distinct_and_inside_the_storage)
{
    void *blocks[BLOCKS];
    init();
    char *end = storage + MEMORY_POOL_STORAGE(SIZE, BLOCKS);
    memset(end, '#', MEMORY_POOL_ALIGNMENT);
    take_all(blocks);
    for (int i = 0; i < BLOCKS; i++) {
        char *block = blocks[i];
        EXPECT_EQUAL((uint64_t)block % MEMORY_POOL_ALIGNMENT, 0);
        EXPECT(block >= storage && block + SIZE <= end);
        memset(block, 'a' + i, SIZE);
    }
    for (int i = 0; i < BLOCKS; i++) {
        const char *block = blocks[i];
        EXPECT_EQUAL(block[0], 'a' + i);
        EXPECT_EQUAL(block[SIZE - 1], 'a' + i);
    }
    for (int i = 0; i < BLOCKS; i++)
        EXPECT_EQUAL(memory_pool_free(&pool, blocks[i]), 0);
    EXPECT_EQUAL(*end, '#');
}

SELF_TEST(a_pool_counts_its_blocks)
{
    void *blocks[BLOCKS];
    void *none = storage;
    init();
    for (size_t round = 0; round < 3; round++) {
        EXPECT_EQUAL(memory_pool_available(&pool), BLOCKS);
        take_all(blocks);
        EXPECT_EQUAL(memory_pool_available(&pool), 0);
        EXPECT_EQUAL(memory_pool_allocate(&pool, &none, 0), -ERROR_AGAIN);
        EXPECT(none == NULL);
        for (size_t i = 0; i < BLOCKS; i++) {
            EXPECT_EQUAL(memory_pool_free(&pool, blocks[(i + round) % BLOCKS]), 0);
            EXPECT_EQUAL(memory_pool_available(&pool), i + 1);
        }
    }
}

SELF_TEST(a_pool_can_be_made_anew_in_storage_that_was_used)
{
    void *blocks[BLOCKS];
    for (int round = 0; round < 2; round++) {
        init();
        take_all(blocks);
        for (int i = 0; i < BLOCKS; i++)
            EXPECT_EQUAL(memory_pool_free(&pool, blocks[i]), 0);
    }
}

SELF_TEST(a_pool_refuses_what_cannot_be)
{
    EXPECT_EQUAL(memory_pool_init(&pool, NULL, SIZE, BLOCKS), -ERROR_INVALID);
    EXPECT_EQUAL(memory_pool_init(&pool, storage + 8, SIZE, BLOCKS), -ERROR_INVALID);
    EXPECT_EQUAL(memory_pool_init(&pool, storage, 0, BLOCKS), -ERROR_INVALID);
    EXPECT_EQUAL(memory_pool_init(&pool, storage, SIZE, 0), -ERROR_INVALID);
}

SELF_TEST(a_block_given_back_belongs_to_the_waiter_at_once)
{
    struct attempt wait = {.operation = take_one, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    void *blocks[BLOCKS];
    void *none;
    init();
    take_all(blocks);
    int tid = start_waiting(&wait, 10);
    EXPECT_EQUAL(memory_pool_free(&pool, blocks[2]), 0);
    EXPECT_EQUAL(memory_pool_available(&pool), 0);
    EXPECT_EQUAL(memory_pool_allocate(&pool, &none, 0), -ERROR_AGAIN);
    EXPECT_ORDER("");
    finish(tid);
    EXPECT_EQUAL(wait.result, 0);
    EXPECT(taken == blocks[2]);
}

SELF_TEST(who_gets_no_block_gets_no_address)
{
    struct attempt wait = {.operation = take_one, .letter = 'w', .timeout_ms = 3};
    void *blocks[BLOCKS];
    init();
    take_all(blocks);
    taken = storage;
    finish(start_waiting(&wait, 20));
    EXPECT_EQUAL(wait.result, -ERROR_TIMED_OUT);
    EXPECT(taken == NULL);
    EXPECT_EQUAL(memory_pool_free(&pool, blocks[0]), 0);
    EXPECT_EQUAL(memory_pool_available(&pool), 1);
}

SELF_TEST(a_destroyed_pool_gives_and_takes_nothing)
{
    void *block;
    void *none = storage;
    init();
    EXPECT_EQUAL(memory_pool_allocate(&pool, &block, 0), 0);
    memory_pool_destroy(&pool);
    EXPECT_EQUAL(memory_pool_allocate(&pool, &none, 0), -ERROR_DESTROYED);
    EXPECT(none == NULL);
    EXPECT_EQUAL(memory_pool_free(&pool, block), -ERROR_DESTROYED);
}

#if CONFIG_PREEMPT

#define USERS  8
#define ROUNDS 100

static void use_blocks(void *argument)
{
    int mark = (int)(uint64_t)argument;
    for (int i = 0; i < ROUNDS; i++) {
        void *block;
        EXPECT_EQUAL(memory_pool_allocate(&pool, &block, WAIT_FOREVER), 0);
        memset(block, mark, SIZE);
        for (volatile int delay = 0; delay < 100; delay = delay + 1)
            ;
        const char *bytes = block;
        EXPECT(bytes[0] == (char)mark && bytes[SIZE - 1] == (char)mark);
        EXPECT_EQUAL(memory_pool_free(&pool, block), 0);
    }
}

SELF_TEST(threads_share_a_pool_without_sharing_blocks)
{
    int tids[USERS];
    init();
    preemption_set(true);
    quantum_set_ms(1);
    for (uint64_t i = 0; i < USERS; i++)
        tids[i] = start(use_blocks, (void *)(i + 1), 20);
    for (int i = 0; i < USERS; i++)
        finish(tids[i]);
    EXPECT_EQUAL(memory_pool_available(&pool), BLOCKS);
}

#endif
