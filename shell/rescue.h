/* The way out when nothing answers: a key that works from interrupt context. */
#ifndef AETHEL_SHELL_RESCUE_H
#define AETHEL_SHELL_RESCUE_H

/*
 * Switches preemption from off to on, or from on to off, and notes it in the log. When it comes
 * on, a shell that waits for the CPU gets it, also one that was made less urgent than the thread
 * that runs. Where preemption is not built in, only the log says so. Any context; constant time.
 */
void rescue_toggle_preemption(void);

#endif
