/* Time as the scheduler counts it: in ticks of the interval timer. */
#ifndef AETHEL_SCHED_CLOCK_H
#define AETHEL_SCHED_CLOCK_H

#include <stdint.h>

#define TICK_HZ 1000u /* 1 tick = 1 ms, so that a quantum is told in milliseconds */

/* Ticks since the clock was started. Any context. */
uint64_t clock_ticks(void);

/* TSC when the tick that clock_ticks() counted last came, as exactly as it is known. Any context;
 * both belong together where interrupts are off in between. */
uint64_t clock_tick_began(void);

#endif
