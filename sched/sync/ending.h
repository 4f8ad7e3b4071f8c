/* Locks whose holder ends. For held_locks.c only. */
#ifndef AETHEL_SCHED_SYNC_ENDING_H
#define AETHEL_SCHED_SYNC_ENDING_H

struct mutex;
struct thread;

/* Passes `mutex`, which `thread` holds, on to the most urgent waiter, with -ERROR_OWNER_DEAD.
 * Interrupts off. */
void mutex_abandon(struct mutex *mutex, struct thread *thread);

/* The same for every reader-writer lock that `thread` holds, either way. Threads only. */
void rwlock_release_all(struct thread *thread);

#endif
