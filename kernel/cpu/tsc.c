/* The rate of the time stamp counter, measured against the timer tick. */
#include "kernel/cpu/tsc.h"

/*
 * A window of this length gives a rate that is good to about one part in a thousand, since
 * a tick's handler is entered within microseconds. An emulator on a busy host loses ticks: so a
 * rate counts as settled only when two windows in a row agree.
 */
#define WINDOW_NS           32000000u
#define AGREEMENT_PER_MILLE 4u

#define NS_SHIFT 32 /* ns_per_cycle is a fixed point number with 32 fraction bits */

static uint64_t ns_per_cycle;

static uint64_t window_start;
static uint64_t previous_window_cycles;
static uint64_t window_ns;
static bool window_is_open;

static bool agree(uint64_t one, uint64_t other)
{
    uint64_t difference = one > other ? one - other : other - one;
    return difference * 1000 <= one * AGREEMENT_PER_MILLE;
}

static void set_rate(uint64_t cycles, uint64_t nanoseconds)
{
    if (cycles == 0)
        return;
    ns_per_cycle = (nanoseconds << NS_SHIFT) / cycles;
}

static void open_window(uint64_t now)
{
    window_start = now;
    window_ns = 0;
    window_is_open = true;
}

bool tsc_calibrate_on_tick(uint64_t elapsed_ns)
{
    uint64_t now = tsc_read();
    if (!window_is_open) {
        open_window(now);
        return true;
    }
    uint64_t cycles = now - window_start;
    window_ns += elapsed_ns;
    bool window_is_full = window_ns >= WINDOW_NS;
    if (previous_window_cycles == 0 || window_is_full)
        set_rate(cycles, window_ns);
    if (!window_is_full)
        return true;
    bool is_settled = agree(cycles, previous_window_cycles);
    previous_window_cycles = cycles;
    open_window(now);
    return !is_settled;
}

void tsc_refine(uint64_t cycles, uint64_t nanoseconds)
{
    set_rate(cycles, nanoseconds);
}

uint64_t tsc_rate(void)
{
    return ns_per_cycle;
}

uint64_t tsc_to_ns_at(uint64_t rate, uint64_t cycles)
{
    return (uint64_t)(((unsigned __int128)cycles * rate) >> NS_SHIFT);
}

uint64_t tsc_to_ns(uint64_t cycles)
{
    return tsc_to_ns_at(ns_per_cycle, cycles);
}

uint64_t tsc_from_ns(uint64_t nanoseconds)
{
    return ns_per_cycle != 0 ? (nanoseconds << NS_SHIFT) / ns_per_cycle : 0;
}
