/*
 * What a condition variable asks of a mutex: to let it go and to give it to another thread, while
 * interrupts stay off. For condition.c only; interrupts off in all of it.
 */
#ifndef AETHEL_SCHED_SYNC_HANDOVER_H
#define AETHEL_SCHED_SYNC_HANDOVER_H

struct mutex;
struct thread;

/* Unlocks `mutex`. Returns 0, or -ERROR_NOT_PERMITTED if the caller does not hold it. */
int mutex_release_to_wait(struct mutex *mutex);

/* Locks it again, however long that takes. Returns as mutex_lock(). Blocks. */
int mutex_acquire_again(struct mutex *mutex);

/* `thread`, which is blocked but in no queue, gets the mutex, or waits for it from now on. Its
 * wait's result is that of mutex_lock(). */
void mutex_pass_to(struct mutex *mutex, struct thread *thread);

#endif
