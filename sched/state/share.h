/*
 * What a thread has had of the CPU lately: a mark for each of the latest periods, how much it had
 * run when the period began. A thread is marked when the first thing happens to it in a period, and
 * not at all in one that it only waits or sleeps through. For the rooms of sched/ only; interrupts
 * off.
 */
#ifndef AETHEL_SCHED_STATE_SHARE_H
#define AETHEL_SCHED_STATE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/lib/list.h"

#define SHARE_PERIODS 10u /* that the window consists of */
#define SHARE_MARKS   16u /* more than those, and a power of two */

/* Of TSC cycles, in sixteens: differences of up to a second fit into 32 bits at 68 GHz. */
#define SHARE_SHIFT         4
#define SHARE_UNITS(cycles) ((uint32_t)((cycles) >> SHARE_SHIFT))

/* All in units; they wrap. */
struct share_marks {
    uint32_t run;                 /* in all, up to the latest mark */
    uint32_t period;              /* of that mark */
    uint32_t run_at[SHARE_MARKS]; /* when each period up to that one began, by number modulo */
};

struct share {
    struct list_node node; /* in shares.c's list of those to be looked at */
    struct share_marks marks;
    struct share_marks wakeups; /* the same of how often it became ready, which is no time */
    uint64_t run_when_woken;    /* in cycles */
    uint32_t got;               /* in units, in the window up to the latest mark; */
    uint32_t demand;            /* likewise: see sched/harmony.h */
    bool could_run;             /* at that mark */
    bool is_listed;
    uint64_t stolen;      /* cycles of its life */
    uint64_t stolen_seen; /* those of everybody's that had been looked at when it was noted */
};

/* How much it had run when `period` began: one that has not come yet counts as beginning now. */
static inline uint32_t share_run_at(const struct share_marks *marks, uint32_t period)
{
    return (int32_t)(period - marks->period) > 0 ? marks->run : marks->run_at[period % SHARE_MARKS];
}

/* `period` begins, or has begun without anything having happened to who has run for `run` units. */
static inline void share_mark(struct share_marks *marks, uint32_t period, uint32_t run)
{
    uint32_t missing = period - marks->period;
    if (missing > SHARE_MARKS)
        missing = SHARE_MARKS;
    for (uint32_t i = 0; i < missing; i++)
        marks->run_at[(period - i) % SHARE_MARKS] = run;
    marks->run = run;
    marks->period = period;
}

#endif
