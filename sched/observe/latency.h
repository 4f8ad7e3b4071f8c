/*
 * How long the machine keeps others waiting: the timer's interrupt, because interrupts are off, and
 * a thread that is to run, because preemption is. Whoever lets them in at last is remembered: it is
 * the one who kept them out. For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_OBSERVE_LATENCY_H
#define AETHEL_SCHED_OBSERVE_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/histogram.h"
#include "sched/observe/suspects.h"

/* What a late interrupt of the timer has swallowed. */
struct tick_delay {
    uint32_t ticks;  /* that no interrupt has come for */
    uint64_t cycles; /* by which it was late */
    bool was_away;   /* the machine was: nobody in it had kept the interrupt waiting */
};

/* The timer's interrupt has come, and stands for `elapsed` ticks: to be called first of all.
 * Returns whether it has swallowed ticks: then latency_of_tick() tells of that. */
bool latency_on_tick(uint32_t elapsed);
const struct tick_delay *latency_of_tick(void);

/* Of latency.c, for the function below alone. */
extern uint64_t latency_tick_cycles;

/* The length of a tick in TSC cycles, as it is known now; 0 before the first tick. */
static inline uint64_t latency_cycles_per_tick(void)
{
    return latency_tick_cycles;
}

/* The timer's rhythm has been changed, after `elapsed` ticks for which no interrupt comes. */
void latency_tick_moved(uint32_t elapsed);

/* The timer has been set back to whole ticks just now, and after TSC `since`. */
void latency_begin_rhythm(uint64_t since);

/* TSC when the timer raised its interrupt for the latest tick, as far as it is known. */
uint64_t latency_tick_raised_at(void);

/* Of latency.c, for the functions below alone: TSC; 0: nobody waits. */
extern uint64_t latency_delayed_since;

/* A switch is due, for the first time since the last one was made or was not wanted any more. If
 * preemption is off, the time counts from now. */
static inline void latency_switch_wanted(bool has_to_wait)
{
    latency_delayed_since = has_to_wait ? tsc_read() : 0;
}

/* latency_switch_allowed(), where somebody waited. */
void latency_note_delay(uint64_t address);

/* The switch is made. Preemption has just been enabled at the instruction before `address`; 0: not
 * just now. */
static inline void latency_switch_allowed(uint64_t address)
{
    if (__builtin_expect(latency_delayed_since != 0, false))
        latency_note_delay(address);
}

/* The longest section since the reset that had the timer's interrupt, or a switch, wait. Each tick
 * is looked at, so a section is seen if a tick falls into it. */
const struct longest_delay *latency_of_interrupts(void);
const struct longest_delay *latency_of_preemption(void);

/* The longest latency of any tick since the reset, whoever is to blame, in TSC cycles. */
uint64_t latency_longest(void);

/* Likewise of any tick that nobody had kept waiting: there the machine was late, or its host. Those
 * are looked at that are sampled; and each, once somebody has kept one waiting for long. */
uint64_t latency_of_machine(void);

/* The latencies of every sixteenth tick, of some more and some fewer, since the reset, in TSC
 * cycles. */
const struct histogram *latency_samples(void);

void latency_reset(void);

#endif
