/*
 * Memory that fails, and ticks that come late. The linker has every call of these functions come
 * here first (ld's --wrap).
 */
#include "kernel/cpu/tsc.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/heap.h"
#include "tests/soak/soak.h"

#define REFUSED_ONE_IN 20u  /* allocations */
#define LATE_ONE_IN    400u /* calls of the timer */
#define LATE_MS_MAX    25u
#define NS_PER_MS      1000000ul

static bool is_on;
static uint64_t refused, late;

void *__real_kmalloc(size_t size);
void *__real_kmalloc_zeroed(size_t size);
bool __real_frames_allocate(uint64_t *physical, size_t count);
uint64_t __real_frames_allocate_run(size_t count);
void *__wrap_kmalloc(size_t size);
void *__wrap_kmalloc_zeroed(size_t size);
bool __wrap_frames_allocate(uint64_t *physical, size_t count);
uint64_t __wrap_frames_allocate_run(size_t count);

static bool is_refused(void)
{
    bool is_bad_day = is_on && chance_of_one_in(REFUSED_ONE_IN);
    refused += is_bad_day;
    return is_bad_day;
}

void *__wrap_kmalloc(size_t size)
{
    return is_refused() ? NULL : __real_kmalloc(size);
}

void *__wrap_kmalloc_zeroed(size_t size)
{
    return is_refused() ? NULL : __real_kmalloc_zeroed(size);
}

bool __wrap_frames_allocate(uint64_t *physical, size_t count)
{
    return !is_refused() && __real_frames_allocate(physical, count);
}

uint64_t __wrap_frames_allocate_run(size_t count)
{
    return is_refused() ? FRAME_NONE : __real_frames_allocate_run(count);
}

void misfortunes_set(bool on)
{
    is_on = on;
}

void misfortunes_act(void)
{
    if (!is_on || !chance_of_one_in(LATE_ONE_IN))
        return;
    late++;
    uint64_t began_at = tsc_read();
    uint64_t ns = (1 + chance_below(LATE_MS_MAX)) * NS_PER_MS;
    while (tsc_to_ns(tsc_read() - began_at) < ns)
        ;
}

uint64_t misfortunes_refused(void)
{
    return refused;
}

uint64_t misfortunes_late(void)
{
    return late;
}
