/* Things that block, for `struct attempt`, where it does not matter much which. */
#ifndef AETHEL_TESTS_KERNEL_ATTEMPTS_H
#define AETHEL_TESTS_KERNEL_ATTEMPTS_H

#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"

/* What they block on: a test initialises what it uses. */
extern struct semaphore attempted_semaphore;
extern struct mutex attempted_mutex;

int wait_for_semaphore(int timeout_ms);
void wait_for_semaphore_once(void *unused); /* as a thread's entry: it must not fail */
int lock_and_unlock(int timeout_ms);
int sleep_for(int milliseconds);

#endif
