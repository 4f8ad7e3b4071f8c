/* The kernel's one timer queue, run by the tick. For the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_TIMERS_TIMERS_H
#define AETHEL_SCHED_TIMERS_TIMERS_H

#include "sched/timer_queue.h"

/* Arms `timer` for the absolute tick `deadline`, which must lie in the future. */
void timers_arm(struct timer *timer, uint64_t deadline);

/* Disarms `timer`, if it is armed. */
void timers_cancel(struct timer *timer);

/* Starts with no timers. Boot only. */
void timers_init(void);

#endif
