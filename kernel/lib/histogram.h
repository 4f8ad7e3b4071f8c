/*
 * A logarithmic histogram: how many values there were of each power of two, and their least, their
 * greatest and their sum. Adding a value takes a dozen instructions. The caller excludes others.
 */
#ifndef AETHEL_KERNEL_LIB_HISTOGRAM_H
#define AETHEL_KERNEL_LIB_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS    28u
#define HISTOGRAM_FIRST_BITS 6u /* bucket 0: all below twice 2^6; bucket i: from 2^(6 + i) */

/* All zero: it is empty. */
struct histogram {
    uint64_t sum;
    uint64_t min;   /* 0 without values */
    uint64_t range; /* the greatest less the least */
    uint32_t counts[HISTOGRAM_BUCKETS];
};

/* The bucket of `value`. */
static inline unsigned histogram_bucket(uint64_t value)
{
    unsigned bits = 63 - (unsigned)__builtin_clzl(value | 1ul << HISTOGRAM_FIRST_BITS);
    unsigned bucket = bits - HISTOGRAM_FIRST_BITS;
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* `value`, which has been counted, lies outside of those before, or is the first. */
void histogram_widen(struct histogram *histogram, uint64_t value);

static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->counts[histogram_bucket(value)]++;
    histogram->sum += value;
    if (__builtin_expect(value - histogram->min > histogram->range, false))
        histogram_widen(histogram, value);
}

/* How many values there were. */
uint64_t histogram_count(const struct histogram *histogram);

/* The greatest of them, or 0. */
static inline uint64_t histogram_max(const struct histogram *histogram)
{
    return histogram->min + histogram->range;
}

/* Their average, or 0. */
uint64_t histogram_average(const struct histogram *histogram);

/*
 * The value that `permille` of a thousand values do not exceed, or 0 without values: exact to its
 * bucket, and taken to lie evenly in there.
 */
uint64_t histogram_percentile(const struct histogram *histogram, unsigned permille);

/* The least value of bucket `bucket` < HISTOGRAM_BUCKETS. */
uint64_t histogram_bucket_start(unsigned bucket);

#endif
