/*
 * Priority inheritance: the effective priority of a thread is its base priority or, if more
 * urgent, that of the most urgent thread that waits for a mutex it holds. Since that thread may
 * wait in turn, a change travels along the chain of holders. For the rooms of sched/ only;
 * interrupts off.
 */
#ifndef AETHEL_SCHED_SYNC_INHERITANCE_H
#define AETHEL_SCHED_SYNC_INHERITANCE_H

#include <stdbool.h>

struct thread;

/*
 * Sets the effective priority of `thread` right, after its base priority or who waits for its
 * mutexes has changed, and those of whom it waits for; NULL is ignored. Takes as long as that
 * chain, and ends where nothing changes. In a cycle, which is a deadlock, it takes as long as the
 * square of the cycle.
 */
void inheritance_update(struct thread *thread);

/* Whether priorities are inherited at all. Those that are lent change at the next update. */
void inheritance_set(bool on);
bool inheritance_is_on(void);

#endif
