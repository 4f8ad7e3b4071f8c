/*
 * The room sched/timers/ is time as threads know it: the tick, and what becomes due at one.
 *
 * Entered by: sched/sync/ for timeouts, sched/threads/ for sleeps and for the idle thread.
 * Invariant: a timer expires at the first tick that is not before its deadline, in the order of
 * deadlines; clock_ticks() never goes back. Interrupts off.
 *
 * The kernel's one timer queue, run by the tick.
 */
#ifndef AETHEL_SCHED_TIMERS_TIMERS_H
#define AETHEL_SCHED_TIMERS_TIMERS_H

#include "sched/timer_queue.h"

/* Arms `timer` for the absolute tick `deadline`, which must lie in the future. */
void timers_arm(struct timer *timer, uint64_t deadline);

/* Disarms `timer`, if it is armed. */
void timers_cancel(struct timer *timer);

/* For how long timers have been expiring one behind the other, and no thread has run, in whole
 * ticks. In an expiring timer only. */
uint64_t timers_busy_ticks(void);

/* The tick that it is: those that have passed in a handler are counted later. In an expiring timer
 * only. */
uint64_t timers_now(void);

/* Starts with no timers. Boot only. */
void timers_init(void);

#endif
