/* What debug builds check of spinlocks: each misuse is a panic. */
#include "kernel/cpu/spinlock.c"
#include "tests/unit/fakes/processor.h"
#include "tests/unit/unit_test.h"

uint64_t fake_tsc;

static struct thread *const one = (struct thread *)1, *const other = (struct thread *)2;
static struct spinlock heap = SPINLOCK_IN_ORDER("heap", SPINLOCK_HEAP);
static struct spinlock frames = SPINLOCK_IN_ORDER("frames", SPINLOCK_FRAMES);
static struct spinlock unordered = SPINLOCK("unordered");

void locks_list(struct lock_record *record)
{
    (void)record;
}

/* --- Tests ----------------------------------------------------------------------------------- */

/* A panic leaves everything as it was in the middle. */
static int start_free(void **state)
{
    (void)state;
    this_cpu()->running = one;
    interrupts_are_on = true;
    this_cpu()->preempt_count = 0;
    this_cpu()->held_spinlocks = NULL;
    this_cpu()->spinlocks_held = 0;
    heap.taken_at = frames.taken_at = unordered.taken_at = NULL;
    return 0;
}

static void test_locks_in_order(void **state)
{
    (void)state;
    spin_lock(&heap);
    spin_lock(&frames);
    spin_lock(&unordered);
    spin_unlock(&heap);
    spin_unlock(&unordered);
    assert_false(interrupts_are_on);
    spin_unlock(&frames);
    assert_true(interrupts_are_on);
    spin_assert_none_held(NULL);
    assert_int_equal(this_cpu()->preempt_count, 0);
}

static void test_against_the_order(void **state)
{
    (void)state;
    spin_lock(&frames);
    expect_assert_failure(spin_lock(&heap));
}

static void test_taken_twice(void **state)
{
    (void)state;
    spin_lock(&unordered);
    expect_assert_failure(spin_lock(&unordered));
}

static void test_released_when_free(void **state)
{
    (void)state;
    expect_assert_failure(spin_unlock(&heap));
}

static void test_released_by_a_stranger(void **state)
{
    (void)state;
    spin_lock(&heap);
    this_cpu()->running = other;
    expect_assert_failure(spin_unlock(&heap));
}

static void test_blocking_with_a_lock(void **state)
{
    (void)state;
    spin_lock(&heap);
    expect_assert_failure(spin_assert_none_held(NULL));
}

static void test_figures(void **state)
{
    (void)state;
    uint64_t before = unordered.record.acquisitions;
    fake_tsc = 1000;
    spin_lock(&unordered);
    fake_tsc = 1500;
    spin_unlock(&unordered);
    assert_int_equal(unordered.record.acquisitions, before + 1);
    assert_int_equal(unordered.record.longest_hold, 500);
}

#define SPINLOCK_TEST(test) cmocka_unit_test_setup(test, start_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPINLOCK_TEST(test_locks_in_order),
        SPINLOCK_TEST(test_against_the_order),
        SPINLOCK_TEST(test_taken_twice),
        SPINLOCK_TEST(test_released_when_free),
        SPINLOCK_TEST(test_released_by_a_stranger),
        SPINLOCK_TEST(test_blocking_with_a_lock),
        SPINLOCK_TEST(test_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
