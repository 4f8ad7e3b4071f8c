/* The tick, for the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_TIMERS_TICK_H
#define AETHEL_SCHED_TIMERS_TICK_H

#include <stdint.h>

/*
 * The CPU is about to idle, or to idle on: ticks that would find nothing to do are left out.
 * Whoever lets a thread run has to call tick_resume() first: up to then clock_ticks() is behind.
 */
void tick_put_off(void);
void tick_resume(void);

#endif
