/*
 * Software timers: a function that is called when a time has passed, once or again and again.
 */
#ifndef AETHEL_SCHED_SOFTWARE_TIMER_H
#define AETHEL_SCHED_SOFTWARE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/timer_queue.h"

struct software_timer {
    struct timer timer;
    void (*callback)(void *argument);
    void *argument;
    uint64_t period_ticks; /* 0: once */
    uint64_t left_out;     /* calls that were left out: see below */
    uint64_t quiet_until;  /* the tick up to which that is not told again */
    uint64_t slow_until;   /* the tick up to which slow calls are counted, */
    unsigned slow_calls;   /* and how many there were: the third is told of */
};

/*
 * Makes a timer that does not run. `callback` is called with `argument` in interrupt context, at
 * the tick: it must be short, and may post, send, signal and wake, but not block or allocate. It
 * may start and stop timers, this one too. Returns 0, or -ERROR_INVALID without a callback. Not for
 * a timer that runs. Any context.
 */
int software_timer_init(struct software_timer *timer, void (*callback)(void *argument),
                        void *argument);

/*
 * Callbacks that take all the time there is do not get it: if timers have kept the threads from
 * running for 10 ms, one that would be due again by then is put off for as long as that has
 * lasted, calls that fall into this time are left out, and the log names the callback, if that has
 * happened to it three times in ten seconds: once, the machine may have been away meanwhile. So
 * threads get about half of the time, and a timer that is merely late loses nothing.
 *
 * Starts the timer, anew if it runs: its callback is called `delay_ms` from now (0: at the next
 * tick), and from then on every `period_ms` (0: not again). Periods do not drift: each is
 * reckoned from the one before. Any context.
 */
void software_timer_start(struct software_timer *timer, uint32_t delay_ms, uint32_t period_ms);

/* Stops it: the callback is not called any more. Returns whether it ran. Any context. */
bool software_timer_stop(struct software_timer *timer);

/* Whether it will call its callback. Any context. */
bool software_timer_is_running(const struct software_timer *timer);

#endif
