/* The frame allocator over memory maps as firmware really gives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "tests/unit/fakes/spinlock.h"

#define MEMORY_SIZE   0x1000000ul /* 16 MiB of fake physical memory */
#define KERNEL_END    0x180000ul
#define MIB           0x100000ul
#define ADDRESS_LIMIT (1ul << 36)

char *fake_physical_memory;
static struct boot_info boot_info;

static int start_with_memory(void **state)
{
    (void)state;
    fake_physical_memory = calloc(1, MEMORY_SIZE);
    memset(&boot_info, 0, sizeof(boot_info));
    return 0;
}

static int drop_memory(void **state)
{
    (void)state;
    fake_spinlocks_release();
    free(fake_physical_memory);
    return 0;
}

static void add(uint64_t base, uint64_t length, uint32_t type)
{
    boot_info.memory_map[boot_info.memory_entries++] =
        (struct boot_memory_entry){.base = base, .length = length, .type = type};
}

/* Takes every frame there is; `owner[frame]` counts how often each was given out. */
static size_t take_all(unsigned char *owner)
{
    size_t count = 0;
    uint64_t frame;
    while ((frame = frame_allocate()) != FRAME_NONE) {
        assert_int_equal(frame % FRAME_SIZE, 0);
        assert_true(frame < MEMORY_SIZE);
        owner[frame / FRAME_SIZE]++;
        count++;
    }
    return count;
}

static void test_each_frame_is_given_out_once(void **state)
{
    (void)state;
    unsigned char owner[MEMORY_SIZE / FRAME_SIZE] = {0};
    add(0, 0x9FC00, BOOT_MEMORY_USABLE);
    add(0x9FC00, 0x400, BOOT_MEMORY_RESERVED);
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    assert_int_equal(frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT), 16 * MIB);
    size_t available = frames_available();
    assert_int_equal(available, frames_total());
    assert_int_equal(take_all(owner), available);
    assert_int_equal(frames_available(), 0);
    for (size_t frame = 0; frame < MEMORY_SIZE / FRAME_SIZE; frame++) {
        assert_true(owner[frame] <= 1);
        if (frame * FRAME_SIZE < KERNEL_END)
            assert_int_equal(owner[frame], 0);
    }
}

/* Unsorted, overlapping, unaligned, a reserved hole inside of usable memory, an empty entry. */
static void test_reserved_wins_in_an_ugly_map(void **state)
{
    (void)state;
    unsigned char owner[MEMORY_SIZE / FRAME_SIZE] = {0};
    add(8 * MIB + 1, 4 * MIB, BOOT_MEMORY_USABLE);
    add(3 * MIB + 0x10, 0x20, BOOT_MEMORY_RESERVED);
    add(MIB, 6 * MIB, BOOT_MEMORY_USABLE);
    add(2 * MIB, 6 * MIB, BOOT_MEMORY_USABLE);
    add(5 * MIB, 0, BOOT_MEMORY_RESERVED);
    add(9 * MIB, MIB, BOOT_MEMORY_ACPI_NVS);
    add(KERNEL_END, 0x3000, 77); /* unknown types are reserved, and the bitmap must avoid them */
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    take_all(owner);
    assert_int_equal(owner[3 * MIB / FRAME_SIZE], 0);
    assert_int_equal(owner[8 * MIB / FRAME_SIZE], 0);     /* only partly usable */
    assert_int_equal(owner[8 * MIB / FRAME_SIZE + 2], 1); /* the bitmap took the one before */
    assert_int_equal(owner[12 * MIB / FRAME_SIZE - 1], 1);
    assert_int_equal(owner[12 * MIB / FRAME_SIZE], 0);
    for (uint64_t at = 9 * MIB; at < 10 * MIB; at += FRAME_SIZE)
        assert_int_equal(owner[at / FRAME_SIZE], 0);
    for (uint64_t at = KERNEL_END; at < KERNEL_END + 0x3000; at += FRAME_SIZE)
        assert_int_equal(owner[at / FRAME_SIZE], 0);
}

static void test_a_freed_frame_can_be_had_again(void **state)
{
    (void)state;
    unsigned char owner[MEMORY_SIZE / FRAME_SIZE] = {0};
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    take_all(owner);
    frames_free_run(5 * MIB, 1);
    assert_int_equal(frames_available(), 1);
    assert_int_equal(frame_allocate(), 5 * MIB);
    assert_true(frame_allocate() == FRAME_NONE);
}

