/* Chance, by a seed. */
#include "kernel/lib/random.h"
#include "tests/soak/soak.h"

static uint64_t state;

void chance_init(uint64_t seed)
{
    state = seed;
}

unsigned chance_below(unsigned limit)
{
    return (unsigned)(random_next(&state) >> 32) % limit;
}

bool chance_of_one_in(unsigned times)
{
    return chance_below(times) == 0;
}
