/* The window that harmony looks at. For the rooms of sched/ only; interrupts off. */
#ifndef AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H
#define AETHEL_SCHED_OBSERVE_HARMONY_WINDOW_H

#include "sched/state/control_block.h"

/* `elapsed` ticks have passed in which the running thread was that. */
void harmony_on_tick(uint32_t elapsed);

/* `thread` is about to end: what it had does not count any more. */
void harmony_forget(struct thread *thread);

/* Ticks of the window in which `thread` ran. */
unsigned harmony_ticks(const struct thread *thread);

/* The score of `thread` now, in thousandths. Constant time. */
unsigned harmony_score(const struct thread *thread);

#endif
