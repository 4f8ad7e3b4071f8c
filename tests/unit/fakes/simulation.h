/*
 * The real scheduler (core, policies, harmony, timers) on a simulated machine: threads are control
 * blocks without a stack that compute for so long, then sleep or yield, in virtual time. A cycle is
 * a nanosecond, a switch takes no time.
 */
#ifndef AETHEL_TESTS_UNIT_FAKES_SIMULATION_H
#define AETHEL_TESTS_UNIT_FAKES_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/state/control_block.h"

#define NS_PER_MS 1000000ull

/* What a thread does, over and over. */
struct behaviour {
    uint64_t burst_ns; /* computes for so long; 0: for ever */
    uint64_t sleep_ms; /* then sleeps; 0: yields */
};

struct simulated_thread {
    struct thread thread;
    struct behaviour behaviour;
    uint64_t left_ns;     /* of its burst */
    uint64_t counted_ns;  /* of its run time: see simulation_count() */
    uint64_t longest_lag; /* ticks between its wakeup and its next run, at most */
    uint64_t woken_at;    /* TSC; 0: it has run since */
};

/* An empty machine, under preemption with the given quantum and policy prio. */
void simulation_begin(unsigned quantum_ms);

/* Takes all threads away again. */
void simulation_end(void);

/* Adds a thread that is ready. The caller has zeroed `added`, which lives until the end. */
void simulation_add(struct simulated_thread *added, unsigned priority, struct behaviour behaviour);

/* Lets that much time pass. */
void simulate_ms(uint64_t milliseconds);

/* The machine is away for so long: its clocks have gone on. */
void simulation_steal(uint64_t ns);

/* From now on a tick comes behind each critical section, and finds all ready threads counted. */
void simulate_ticks_everywhere(bool everywhere);

/* Switches if somebody has asked for it, as every way out of the scheduler does. */
void simulation_settle(void);

/* The run time of `thread` since this was asked last, in ns. */
uint64_t simulation_count(struct simulated_thread *thread);

/* How many threads are ready, by their states. */
unsigned simulation_count_ready(void);

#endif
