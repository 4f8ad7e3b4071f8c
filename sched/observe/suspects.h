/*
 * Who keeps the timer's interrupt waiting again and again. Where a host runs something else for a
 * while, the interrupt is late whoever was running, and now and then that is somebody who had
 * interrupts off for a moment. A single delay does not tell one from the other. But who has them
 * off only for moments is nearly always left in time, and who has them off for long nearly never.
 * For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_OBSERVE_SUSPECTS_H
#define AETHEL_SCHED_OBSERVE_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

struct longest_delay {
    uint64_t cycles;     /* TSC */
    uint64_t address;    /* of an instruction right behind the section */
    const char *handler; /* not NULL: it was the handler of the line of that name instead */
};

/* Somebody has kept the interrupt waiting, for a tick or longer if `is_long`. Constant time. */
void suspects_note(const struct longest_delay *delay, bool is_long);

/* The longest delay by one who did so for a tick or longer several times since the reset, and more
 * often than for less; of none, 0 cycles. */
struct longest_delay suspects_worst(void);

void suspects_reset(void);

#endif
