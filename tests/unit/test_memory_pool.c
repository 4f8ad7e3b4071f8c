/* Memory pools without threads: which addresses they give out, and which they take back. */
#include <stdlib.h>
#include <string.h>

#include "kernel/lib/errors.h"
#include "sched/core/core.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/waiting.h"
#include "tests/unit/unit_test.h"

#define BLOCKS     7u
#define BLOCK_SIZE 40u /* rounded up to 48 */

uint64_t fake_tsc;
static struct thread self;

static struct thread *waiter;
static int woken_with;

void waiting_wake(struct thread *thread, int result)
{
    assert_ptr_equal(thread, waiter);
    waiter = NULL;
    woken_with = result;
}

int wait_queue_wait(struct wait_queue *queue, int timeout_ms)
{
    if (queue->is_destroyed)
        return -ERROR_DESTROYED;
    return timeout_ms == 0 ? -ERROR_AGAIN : -ERROR_TIMED_OUT;
}

void wait_queue_destroy(struct wait_queue *queue)
{
    queue->is_destroyed = true;
}

static struct memory_pool pool;
static char *storage; /* from the heap, so that AddressSanitizer knows its ends */

static int start_full(void **state)
{
    (void)state;
    storage = aligned_alloc(MEMORY_POOL_ALIGNMENT, MEMORY_POOL_STORAGE(BLOCK_SIZE, BLOCKS));
    memset(storage, 0xA5, MEMORY_POOL_STORAGE(BLOCK_SIZE, BLOCKS));
    waiter = NULL;
    this_cpu()->running = &self;
    return memory_pool_init(&pool, storage, BLOCK_SIZE, BLOCKS);
}

static int drop_storage(void **state)
{
    (void)state;
    free(storage);
    return 0;
}

static void *take(void)
{
    void *block;
    assert_int_equal(memory_pool_allocate(&pool, &block, 0), 0);
    return block;
}

static void test_a_pool_needs_a_size_a_number_and_aligned_storage(void **state)
{
    (void)state;
    assert_int_equal(memory_pool_init(&pool, NULL, 16, 1), -ERROR_INVALID);
    assert_int_equal(memory_pool_init(&pool, storage + 8, 16, 1), -ERROR_INVALID);
    assert_int_equal(memory_pool_init(&pool, storage, 0, 1), -ERROR_INVALID);
    assert_int_equal(memory_pool_init(&pool, storage, SIZE_MAX, 1), -ERROR_INVALID);
    assert_int_equal(memory_pool_init(&pool, storage, 16, 0), -ERROR_INVALID);
    assert_int_equal(memory_pool_init(&pool, storage, 1, 1), 0);
    assert_int_equal(pool.block_size, MEMORY_POOL_ALIGNMENT);
}

/* Takes and gives back at random; AddressSanitizer sees to it that nothing lies outside. */
static void test_no_block_is_given_out_twice(void **state)
{
    (void)state;
    void *taken[BLOCKS];
    unsigned count = 0;
    uint64_t random = 7;
    for (int step = 0; step < 5000; step++) {
        assert_int_equal(memory_pool_available(&pool), BLOCKS - count);
        if (random_below(&random, 2) == 0 && count < BLOCKS) {
            char *block = take();
            assert_int_equal((uint64_t)block % MEMORY_POOL_ALIGNMENT, 0);
            for (unsigned i = 0; i < count; i++)
                assert_true(labs(block - (char *)taken[i]) >= (long)BLOCK_SIZE);
            memset(block, step, BLOCK_SIZE);
            taken[count++] = block;
        } else if (count > 0) {
            unsigned i = random_below(&random, count);
            assert_int_equal(memory_pool_free(&pool, taken[i]), 0);
            taken[i] = taken[--count];
        }
    }
}

static void test_an_empty_pool_gives_nothing(void **state)
{
    (void)state;
    void *block = storage;
    for (unsigned i = 0; i < BLOCKS; i++)
        take();
    assert_int_equal(memory_pool_allocate(&pool, &block, 0), -ERROR_AGAIN);
    assert_null(block);
    assert_int_equal(memory_pool_available(&pool), 0);
}

