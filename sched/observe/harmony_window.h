/* The window that harmony looks at. For the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H
#define AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/harmony.h"
#include "sched/state/control_block.h"

/* Of harmony.c, for the functions below alone: how many ticks of the period have passed. */
extern uint32_t harmony_period_ticks;
void harmony_begin_period(void);

/* `elapsed` ticks have passed, for which no interrupt comes: no period ends by them. */
static inline void harmony_pass_ticks(uint32_t elapsed)
{
    harmony_period_ticks += elapsed;
}

/* `elapsed` ticks have passed, and their interrupt is being handled. Returns whether a period has
 * ended: then harmony_end_period() is to be called, when the handler has ended. Constant time. */
static inline bool harmony_on_tick(uint32_t elapsed)
{
    harmony_pass_ticks(elapsed);
    if (__builtin_expect(harmony_period_ticks < HARMONY_PERIOD_TICKS, true))
        return false;
    harmony_begin_period();
    return true;
}

/* Computes all that sched/harmony.h tells of the window. It visits those that had or wanted
 * anything of it, and lets interrupts in meanwhile. */
void harmony_end_period(void);

/* How many hundredths of its fair share `thread` had in the last window, or -1 where it wanted
 * nothing. Constant time. */
int harmony_share(struct thread *thread);

/* What everybody may have at most of `units` in which the machine is not idle, by the last window;
 * 0 where all get what they want. Constant time. */
uint32_t harmony_level_of(uint32_t units);

#endif
