/* Waiting, locking and sleeping in a thread of its own. */
#include "tests/kernel/attempts.h"

#include "sched/thread.h"

struct semaphore attempted_semaphore;
struct mutex attempted_mutex;

int wait_for_semaphore(int timeout_ms)
{
    return semaphore_wait(&attempted_semaphore, timeout_ms);
}

int lock_and_unlock(int timeout_ms)
{
    int result = mutex_lock(&attempted_mutex, timeout_ms);
    if (result == 0)
        mutex_unlock(&attempted_mutex);
    return result;
}

int sleep_for(int milliseconds)
{
    thread_sleep_ms(milliseconds);
    return 0;
}
