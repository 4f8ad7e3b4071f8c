/* What the results of many add up to. */
#include "shell/mixes/figures.h"

#define PERFECT 1000u

/* Shell sort: short, in place, and fast enough for a thousand values. */
void figures_sort(uint32_t *values, unsigned count)
{
    for (unsigned gap = count / 2; gap > 0; gap /= 2) {
        for (unsigned i = gap; i < count; i++) {
            uint32_t value = values[i];
            unsigned place = i;
            for (; place >= gap && values[place - gap] > value; place -= gap)
                values[place] = values[place - gap];
            values[place] = value;
        }
    }
}

uint32_t figures_percentile(const uint32_t *sorted, unsigned count, unsigned percent)
{
    unsigned rank = (count * percent + 99) / 100;
    return rank > 0 ? sorted[rank - 1] : 0;
}

unsigned figures_jain_permille(const uint32_t *values, unsigned count)
{
    uint64_t sum = 0, squares = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += values[i];
        squares += (uint64_t)values[i] * values[i];
    }
    return squares != 0 ? (unsigned)(sum * sum * PERFECT / (count * squares)) : PERFECT;
}
