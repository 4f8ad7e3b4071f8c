/*
 * What a context switch costs, by sample: the first switch after each tick is timed, so that the
 * others carry no more than one test. For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_SWITCH_COST_H
#define AETHEL_SCHED_SWITCH_COST_H

#include <stdbool.h>
#include <stdint.h>

/* Written through the functions below alone. */
extern bool switch_cost_is_due;
extern uint64_t switch_cost_started_at;

/* Asks for the next switch to be timed. */
static inline void switch_cost_request(void)
{
    switch_cost_is_due = true;
}

/* The switch to be timed began at TSC `now`. */
static inline void switch_cost_begin(uint64_t now)
{
    switch_cost_is_due = false;
    switch_cost_started_at = now;
}

/* It ends here, in the thread that was switched to. Called by switch_context.asm. */
void switch_cost_end(void);

/* Average and longest of the samples since the last reset, in TSC cycles; 0 without samples. */
void switch_cost_get(uint64_t *average_cycles, uint64_t *max_cycles);
void switch_cost_reset(void);

#endif
