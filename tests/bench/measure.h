/* What the files of measurements share. For tests/bench only. */
#ifndef AETHEL_TESTS_BENCH_MEASURE_H
#define AETHEL_TESTS_BENCH_MEASURE_H

#include <stdint.h>

/* Creates a joinable thread; panics where there is none. Returns its tid. */
int bench_thread(void (*entry)(void *argument), void *argument, unsigned priority);

/* Prints `name: cost` on COM1. */
void report_cost(const char *name, uint64_t cost);

/* Measures what sched/sync offers. */
void bench_synchronisation(void);

#endif
