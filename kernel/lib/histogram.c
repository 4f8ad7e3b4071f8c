/* What a histogram tells. */
#include "kernel/lib/histogram.h"

uint64_t histogram_count(const struct histogram *histogram)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        count += histogram->counts[i];
    return count;
}

void histogram_widen(struct histogram *histogram, uint64_t value)
{
    uint64_t max = histogram_max(histogram);
    bool is_first = histogram_count(histogram) == 1;
    if (is_first || value < histogram->min)
        histogram->min = value;
    if (value > max)
        max = value;
    histogram->range = max - histogram->min;
}

uint64_t histogram_average(const struct histogram *histogram)
{
    uint64_t count = histogram_count(histogram);
    return count != 0 ? histogram->sum / count : 0;
}

uint64_t histogram_bucket_start(unsigned bucket)
{
    return bucket != 0 ? 1ul << (HISTOGRAM_FIRST_BITS + bucket) : 0;
}

static uint64_t limit(uint64_t value, uint64_t min, uint64_t max)
{
    if (value < min)
        return min;
    return value < max ? value : max;
}

uint64_t histogram_percentile(const struct histogram *histogram, unsigned permille)
{
    uint64_t below =
        (histogram_count(histogram) * permille + 999) / 1000; /* that many, rounded up */
    unsigned bucket = 0;
    while (bucket + 1 < HISTOGRAM_BUCKETS && below > histogram->counts[bucket])
        below -= histogram->counts[bucket++];
    if (histogram->counts[bucket] == 0)
        return 0;
    uint64_t start = histogram_bucket_start(bucket);
    uint64_t width = histogram_bucket_start(bucket + 1) - start;
    return limit(start + width * below / histogram->counts[bucket], histogram->min,
                 histogram_max(histogram));
}
