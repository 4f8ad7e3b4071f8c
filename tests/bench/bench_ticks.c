/* What a tick costs: alone, beside those that sleep, and with a switch. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"

/* All that comes at each sixteenth, hundredth or thousandth tick is in there as often as it should.
 */
#define TICKS_WATCHED 2000u

#define CYCLES_PER_TICK 1000000u /* an instruction takes a cycle, and a nanosecond */
#define LOOP_CYCLES     100000u  /* in which a loop's length is measured: no tick falls into them */

/* --- Without a switch ------------------------------------------------------------------------ */

struct tick_cost {
    uint64_t ticks, least, most, sum;
};

static void note_tick(struct tick_cost *cost, uint64_t cycles)
{
    static uint64_t latest;
    if (clock_ticks() == latest) /* it was another interrupt */
        return;
    latest = clock_ticks();
    cost->ticks++;
    cost->sum += cycles;
    if (cycles < cost->least)
        cost->least = cycles;
    if (cycles > cost->most)
        cost->most = cycles;
}

/*
 * A loop that only reads the clock sees each interrupt as a gap, of which the loop itself is what
 * two gaps in a row agree on.
 */
static __attribute__((noinline)) struct tick_cost watch_ticks(void)
{
    struct tick_cost cost = {.least = UINT64_MAX};
    uint64_t loop = 0, previous = 0;
    uint64_t last = tsc_read();
    while (cost.ticks < TICKS_WATCHED) {
        uint64_t now = tsc_read();
        uint64_t gap = now - last;
        last = now;
        if (gap == previous) {
            loop = gap;
            continue;
        }
        previous = gap;
        if (loop == 0 || gap <= 2 * loop)
            continue;
        note_tick(&cost, gap - loop);
        last = tsc_read();
    }
    return cost;
}

/* From a second's begin on: then each run sees the same. Harmony knows nothing any more of those
 * that ended, or were created, before. */
static struct tick_cost watch_two_seconds(void)
{
    thread_sleep_until((clock_ticks() / TICK_HZ + 3) * TICK_HZ);
    return watch_ticks();
}

static void bench_tick_without_switch(void)
{
    struct tick_cost cost = watch_two_seconds();
    report_cost("tick_without_switch_min", cost.least);
    report_mean("tick_without_switch_mean", cost.sum, cost.ticks);
    report_cost("tick_without_switch_max", cost.most);
}

void bench_tick_beside_sleepers(void)
{
    struct tick_cost cost = watch_two_seconds();
    report_mean("tick_without_switch_mean_10000_asleep", cost.sum, cost.ticks);
}

/* --- With a switch --------------------------------------------------------------------------- */

/* Goes round until TSC `end`. Returns how often. */
static __attribute__((noinline)) uint64_t spin_until(uint64_t end)
{
    uint64_t rounds = 0;
    while (tsc_read() < end)
        rounds++;
    return rounds;
}

static uint64_t spinning_ends_at;
static uint64_t rounds_of_all;

static void spin(void *argument)
{
    (void)argument;
    rounds_of_all += spin_until(spinning_ends_at);
}

/* Two spinners with a quantum of one tick: what is not in their rounds is in the ticks. */
static void bench_tick_with_switch(void)
{
    int tids[2];
    thread_sleep_until((clock_ticks() / TICK_HZ + 1) * TICK_HZ);
    uint64_t round_cycles = LOOP_CYCLES / spin_until(tsc_read() + LOOP_CYCLES);
    uint64_t began_at = tsc_read();
    quantum_set_ms(1);
    preemption_set(true);
    spinning_ends_at = began_at + TICKS_WATCHED * CYCLES_PER_TICK;
    for (unsigned i = 0; i < 2; i++)
        tids[i] = bench_thread(spin, NULL, THREAD_PRIORITY_DEFAULT - 1);
    for (unsigned i = 0; i < 2; i++)
        thread_join(tids[i], WAIT_FOREVER, NULL);
    preemption_set(false);
    quantum_set_ms(QUANTUM_MS_DEFAULT);
    report_mean("tick_with_switch_mean",
                TICKS_WATCHED * CYCLES_PER_TICK - rounds_of_all * round_cycles, TICKS_WATCHED);
}

void bench_ticks(void)
{
    bench_tick_without_switch();
    bench_tick_with_switch();
}
