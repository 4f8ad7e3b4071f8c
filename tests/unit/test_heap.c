/* The heap: alignment, no overlap, pages given back, misuse found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/mm/heap.h"
#include "tests/unit/fakes/spinlock.h"

#define PAGE          4096
#define BLOCKS        500
#define PAGES_TRACKED 1000

static size_t pages_out;
static size_t pages_allowed;

static void *tracked[PAGES_TRACKED];

static void *track(void *before, void *after)
{
    for (size_t i = 0; i < PAGES_TRACKED; i++) {
        if (tracked[i] == before) {
            tracked[i] = after;
            return after;
        }
    }
    fail_msg("the heap holds too many pages, or frees one that it does not hold");
    return NULL;
}

static void *take_pages(size_t pages)
{
    if (pages_out + pages > pages_allowed)
        return NULL;
    pages_out += pages;
    return track(NULL, aligned_alloc(PAGE, pages * PAGE));
}

static void give_pages(void *first_page, size_t pages)
{
    pages_out -= pages;
    track(first_page, NULL);
    free(first_page);
}

static const struct heap_page_source source = {take_pages, give_pages};

static int start_empty(void **state)
{
    (void)state;
    pages_out = 0;
    pages_allowed = SIZE_MAX / 2;
    heap_init(&source);
    return 0;
}

/* Pages of blocks that a test has not freed, or that a panic kept from being freed. */
static int drop_pages(void **state)
{
    (void)state;
    fake_spinlocks_release();
    for (size_t i = 0; i < PAGES_TRACKED; i++) {
        free(tracked[i]);
        tracked[i] = NULL;
    }
    return 0;
}

static void test_every_size_is_aligned_and_writable(void **state)
{
    (void)state;
    for (size_t size = 1; size < 3 * PAGE; size++) {
        char *block = kmalloc(size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        memset(block, 0xA5, size);
        kfree(block);
        assert_int_equal(pages_out, 0);
    }
}

static void test_zero_bytes_and_null(void **state)
{
    (void)state;
    assert_null(kmalloc(0));
    kfree(NULL);
    assert_int_equal(pages_out, 0);
}

static void test_zeroed_blocks_are_zero(void **state)
{
    (void)state;
    memset(kmalloc(100), 0xFF, 100);
    const char *block = kmalloc_zeroed(100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(block[i], 0);
}

static void test_running_out_is_told_and_survived(void **state)
{
    (void)state;
    pages_allowed = 1;
    void *blocks[PAGE];
    size_t count = 0;
    while ((blocks[count] = kmalloc(64)) != NULL)
        count++;
    assert_true(count > PAGE / 64 - 3);
    assert_null(kmalloc(PAGE));
    struct heap_statistics statistics;
    heap_get_statistics(&statistics);
    assert_int_equal(statistics.failures, 2);
    while (count > 0)
        kfree(blocks[--count]);
    assert_int_equal(pages_out, 0);
    assert_non_null(kmalloc(64));
}

static void test_misuse_is_a_panic(void **state)
{
    (void)state;
    char *block = kmalloc(48);
    char *other = kmalloc(48); /* keeps the slab alive */
    assert_non_null(other);
    expect_assert_failure(kfree(block + 16));
    fake_spinlocks_release();
    kfree(block);
    expect_assert_failure(kfree(block));
}

static void free_behind_the_last_block(size_t size)
{
    char *block = kmalloc(size);
    char *end = (char *)((uintptr_t)block & ~(uintptr_t)(PAGE - 1)) + PAGE;
    char *behind = block + (size_t)(end - block) / size * size;
    assert_true(behind < end);
    expect_assert_failure(kfree(behind));
    fake_spinlocks_release();
    kfree(block);
}

/* In these slabs there is room behind it, though not for a block. */
static void test_a_pointer_behind_the_last_block_is_a_panic(void **state)
{
    (void)state;
    static const size_t sizes[] = {128, 256, 320, 384, 512, 800, 992};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        free_behind_the_last_block(sizes[i]);
}

static void test_a_pointer_that_is_not_the_heaps_is_a_panic(void **state)
{
    (void)state;
    char *page = aligned_alloc(PAGE, PAGE);
    memset(page, 0, PAGE);
    expect_assert_failure(kfree(page));
    expect_assert_failure(kfree(page + 1024));
    free(page);
}

static struct {
    unsigned char *address;
    size_t size;
    unsigned char fill;
} blocks[BLOCKS];

static void check_and_free(size_t i)
{
    for (size_t byte = 0; byte < blocks[i].size; byte++)
        assert_int_equal(blocks[i].address[byte], blocks[i].fill);
    kfree(blocks[i].address);
    blocks[i].address = NULL;
}

static void test_random_use_never_overlaps_and_returns_every_page(void **state)
{
    (void)state;
    srand(3);
    for (int step = 0; step < 100000; step++) {
        size_t i = (size_t)rand() % BLOCKS;
        if (blocks[i].address != NULL) {
            check_and_free(i);
            continue;
        }
        blocks[i].size =
            rand() % 50 == 0 ? 1 + (size_t)rand() % (4 * PAGE) : 1 + (size_t)rand() % 600;
        blocks[i].fill = (unsigned char)rand();
        blocks[i].address = kmalloc(blocks[i].size);
        assert_non_null(blocks[i].address);
        memset(blocks[i].address, blocks[i].fill, blocks[i].size);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        if (blocks[i].address != NULL)
            check_and_free(i);
    struct heap_statistics statistics;
    heap_get_statistics(&statistics);
    assert_int_equal(statistics.blocks, 0);
    assert_int_equal(statistics.bytes, 0);
    assert_int_equal(statistics.pages, 0);
    assert_int_equal(pages_out, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_size_is_aligned_and_writable, start_empty,
                                        drop_pages),
        cmocka_unit_test_setup_teardown(test_zero_bytes_and_null, start_empty, drop_pages),
        cmocka_unit_test_setup_teardown(test_zeroed_blocks_are_zero, start_empty, drop_pages),
        cmocka_unit_test_setup_teardown(test_running_out_is_told_and_survived, start_empty,
                                        drop_pages),
        cmocka_unit_test_setup_teardown(test_random_use_never_overlaps_and_returns_every_page,
                                        start_empty, drop_pages),
        cmocka_unit_test_setup_teardown(test_a_pointer_behind_the_last_block_is_a_panic,
                                        start_empty, drop_pages),
        cmocka_unit_test_setup_teardown(test_a_pointer_that_is_not_the_heaps_is_a_panic,
                                        start_empty, drop_pages),
        cmocka_unit_test_setup_teardown(test_misuse_is_a_panic, start_empty, drop_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
