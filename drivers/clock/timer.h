/*
 * The room drivers/clock/ is the machine's clocks: the 8254, the real-time clock, and who watches
 * whether they can be relied on.
 *
 * Entered by: sched/timers/ and sched/observe/, which live by the tick; shell/ for the date;
 * kernel/start/.
 * Invariant: the tick's handler is called for every tick that has passed, be it by one interrupt
 * for several; no clock is believed that another one contradicts.
 *
 * Where the machine's ticks come from, and whether they can be relied on: from the interval timer,
 * or, where that does not work, from the real-time clock. The one is checked against the other
 * while the machine already works; the boot never waits for it.
 */
#ifndef AETHEL_DRIVERS_CLOCK_TIMER_H
#define AETHEL_DRIVERS_CLOCK_TIMER_H

#include <stdbool.h>
#include <stdint.h>

enum timer_source {
    TIMER_NONE,
    TIMER_PIT,
    TIMER_RTC,
};

/*
 * What happens between these two, for less than 54 ms, tells for nothing how fast the time stamp
 * counter is, if it took a tenth of a millisecond: timer_start() checks it by a glance. Boot only,
 * interrupts off; before timer_start().
 */
void timer_begin_estimate(void);
void timer_end_estimate(void);

/*
 * Ticks `hz` times a second (19 to 1024), and calls `on_tick`, in interrupt context, for the ticks
 * that pit_take_ticks() tells of. `ticks` says for how many it has come so far. `prefers_rtc`:
 * they come from the real-time clock, if there is one, even if the interval timer works.
 *
 * Boot only, after pic_init(). Returns 0, or -ERROR_NOT_SUPPORTED where neither is there. What is
 * wrong is also told by warnings in the log.
 */
int timer_start(unsigned hz, void (*on_tick)(void), uint64_t (*ticks)(void), bool prefers_rtc);

/*
 * Nobody has anything to do, and no tick has come yet: makes sure that one does, if need be from
 * the other source, or past the local APIC; panics where there is none. Takes a tick's length, or
 * where none comes a second or two. Interrupts off; they are let in for a moment.
 */
void timer_ensure_ticks(void);

/* From now on times are taken from the timer's counter, not from the time stamp counter. Boot only,
 * after timer_start(); where that counter turns out to change its rate it happens by itself. */
void timer_replace_tsc(void);

struct timer_information {
    enum timer_source source;
    uint32_t pit_nominal_hz;
    uint32_t pit_hz; /* of its input, as the real-time clock tells; 0: not measured (yet) */
    bool pit_is_wrong;
    uint64_t tsc_hz; /* 0: not measured yet; where it is not trusted, of what stands in for it */
    bool tsc_is_invariant; /* says the processor */
    bool tsc_is_trusted;
    bool tsc_is_settled; /* two measurements of its rate in a row have agreed */
    int clock_error;     /* what rtc_read() returns now */
};

/* Any thread. */
void timer_get_information(struct timer_information *information);

#endif