static void test_runs_are_contiguous(void **state)
{
    (void)state;
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    size_t before = frames_available();
    uint64_t one = frames_allocate_run(100);
    uint64_t other = frames_allocate_run(50);
    assert_true(one != FRAME_NONE && other != FRAME_NONE);
    assert_true(other >= one + 100 * FRAME_SIZE || other + 50 * FRAME_SIZE <= one);
    assert_int_equal(frames_available(), before - 150);
    assert_true(frames_allocate_run(100000) == FRAME_NONE);
    frames_free_run(one, 100);
    frames_free_run(other, 50);
    assert_int_equal(frames_available(), before);
}

static void test_too_little_memory_is_a_panic(void **state)
{
    (void)state;
    add(0, 0x9FC00, BOOT_MEMORY_USABLE);
    expect_assert_failure(frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT));
}

static void test_memory_beyond_the_processors_addresses_is_left_out(void **state)
{
    (void)state;
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    add(ADDRESS_LIMIT, MIB, BOOT_MEMORY_USABLE);
    add(1ul << 52, 1ul << 40, BOOT_MEMORY_USABLE);
    assert_int_equal(frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT), 16 * MIB);
    boot_info.memory_entries = 0;
    add(MIB, UINT64_MAX - MIB, BOOT_MEMORY_USABLE);
    assert_int_equal(frames_init(&boot_info, KERNEL_END, 16 * MIB), 16 * MIB);
}

static bool is_free(uint64_t physical)
{
    unsigned char owner[MEMORY_SIZE / FRAME_SIZE] = {0};
    take_all(owner);
    return owner[physical / FRAME_SIZE] != 0;
}

/* base + length, in 64 bits, is below base. */
static void test_a_reserved_entry_whose_end_wraps_is_kept_free(void **state)
{
    (void)state;
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    add(8 * MIB, UINT64_MAX - MIB, BOOT_MEMORY_RESERVED);
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    assert_false(is_free(9 * MIB));
}

static void test_a_usable_entry_whose_end_wraps_ends_with_the_addresses(void **state)
{
    (void)state;
    add(MIB, UINT64_MAX, BOOT_MEMORY_USABLE);
    assert_int_equal(frames_init(&boot_info, KERNEL_END, 16 * MIB), 16 * MIB);
    assert_true(is_free(9 * MIB));
}

static void test_a_sliver_at_the_very_top_frees_nothing_else(void **state)
{
    (void)state;
    add(MIB, 7 * MIB, BOOT_MEMORY_USABLE);
    add(12 * MIB, 4 * MIB, BOOT_MEMORY_USABLE);
    add(UINT64_MAX - 0x7FF, 0x7FF, BOOT_MEMORY_USABLE);
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    assert_false(is_free(9 * MIB));
}

static void test_freeing_twice_is_a_panic(void **state)
{
    (void)state;
    add(MIB, 15 * MIB, BOOT_MEMORY_USABLE);
    frames_init(&boot_info, KERNEL_END, ADDRESS_LIMIT);
    uint64_t frame = frame_allocate();
    frames_free(&frame, 1);
    expect_assert_failure(frames_free(&frame, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_frame_is_given_out_once, start_with_memory,
                                        drop_memory),
        cmocka_unit_test_setup_teardown(test_reserved_wins_in_an_ugly_map, start_with_memory,
                                        drop_memory),
        cmocka_unit_test_setup_teardown(test_a_freed_frame_can_be_had_again, start_with_memory,
                                        drop_memory),
        cmocka_unit_test_setup_teardown(test_runs_are_contiguous, start_with_memory, drop_memory),
        cmocka_unit_test_setup_teardown(test_too_little_memory_is_a_panic, start_with_memory,
                                        drop_memory),
        cmocka_unit_test_setup_teardown(test_memory_beyond_the_processors_addresses_is_left_out,
                                        start_with_memory, drop_memory),
        cmocka_unit_test_setup_teardown(test_a_reserved_entry_whose_end_wraps_is_kept_free,
                                        start_with_memory, drop_memory),
        cmocka_unit_test_setup_teardown(test_a_usable_entry_whose_end_wraps_ends_with_the_addresses,
                                        start_with_memory, drop_memory),
        cmocka_unit_test_setup_teardown(test_a_sliver_at_the_very_top_frees_nothing_else,
                                        start_with_memory, drop_memory),
        cmocka_unit_test_setup_teardown(test_freeing_twice_is_a_panic, start_with_memory,
                                        drop_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
