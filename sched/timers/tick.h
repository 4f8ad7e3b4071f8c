/* The tick, for the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_TIMERS_TICK_H
#define AETHEL_SCHED_TIMERS_TICK_H

#include <stdint.h>

/*
 * The CPU is about to idle: ticks that would find nothing to do are left out. Whoever wakes it has
 * to call tick_resume() before anybody asks for the time.
 */
void tick_put_off(void);
void tick_resume(void);

#endif
