/* What the files of measurements share. For tests/bench only. */
#ifndef AETHEL_TESTS_BENCH_MEASURE_H
#define AETHEL_TESTS_BENCH_MEASURE_H

#include <stdint.h>

/* Creates a joinable thread; panics where there is none. Returns its tid. */
int bench_thread(void (*entry)(void *argument), void *argument, unsigned priority);

/* Prints `name: cost` on COM1. */
void report_cost(const char *name, uint64_t cost);

/* Prints the mean of so many that make `sum`, to a tenth. */
void report_mean(const char *name, uint64_t sum, uint64_t count);

#define ROUNDS 1000u

/* The least of many: without a tick in it, it repeats exactly. The first one is not among them: the
 * other threads may not have come to where they are in all later ones. */
#define LEAST(least, action)                 \
    uint64_t least = UINT64_MAX;             \
    action;                                  \
    for (unsigned i = 0; i < ROUNDS; i++) {  \
        uint64_t before = tsc_read();        \
        action;                              \
        uint64_t cost = tsc_read() - before; \
        least = cost < least ? cost : least; \
    }

/* Measures yields: as it is after the boot, and then with ten thousand threads, which leave their
 * traces in the heap, and under each policy. */
void bench_yields(void);
void bench_policies(void);

/* Measures ticks; and once more, beside 10,000 threads that sleep. */
void bench_ticks(void);
void bench_tick_beside_sleepers(void);

/* Measures what the life of a thread costs beside others. */
void bench_threads(void);

/* Measures what sched/sync offers; the round trip once more, under another name. */
void bench_synchronisation(void);
void bench_round_trip(const char *name);

/* Measures the loops of the Thread-Metric suite. */
void bench_thread_metric(void);

/* Measures what recording a trace adds. */
void bench_trace(void);

#endif
