/*
 * Does a counter keep its rate? Pure: somebody else reads it at each second of the real-time clock,
 * together with the ticks of the timer that have come.
 *
 * The rate over WATCH_SECONDS seconds is compared with the first such rate that was the same twice:
 * by the seconds and, apart from that, by the ticks. Only a counter that changes by both is to
 * blame. An emulator on a busy host loses ticks; one whose time is virtual may run past the seconds
 * of its host's clock.
 *
 * A machine that was stopped for a while, or a second that was told late, spoils one window; so two
 * in a row that are off to the same side make a verdict, and so do several in a row of which none
 * is like the one before. A counter that goes back makes one at once.
 */
#ifndef AETHEL_DRIVERS_CLOCK_RATE_WATCH_H
#define AETHEL_DRIVERS_CLOCK_RATE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#define WATCH_SECONDS           16u
#define WATCH_TOLERANCE_PERCENT 2u

enum rate_verdict {
    RATE_KEEPS,
    RATE_CHANGES,
    RATE_GOES_BACK,
};

/* The rate by one of the two. Counts by seconds or by ticks, as long as those are not 0. */
struct rate_track {
    uint64_t first;    /* what others are compared with; 0: no window is full yet */
    bool is_confirmed; /* two windows had it */
    uint64_t latest;
    int deviation;          /* windows in a row that are off: positive where they are too fast */
    unsigned disagreements; /* of windows in a row, before it is confirmed */
};

/* Zeros before the first second. */
struct rate_watch {
    struct rate_track by_seconds; /* in Hz */
    struct rate_track by_ticks;   /* in counts for 1000 ticks */
    uint64_t last;                /* the counter at the last second; 0: there was none */
    uint64_t window_start;
    uint64_t window_start_ticks;
    unsigned window_seconds;
};

/* A second has begun, the counter, which is never 0, shows `now`, and `ticks` have come so far. */
enum rate_verdict rate_watch_second(struct rate_watch *watch, uint64_t now, uint64_t ticks);

/* Nobody knows how many seconds have passed since the last one: the window begins anew. */
void rate_watch_skip(struct rate_watch *watch);

#endif
