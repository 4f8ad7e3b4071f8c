/* Numbers that look like chance and follow from a seed. */
#ifndef AETHEL_KERNEL_LIB_RANDOM_H
#define AETHEL_KERNEL_LIB_RANDOM_H

#include <stdint.h>

/* The next number of SplitMix64 (Steele, Lea, Flood 2014), whose state begins as the seed: any will
 * do. The caller excludes others. */
static inline uint64_t random_next(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15;
    uint64_t mixed = (*state ^ *state >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

/* A number below `limit`, from the upper half of a linear congruence (Knuth, The Art of Computer
 * Programming, vol. 2, 3.3.4, table 1): for who draws at each switch, at a third of the price, and
 * cares for no more than how often each comes. The state begins likewise. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((*state >> 32) * limit >> 32);
}

#endif
