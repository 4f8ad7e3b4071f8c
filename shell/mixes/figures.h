/* What the results of many add up to. Pure arithmetic. */
#ifndef AETHEL_SHELL_MIXES_FIGURES_H
#define AETHEL_SHELL_MIXES_FIGURES_H

#include <stdint.h>

/* Sorts `values` in ascending order. */
void figures_sort(uint32_t *values, unsigned count);

/* The least of the sorted `values` that at least `percent` of a hundred do not exceed; 0 without
 * any. */
uint32_t figures_percentile(const uint32_t *sorted, unsigned count, unsigned percent);

/* Jain's index of `values`, in thousandths: 1000 if all are the same, 1000 / count if one has all.
 * 1000 without any. No value may be above 2^24. */
unsigned figures_jain_permille(const uint32_t *values, unsigned count);

#endif
