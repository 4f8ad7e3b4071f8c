/* Chance, by a seed. */
#include "tests/soak/soak.h"

static uint64_t state;

void chance_init(uint64_t seed)
{
    state = seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014): any seed will do. */
static uint64_t next(void)
{
    state += 0x9E3779B97F4A7C15;
    uint64_t mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

unsigned chance_below(unsigned limit)
{
    return (unsigned)(next() >> 32) % limit;
}

bool chance_of_one_in(unsigned times)
{
    return chance_below(times) == 0;
}
