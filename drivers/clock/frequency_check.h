/*
 * Is a clock's frequency what it should be? Pure: somebody else reads the clock whenever the
 * real-time clock has moved on to its next second.
 *
 * Emulators on a busy host lose ticks, and are late with seconds; where their time is virtual it
 * may run ahead of the real-time clock, too. So one second in which all fits is enough to acquit a
 * clock, and to condemn it takes FREQUENCY_SECONDS of them in a row that are all wrong by as much.
 */
#ifndef AETHEL_DRIVERS_CLOCK_FREQUENCY_CHECK_H
#define AETHEL_DRIVERS_CLOCK_FREQUENCY_CHECK_H

#include <stdint.h>

#define FREQUENCY_SECONDS             8u
#define FREQUENCY_TOLERANCE_PERCENT   1u
#define FREQUENCY_AGREEMENT_PER_MILLE 2u

enum frequency_verdict {
    FREQUENCY_NOT_KNOWN_YET,
    FREQUENCY_RIGHT,
    FREQUENCY_WRONG,
};

/* Zeros, but for nominal_hz, before the first second. */
struct frequency_check {
    uint64_t nominal_hz;
    uint64_t measured_hz; /* in the second that was nearest to nominal_hz; 0: none yet */
    enum frequency_verdict verdict;
    uint64_t last;          /* the clock at the last second; 0: there was none */
    uint64_t wrong_seconds; /* in a row, and alike */
    uint64_t first_wrong_hz;
};

/* A second has begun, and the clock, which is never 0, shows `now`. Returns the verdict; once there
 * is one, nothing changes any more. */
enum frequency_verdict frequency_check_second(struct frequency_check *check, uint64_t now);

/* Nobody knows how many seconds have passed since the last one: this one is the first again. */
void frequency_check_skip(struct frequency_check *check);

#endif
