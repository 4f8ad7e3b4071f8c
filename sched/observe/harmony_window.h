/* The window that harmony looks at. For the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H
#define AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/state/control_block.h"

/* `elapsed` ticks have passed, and their interrupt is being handled. Returns whether a period has
 * ended: then harmony_end_period() is to be called, when the handler has ended. Constant time. */
bool harmony_on_tick(uint32_t elapsed);

/* The same for ticks for which no interrupt comes; no period ends by them. */
void harmony_pass_ticks(uint32_t elapsed);

/* Computes all that sched/harmony.h tells of the window. It visits those that had or wanted
 * anything of it, and lets interrupts in meanwhile. */
void harmony_end_period(void);

/* How many hundredths of its fair share `thread` had in the last window, or -1 where it wanted
 * nothing. Constant time. */
int harmony_share(struct thread *thread);

/* Whether `thread` has had more than so many thousandths of what everybody may have at most in the
 * last second, up to now. Never where all get what they want. Constant time. */
bool harmony_has_more(const struct thread *thread, unsigned permille);

#endif
