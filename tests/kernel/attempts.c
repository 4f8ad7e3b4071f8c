/* Waiting, locking and sleeping in a thread of its own. */
#include "tests/kernel/attempts.h"

#include "sched/thread.h"
#include "tests/kernel/self_test.h"

struct semaphore attempted_semaphore;
struct mutex attempted_mutex;

int wait_for_semaphore(int timeout_ms)
{
    return semaphore_wait(&attempted_semaphore, timeout_ms);
}

void wait_for_semaphore_once(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(wait_for_semaphore(WAIT_FOREVER), 0);
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
