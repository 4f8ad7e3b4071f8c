/* Sorting, percentiles and Jain's index. */
#include "shell/mixes/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define VALUES 1000u

static void sorts(void **state)
{
    (void)state;
    uint32_t values[VALUES];
    uint32_t value = 1;
    for (unsigned i = 0; i < VALUES; i++) {
        value = value * 1103515245u + 12345u;
        values[i] = value >> 16;
    }
    uint64_t sum_before = 0, sum_after = 0;
    for (unsigned i = 0; i < VALUES; i++)
        sum_before += values[i];
    figures_sort(values, VALUES);
    for (unsigned i = 0; i < VALUES; i++) {
        sum_after += values[i];
        assert_true(i == 0 || values[i - 1] <= values[i]);
    }
    assert_int_equal(sum_before, sum_after);
}

static void sorts_none_and_one(void **state)
{
    (void)state;
    uint32_t value = 7;
    figures_sort(&value, 0);
    figures_sort(&value, 1);
    assert_int_equal(value, 7);
}

static void percentiles_are_values(void **state)
{
    (void)state;
    uint32_t values[100];
    for (unsigned i = 0; i < 100; i++)
        values[i] = i + 1;
    assert_int_equal(figures_percentile(values, 100, 50), 50);
    assert_int_equal(figures_percentile(values, 100, 99), 99);
    assert_int_equal(figures_percentile(values, 100, 100), 100);
    assert_int_equal(figures_percentile(values, 3, 50), 2);
    assert_int_equal(figures_percentile(values, 3, 99), 3);
    assert_int_equal(figures_percentile(values, 0, 50), 0);
}

static void jain_tells_even_from_uneven(void **state)
{
    (void)state;
    const uint32_t even[] = {5, 5, 5, 5}, one_has_all[] = {0, 9, 0, 0}, double_share[] = {1, 2};
    const uint32_t large[] = {1u << 24, 1u << 24, 1u << 24, 1u << 24,
                              1u << 24, 1u << 24, 1u << 24, 1u << 24};
    assert_int_equal(figures_jain_permille(even, 4), 1000);
    assert_int_equal(figures_jain_permille(one_has_all, 4), 250);
    assert_int_equal(figures_jain_permille(double_share, 2), 900);
    assert_int_equal(figures_jain_permille(large, 8), 1000);
    assert_int_equal(figures_jain_permille(even, 0), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts),
        cmocka_unit_test(sorts_none_and_one),
        cmocka_unit_test(percentiles_are_values),
        cmocka_unit_test(jain_tells_even_from_uneven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
