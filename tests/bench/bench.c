/* What switching, ticking and creating cost, as `name: value` lines on COM1. */
#include "tests/bench/bench.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/panic.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "tests/bench/measure.h"
#include "tests/kernel/report.h"

#define CREATIONS     500u
#define TICKS_WATCHED 200u
#define SLEEPERS      1000u
#define SLEEP_LONG_MS 1000000

int bench_thread(void (*entry)(void *argument), void *argument, unsigned priority)
{
    int tid = thread_create(&(struct thread_attributes){
        .name = "bench", .entry = entry, .argument = argument, .priority = priority});
    if (tid < 0)
        panic("bench: no thread: error %d", tid);
    return tid;
}

void report_cost(const char *name, uint64_t cost)
{
    report("%s: %lu\r\n", name, cost);
}

/* --- Ticks ----------------------------------------------------------------------------------- */

/*
 * A loop that only reads the clock sees a tick as a gap. The smallest gap is the loop itself, the
 * gap at a tick less that is the tick: entry, handler, EOI, exit.
 */
struct tick_cost {
    uint64_t min, average, max;
};

static struct tick_cost watch_ticks(void)
{
    struct tick_cost tick = {.min = UINT64_MAX};
    uint64_t smallest_gap = UINT64_MAX, sum = 0;
    uint64_t seen = 0;
    uint64_t last_tick = clock_ticks();
    uint64_t last = tsc_read();
    while (seen < TICKS_WATCHED) {
        uint64_t now = tsc_read();
        uint64_t gap = now - last;
        last = now;
        if (gap < smallest_gap)
            smallest_gap = gap;
        if (clock_ticks() == last_tick)
            continue;
        last_tick = clock_ticks();
        /* The tick may have come after this gap: then it is in the next one. */
        uint64_t next = tsc_read();
        if (next - last > gap)
            gap = next - last;
        last = tsc_read();
        uint64_t cost = gap - smallest_gap;
        sum += cost;
        if (cost < tick.min)
            tick.min = cost;
        if (cost > tick.max)
            tick.max = cost;
        seen++;
    }
    tick.average = sum / seen;
    return tick;
}

static void sleep_long(void *argument)
{
    (void)argument;
    thread_sleep_ms(SLEEP_LONG_MS);
}

static void bench_tick_without_switch(void)
{
    static int tids[SLEEPERS];
    struct tick_cost tick = watch_ticks();
    report_cost("tick_without_switch_min", tick.min);
    report_cost("tick_without_switch_average", tick.average);
    report_cost("tick_without_switch_max", tick.max);

    for (unsigned i = 0; i < SLEEPERS; i++)
        tids[i] = bench_thread(sleep_long, NULL, THREAD_PRIORITY_DEFAULT);
    thread_yield();
    report_cost("tick_with_1000_sleepers_min", watch_ticks().min);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        thread_kill(tids[i]);
        thread_join(tids[i], WAIT_FOREVER, NULL);
    }
}

/*
 * Two spinners with a quantum of one tick. Each notes when it saw the clock for the last time
 * before it lost the CPU, and for the first time after it got it back: from the one's last look
 * to the other's first runs the tick that switched them.
 */
struct spinner {
    unsigned turns;
    uint64_t left_at[TICKS_WATCHED];
    uint64_t back_at[TICKS_WATCHED];
};

static struct spinner spinners[2];

#define NS_PER_TICK 1000000u

static void spin_and_note(void *argument)
{
    struct spinner *self = argument;
    uint64_t last = tsc_read();
    while (spinners[0].turns < TICKS_WATCHED && spinners[1].turns < TICKS_WATCHED) {
        uint64_t now = tsc_read();
        if (now - last > NS_PER_TICK / 2) { /* away for the other's turn, not for a tick alone */
            self->left_at[self->turns] = last;
            self->back_at[self->turns] = now;
            self->turns++;
        }
        last = now;
    }
}

/* The time from the other's last look before `back` to `back`. */
static uint64_t switch_gap(const struct spinner *other, uint64_t back)
{
    uint64_t left = 0;
    for (unsigned i = 0; i < other->turns; i++)
        if (other->left_at[i] < back && other->left_at[i] > left)
            left = other->left_at[i];
    return back - left;
}

static void bench_tick_with_switch(void)
{
    uint64_t gap_min = UINT64_MAX, gap_sum = 0;
    int tids[2];
    quantum_set_ms(1);
    preemption_set(true);
    for (unsigned i = 0; i < 2; i++)
        tids[i] = bench_thread(spin_and_note, &spinners[i], THREAD_PRIORITY_DEFAULT - 1);
    for (unsigned i = 0; i < 2; i++)
        thread_join(tids[i], WAIT_FOREVER, NULL);
    preemption_set(false);
    quantum_set_ms(QUANTUM_MS_DEFAULT);

    /* The first and the last turns may have had no counterpart. */
    unsigned turns = spinners[0].turns - 1;
    for (unsigned i = 1; i < turns; i++) {
        uint64_t gap = switch_gap(&spinners[1], spinners[0].back_at[i]);
        gap_sum += gap;
        if (gap < gap_min)
            gap_min = gap;
    }
    report_cost("tick_with_switch_min", gap_min);
    report_cost("tick_with_switch_average", gap_sum / (turns - 1));
}

/* --- Threads --------------------------------------------------------------------------------- */

static void do_nothing(void *argument)
{
    (void)argument;
}

static void bench_create_to_join(void)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < CREATIONS; i++) {
        uint64_t before = tsc_read();
        thread_join(bench_thread(do_nothing, NULL, THREAD_PRIORITY_DEFAULT), WAIT_FOREVER, NULL);
        uint64_t cost = tsc_read() - before;
        if (cost < best)
            best = cost;
    }
    report_cost("create_run_join", best);
}

/* --- Boot ------------------------------------------------------------------------------------ */

/* Milliseconds: under icount, a cycle is a nanosecond of virtual time. */
static void print_cycles(const char *name, uint64_t cycles)
{
    report("%s: %lu.%06lu\r\n", name, cycles / 1000000, cycles % 1000000);
}

static void report_boot(const struct boot_info *boot_info, uint64_t prompt)
{
    print_cycles("boot_to_64_bit_entry_ms", boot_info->handover_tsc - boot_info->start_tsc);
    print_cycles("boot_to_prompt_ms", prompt - boot_info->start_tsc);
}

static void run_all(void *argument)
{
    uint64_t prompt = tsc_read(); /* the shells are more urgent: both wait for input by now */
    thread_sleep_ms(400);         /* the TSC is calibrated, the boot's last output is gone */
    report("\r\n");
    report_boot(argument, prompt);
    bench_yields();
    bench_create_to_join();
    bench_tick_without_switch();
    bench_tick_with_switch();
    bench_synchronisation();
    bench_trace();
    bench_policies();
    report_end(true);
}

void bench_start(const struct boot_info *boot_info)
{
    bench_thread(run_all, (void *)boot_info, THREAD_PRIORITY_DEFAULT);
}
