/* Spare stacks. */
#include "sched/threads/spare_stacks.h"

#include "kernel/cpu/tsc.h"
#include "kernel/mm/stacks.h"

#define SPARES_MAX 8u

/*
 * Painting a stack costs about as much as all the rest of a thread's life, if that is short. So of
 * spare ones no more are painted than one in PAINT_INTERVAL, which is a hundredth of the
 * processor's time; after a pause, PAINTS_AT_ONCE of them at once. In TSC cycles.
 */
#define PAINT_INTERVAL (1ul << 17)
#define PAINTS_AT_ONCE 16u

struct spare {
    uint64_t top;
    uint32_t size;
    bool was_asked;
};

static struct spare spares[SPARES_MAX]; /* the one that was left last is the last */
static unsigned count;
static uint64_t paid_until; /* TSC: all intervals before it have had their painting */

/* Whether a painting can be afforded now: if so, it counts as done. */
static bool can_afford_painting(void)
{
    uint64_t now = tsc_read();
    uint64_t savings = now - paid_until; /* more than there is time where the TSC went back */
    if (savings > PAINTS_AT_ONCE * PAINT_INTERVAL)
        savings = PAINTS_AT_ONCE * PAINT_INTERVAL;
    if (savings < PAINT_INTERVAL)
        return false;
    paid_until = now - savings + PAINT_INTERVAL;
    return true;
}

/* Takes out spare `index`: those behind it move up. */
static void take_out(unsigned index)
{
    count--;
    for (; index < count; index++)
        spares[index] = spares[index + 1];
}

/* The one that was left last of those of `size` bytes, or `count`. Mostly all are. */
static unsigned find(size_t size)
{
    for (unsigned index = count; index-- > 0;) {
        if (spares[index].size == size)
            return index;
    }
    return count;
}

uint64_t spare_stack_take(size_t size)
{
    unsigned index = find(size);
    if (index == count)
        return 0;
    uint64_t top = spares[index].top;
    bool was_asked = spares[index].was_asked;
    take_out(index);
    if (was_asked || can_afford_painting())
        stack_paint(top, size);
    return top;
}

void spare_stack_keep(uint64_t top, size_t size, bool was_asked)
{
    if (count == SPARES_MAX) {
        stack_free(spares[0].top);
        take_out(0);
    }
    spares[count++] = (struct spare){top, (uint32_t)size, was_asked};
}

bool spare_stacks_release(void)
{
    bool were_there = count > 0;
    while (count > 0)
        stack_free(spares[--count].top);
    return were_there;
}

size_t spare_stacks_size(void)
{
    uint64_t tops[SPARES_MAX];
    for (unsigned i = 0; i < count; i++)
        tops[i] = spares[i].top;
    return stacks_memory(tops, count);
}
