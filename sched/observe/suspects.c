/* A handful of those who have kept the timer's interrupt waiting for a tick at least once. */
#include "sched/observe/suspects.h"

#include <stddef.h>

#define SUSPECTS 8u
#define SEVERAL  3u

struct suspect {
    struct longest_delay longest;
    uint32_t long_delays; /* of a tick or more; 0: nobody is here */
    uint32_t short_delays;
};

static struct suspect suspects[SUSPECTS];

static bool is_same(const struct longest_delay *one, const struct longest_delay *other)
{
    return one->handler == other->handler &&
           (one->handler != NULL || one->address == other->address);
}

static struct suspect *find(const struct longest_delay *delay)
{
    for (size_t i = 0; i < SUSPECTS; i++) {
        if (suspects[i].long_delays > 0 && is_same(&suspects[i].longest, delay))
            return &suspects[i];
    }
    return NULL;
}

/* In the place of the one with the fewest. */
static struct suspect *begin(void)
{
    struct suspect *suspect = &suspects[0];
    for (size_t i = 1; i < SUSPECTS; i++) {
        if (suspects[i].long_delays < suspect->long_delays)
            suspect = &suspects[i];
    }
    *suspect = (struct suspect){0};
    return suspect;
}

void suspects_note(const struct longest_delay *delay, bool is_long)
{
    struct suspect *suspect = find(delay);
    if (suspect == NULL && !is_long)
        return;
    if (suspect == NULL)
        suspect = begin();
    suspect->long_delays += is_long;
    suspect->short_delays += !is_long;
    if (delay->cycles > suspect->longest.cycles)
        suspect->longest = *delay;
}

struct longest_delay suspects_worst(void)
{
    struct longest_delay worst = {0};
    for (size_t i = 0; i < SUSPECTS; i++) {
        const struct suspect *suspect = &suspects[i];
        if (suspect->long_delays >= SEVERAL && suspect->long_delays > suspect->short_delays &&
            suspect->longest.cycles > worst.cycles)
            worst = suspect->longest;
    }
    return worst;
}

void suspects_reset(void)
{
    for (size_t i = 0; i < SUSPECTS; i++)
        suspects[i] = (struct suspect){0};
}
