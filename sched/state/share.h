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
#define SHARE_MARKS   (SHARE_PERIODS + 1)

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
    uint64_t stolen; /* cycles of its life */
    struct share_marks marks;
    struct share_marks wakeups; /* the same of how often it became ready, which is no time */
    uint32_t run_when_woken;    /* in units: how much it had run */
    uint32_t got;               /* likewise, in the window up to the latest mark; */
    uint32_t demand;            /* see sched/harmony.h */
    bool could_run;             /* at that mark */
    bool is_listed;
    struct list_node node; /* while it is: in shares.c's list of those to be looked at */
    uint64_t stolen_seen;  /* those of everybody's that had been looked at when it was noted */
};

/* A period, and where marks tell of it: to work that out takes a division. */
struct share_period {
    uint32_t number;
    uint32_t place;
};

static inline struct share_period share_period(uint32_t number)
{
    return (struct share_period){.number = number, .place = number % SHARE_MARKS};
}

/* How much it had run when `period` began: one that has not come yet counts as beginning now. */
static inline uint32_t share_run_at(const struct share_marks *marks, struct share_period period)
{
    bool is_later = (int32_t)(period.number - marks->period) > 0;
    return is_later ? marks->run : marks->run_at[period.place];
}

/* `period` begins, or has begun without anything having happened to who has run for `run` units. */
static inline void share_mark(struct share_marks *marks, struct share_period period, uint32_t run)
{
    uint32_t missing = period.number - marks->period;
    if (missing > SHARE_MARKS)
        missing = SHARE_MARKS;
    for (uint32_t index = period.place; missing > 0; missing--) {
        marks->run_at[index] = run;
        index = index != 0 ? index - 1 : SHARE_MARKS - 1;
    }
    marks->run = run;
    marks->period = period.number;
}

#endif
