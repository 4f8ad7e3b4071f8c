/* Who holds a mutex, as a thread. For the room sync only; interrupts off. */
#ifndef AETHEL_SCHED_SYNC_HOLDER_H
#define AETHEL_SCHED_SYNC_HOLDER_H

struct mutex;
struct thread;

/* The thread that holds `mutex`; NULL if nobody does, or who did has ended. One that is ending
 * counts as long as somebody waits for the mutex: it has not been passed on yet. */
struct thread *mutex_holding_thread(const struct mutex *mutex);

#endif
