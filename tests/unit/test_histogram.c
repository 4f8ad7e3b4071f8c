/* The logarithmic histogram, against a sorted list of the same values. */
#include <stdlib.h>
#include <string.h>

#include "kernel/lib/histogram.h"
#include "tests/unit/unit_test.h"

#define VALUES_MAX  2000u
#define LAST_BUCKET (HISTOGRAM_BUCKETS - 1)

static struct histogram histogram;
static uint64_t values[VALUES_MAX];
static unsigned count;

static int start_empty(void **state)
{
    (void)state;
    histogram = (struct histogram){0};
    count = 0;
    return 0;
}

static void add(uint64_t value)
{
    histogram_add(&histogram, value);
    values[count++] = value;
}

static void test_an_empty_one_tells_zero(void **state)
{
    (void)state;
    assert_int_equal(histogram_count(&histogram), 0);
    assert_int_equal(histogram.min, 0);
    assert_int_equal(histogram_average(&histogram), 0);
    assert_int_equal(histogram_max(&histogram), 0);
    for (unsigned permille = 0; permille <= 1000; permille += 50)
        assert_int_equal(histogram_percentile(&histogram, permille), 0);
}

static void test_one_value_is_all_of_its_figures(void **state)
{
    static const uint64_t alone[] = {0, 1, 63, 64, 100, 128, 1000000, 1ul << 33, 1ul << 50};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(alone); i++) {
        start_empty(NULL);
        add(alone[i]);
        assert_int_equal(histogram_count(&histogram), 1);
        assert_int_equal(histogram.min, alone[i]);
        assert_int_equal(histogram_average(&histogram), alone[i]);
        assert_int_equal(histogram_max(&histogram), alone[i]);
        assert_int_equal(histogram_percentile(&histogram, 1), alone[i]);
        assert_int_equal(histogram_percentile(&histogram, 500), alone[i]);
        assert_int_equal(histogram_percentile(&histogram, 1000), alone[i]);
    }
}

static void test_each_power_of_two_begins_a_bucket(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket_start(0), 0);
    assert_int_equal(histogram_bucket(0), 0);
    assert_int_equal(histogram_bucket((2ul << HISTOGRAM_FIRST_BITS) - 1), 0);
    for (unsigned bucket = 1; bucket < HISTOGRAM_BUCKETS; bucket++) {
        uint64_t start = 1ul << (HISTOGRAM_FIRST_BITS + bucket);
        assert_int_equal(histogram_bucket_start(bucket), start);
        assert_int_equal(histogram_bucket(start), bucket);
        assert_int_equal(histogram_bucket(start - 1), bucket - 1);
    }
}

static void test_the_last_bucket_takes_all_that_is_greater(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket(histogram_bucket_start(HISTOGRAM_BUCKETS)), LAST_BUCKET);
    assert_int_equal(histogram_bucket(1ul << 63), LAST_BUCKET);
    assert_int_equal(histogram_bucket(UINT64_MAX), LAST_BUCKET);
    add(1ul << 40);
    add(1ul << 50);
    assert_int_equal(histogram.counts[LAST_BUCKET], 2);
    assert_int_equal(histogram_max(&histogram), 1ul << 50);
    assert_uint_in_range(histogram_percentile(&histogram, 1000), 1ul << 40, 1ul << 50);
}

static void test_known_values_have_known_percentiles(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 90; i++)
        add(100); /* bucket 0 */
    for (unsigned i = 0; i < 9; i++)
        add(5000); /* 4096..8191 */
    add(70000);
    assert_int_equal(histogram_count(&histogram), 100);
    assert_int_equal(histogram.min, 100);
    assert_int_equal(histogram_max(&histogram), 70000);
    assert_int_equal(histogram_average(&histogram), (90 * 100 + 9 * 5000 + 70000) / 100);
    assert_uint_in_range(histogram_percentile(&histogram, 500), 100, 127);
    assert_uint_in_range(histogram_percentile(&histogram, 900), 100, 128);
    assert_uint_in_range(histogram_percentile(&histogram, 901), 4096, 8192);
    assert_uint_in_range(histogram_percentile(&histogram, 990), 4096, 8192);
    assert_int_equal(histogram_percentile(&histogram, 991), 70000);
    assert_int_equal(histogram_percentile(&histogram, 1000), 70000);
}

/* A thousand values spread evenly over one bucket: there the estimate is exact, but for rounding.
 */
static void test_evenly_spread_values_are_told_apart_within_a_bucket(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1024; i++)
        add(1024 + i);
    for (unsigned permille = 100; permille <= 1000; permille += 100) {
        uint64_t expected = 1024 + 1024 * permille / 1000;
        assert_uint_in_range(histogram_percentile(&histogram, permille), expected - 2,
                             expected + 2);
    }
}

static int compare(const void *left, const void *right)
{
    uint64_t one = *(const uint64_t *)left, other = *(const uint64_t *)right;
    return (one > other) - (one < other);
}

/* The value that so many of a thousand do not exceed, by counting. */
static uint64_t true_percentile(unsigned permille)
{
    uint64_t rank = ((uint64_t)count * permille + 999) / 1000;
    return values[rank - 1];
}

static void expect_agreement(void)
{
    uint64_t sum = 0, before = 0;
    qsort(values, count, sizeof(values[0]), compare);
    for (unsigned i = 0; i < count; i++)
        sum += values[i];
    assert_int_equal(histogram_count(&histogram), count);
    assert_int_equal(histogram.min, values[0]);
    assert_int_equal(histogram_max(&histogram), values[count - 1]);
    assert_int_equal(histogram_average(&histogram), sum / count);
    for (unsigned permille = 1; permille <= 1000; permille++) {
        uint64_t seen = histogram_percentile(&histogram, permille);
        unsigned bucket = histogram_bucket(true_percentile(permille));
        assert_true(seen >= before);
        assert_uint_in_range(seen, values[0], values[count - 1]);
        assert_true(seen >= histogram_bucket_start(bucket));
        if (bucket < LAST_BUCKET)
            assert_true(seen <= histogram_bucket_start(bucket + 1));
        before = seen;
    }
}

static void test_random_values_agree_with_a_sorted_list(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (unsigned round = 0; round < 100; round++) {
        start_empty(NULL);
        unsigned wanted = 1 + random_below(&seed, VALUES_MAX);
        while (count < wanted) {
            unsigned bits = random_below(&seed, 32);
            add(random_below(&seed, UINT32_MAX) >> bits);
        }
        expect_agreement();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_empty_one_tells_zero, start_empty),
        cmocka_unit_test_setup(test_one_value_is_all_of_its_figures, start_empty),
        cmocka_unit_test_setup(test_each_power_of_two_begins_a_bucket, start_empty),
        cmocka_unit_test_setup(test_the_last_bucket_takes_all_that_is_greater, start_empty),
        cmocka_unit_test_setup(test_known_values_have_known_percentiles, start_empty),
        cmocka_unit_test_setup(test_evenly_spread_values_are_told_apart_within_a_bucket,
                               start_empty),
        cmocka_unit_test_setup(test_random_values_agree_with_a_sorted_list, start_empty),
    };
    return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
