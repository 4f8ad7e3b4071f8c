/* What must hold of the scheduler whenever its threads are at rest, seen from within: this looks
 * into control blocks, which nothing else outside of sched/ does. */
#ifndef AETHEL_TESTS_KERNEL_SOUNDNESS_H
#define AETHEL_TESTS_KERNEL_SOUNDNESS_H

#include <stdbool.h>

/*
 * Whether each thread is where its state says: ready ones in the run queue, blocked ones in a wait
 * queue, whose count is right; whoever wants a mutex waits for its holder, who lives; every
 * effective priority is the base priority or the most urgent waiter's; and nobody has preemption
 * off, or a switch due. Reports what does not hold. Takes as long as the square of how many threads
 * there are, with interrupts off.
 */
bool everything_is_sound(void);

/* If thread `tid` waits with a timeout, its time is up now, as if a tick had come. Interrupts off.
 */
void end_time_of(int tid);

#endif
