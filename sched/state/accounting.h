/*
 * Where a thread's time goes, taken at each change of its state and never by sampling: every cycle
 * of its life is in exactly one of the accounts. For the rooms of sched/ only; interrupts off.
 */
#ifndef AETHEL_SCHED_STATE_ACCOUNTING_H
#define AETHEL_SCHED_STATE_ACCOUNTING_H

#include <stdint.h>

#include "kernel/lib/histogram.h"
#include "sched/thread.h"

/* In TSC cycles. */
struct accounting {
    uint64_t since;                /* TSC when the period began that is not in `cycles` yet */
    uint64_t cycles[THREAD_ENDED]; /* in each state but that; READY is waiting for the CPU, but for
                                      `interrupted` */
    uint64_t longest_run;          /* without a break */
    uint64_t longest_wait;         /* for the CPU, once it was ready */
    uint64_t voluntary_switches;   /* times it gave the CPU away, */
    uint64_t involuntary_switches; /* and it was taken away */
    uint64_t woken_at;             /* TSC */
    uint64_t wakeups;     /* times it became ready, having slept, blocked or been created */
    uint64_t interrupted; /* ready, too: it was on the CPU, which served a device */
    struct histogram wake_to_run;
};

/* Books the period in `state` that ends at TSC `now`. Returns its length. */
static inline uint64_t account_close(struct accounting *accounting, enum thread_state state,
                                     uint64_t now)
{
    uint64_t period = now - accounting->since;
    accounting->cycles[state] += period;
    accounting->since = now;
    return period;
}

/* The thread loses the CPU. */
static inline void account_switched_out(struct accounting *accounting, uint64_t now)
{
    uint64_t ran = account_close(accounting, THREAD_RUNNING, now);
    if (ran > accounting->longest_run)
        accounting->longest_run = ran;
}

/* The thread gets the CPU. */
static inline void account_switched_in(struct accounting *accounting, uint64_t now)
{
    uint64_t waited = account_close(accounting, THREAD_READY, now);
    if (waited > accounting->longest_wait)
        accounting->longest_wait = waited;
}

/* In all it was ready, and did not run, for so long. */
static inline uint64_t account_ready_cycles(const struct accounting *accounting)
{
    return accounting->cycles[THREAD_READY] + accounting->interrupted;
}

/* The thread, which has been woken, has just got the CPU. */
static inline void account_woken(struct accounting *accounting)
{
    histogram_add(&accounting->wake_to_run, accounting->since - accounting->woken_at);
}

/*
 * The running thread was interrupted for `cycles`: it was ready all the time, and waited for the
 * CPU, which served a device.
 */
static inline void account_interrupted(struct accounting *accounting, uint64_t cycles)
{
    accounting->interrupted += cycles;
    accounting->since += cycles;
}

#endif
