/*
 * Does a counter keep its rate? Pure: somebody else reads it at each second of the real-time clock.
 *
 * The rate over WATCH_SECONDS seconds is compared with the first such rate that was the same twice.
 * A machine that was stopped for a while, or a second that was told late, spoils one of these
 * windows; so two in a row that are off to the same side make a verdict, and so do several in a row
 * of which none is like the one before. A counter that goes back makes one at once.
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

/* Zeros before the first second. */
struct rate_watch {
    uint64_t first_hz;  /* what others are compared with; 0: no window is full yet */
    bool is_confirmed;  /* two windows had it */
    uint64_t latest_hz; /* over the latest one */
    uint64_t last;      /* the counter at the last second; 0: there was none */
    uint64_t window_start;
    unsigned window_seconds;
    int deviation;          /* windows in a row that are off: positive where they are too fast */
    unsigned disagreements; /* of windows in a row, before it is confirmed */
};

/* A second has begun, and the counter, which is never 0, shows `now`. */
enum rate_verdict rate_watch_second(struct rate_watch *watch, uint64_t now);

/* Nobody knows how many seconds have passed since the last one: the window begins anew. */
void rate_watch_skip(struct rate_watch *watch);

#endif
