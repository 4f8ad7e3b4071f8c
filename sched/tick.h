/* What the tick has measured. For the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_TICK_H
#define AETHEL_SCHED_TICK_H

#include <stdint.h>

/* The longest time from the timer raising its line to its handler's entry, since the reset. */
uint64_t tick_latency_max_ns(void);
void tick_reset_latency(void);

#endif