static void test_what_is_no_block_is_not_taken_back(void **state)
{
    (void)state;
    char *block = take();
    char *end = storage + MEMORY_POOL_STORAGE(BLOCK_SIZE, BLOCKS);
    void *const strangers[] = {NULL, block + 8, block + 16, storage - 48, end, end + 48, &pool};
    for (unsigned i = 0; i < COUNT_OF(strangers); i++)
        assert_int_equal(memory_pool_free(&pool, strangers[i]), -ERROR_INVALID);
    assert_int_equal(memory_pool_available(&pool), BLOCKS - 1);
    assert_int_equal(memory_pool_free(&pool, block), 0);
}

static void test_a_free_block_is_not_taken_back(void **state)
{
    (void)state;
    char *first = take();
    char *second = take();
    assert_int_equal(memory_pool_free(&pool, first), 0);
    assert_int_equal(memory_pool_free(&pool, second), 0);
    assert_int_equal(memory_pool_free(&pool, first), -ERROR_INVALID);
    assert_int_equal(memory_pool_free(&pool, second), -ERROR_INVALID);
    assert_int_equal(memory_pool_free(&pool, second + 48), -ERROR_INVALID); /* never taken */
    assert_int_equal(memory_pool_available(&pool), BLOCKS);
}

static void test_a_pool_can_be_made_anew_in_its_storage(void **state)
{
    (void)state;
    void *blocks[BLOCKS];
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < BLOCKS; i++)
            blocks[i] = take();
        for (unsigned i = 0; i < BLOCKS; i++)
            assert_int_equal(memory_pool_free(&pool, blocks[i]), 0);
        assert_int_equal(memory_pool_init(&pool, storage, BLOCK_SIZE, BLOCKS), 0);
    }
}

static void test_writing_to_a_free_block_is_a_panic_when_it_is_taken(void **state)
{
    (void)state;
    void *block = take();
    assert_int_equal(memory_pool_free(&pool, block), 0);
    memset(block, 0, BLOCK_SIZE);
    expect_assert_failure(take());
}

/* What a free block contained is no sign of its being free, neither in it nor copied elsewhere. */
static void test_a_block_with_old_contents_can_be_given_back(void **state)
{
    (void)state;
    void *block = take();
    void *other = take();
    assert_int_equal(memory_pool_free(&pool, block), 0);
    memcpy(other, block, BLOCK_SIZE);
    assert_int_equal(memory_pool_free(&pool, other), 0);
    assert_ptr_equal(take(), other);
    assert_int_equal(memory_pool_free(&pool, other), 0);
}

static void test_a_waiter_gets_the_block_that_is_given_back(void **state)
{
    (void)state;
    void *given = NULL;
    struct thread thread = {.wait_data = &given};
    void *block = take();
    woken_with = 1;
    waiter = &thread;
    pool.waiters.waiters.first = &thread.wait_node;
    assert_int_equal(memory_pool_free(&pool, block), 0);
    pool.waiters.waiters.first = NULL;
    assert_ptr_equal(given, block);
    assert_int_equal(woken_with, 0);
    assert_int_equal(memory_pool_available(&pool), BLOCKS - 1);
    assert_int_equal(memory_pool_free(&pool, block), 0);
}

static void test_a_destroyed_pool_gives_and_takes_nothing(void **state)
{
    (void)state;
    void *block = take();
    void *none = block;
    memory_pool_destroy(&pool);
    assert_int_equal(memory_pool_free(&pool, block), -ERROR_DESTROYED);
    assert_int_equal(memory_pool_allocate(&pool, &none, 0), -ERROR_DESTROYED);
    assert_null(none);
}

#define POOL_TEST(test) cmocka_unit_test_setup_teardown(test, start_full, drop_storage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(test_a_pool_needs_a_size_a_number_and_aligned_storage),
        POOL_TEST(test_no_block_is_given_out_twice),
        POOL_TEST(test_an_empty_pool_gives_nothing),
        POOL_TEST(test_what_is_no_block_is_not_taken_back),
        POOL_TEST(test_a_block_with_old_contents_can_be_given_back),
        POOL_TEST(test_a_waiter_gets_the_block_that_is_given_back),
        POOL_TEST(test_a_destroyed_pool_gives_and_takes_nothing),
        POOL_TEST(test_a_free_block_is_not_taken_back),
        POOL_TEST(test_a_pool_can_be_made_anew_in_its_storage),
        POOL_TEST(test_writing_to_a_free_block_is_a_panic_when_it_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
