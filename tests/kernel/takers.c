/* Taking mutexes in threads of their own. */
#include "tests/kernel/takers.h"

#include <stddef.h>

#include "kernel/lib/errors.h"

struct mutex x, y;
struct semaphore gate;

void take(void *argument)
{
    struct taker *taker = argument;
    if (taker->first != NULL)
        EXPECT_EQUAL(mutex_lock(taker->first, 0), 0);
    taker->result = mutex_lock(taker->second, taker->timeout_ms);
    order_append(taker->letter);
    if (taker->result == 0 || taker->result == -ERROR_OWNER_DEAD)
        EXPECT_EQUAL(mutex_unlock(taker->second), 0);
    if (taker->first != NULL)
        EXPECT_EQUAL(mutex_unlock(taker->first), 0);
    if (taker->last != NO_LETTER)
        order_append(taker->last);
}

int start_taker(struct taker *taker, unsigned priority)
{
    int tid = start(take, taker, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

void init_takers(void)
{
    mutex_init(&x, NULL);
    mutex_init(&y, NULL);
    semaphore_init(&gate, 0);
}

void lock(struct mutex *mutex)
{
    EXPECT_EQUAL(mutex_lock(mutex, 0), 0);
}

void unlock(struct mutex *mutex)
{
    EXPECT_EQUAL(mutex_unlock(mutex), 0);
}

void hold_x_until_the_gate_opens(void *argument)
{
    (void)argument;
    lock(&x);
    EXPECT_EQUAL(semaphore_wait(&gate, WAIT_FOREVER), 0);
    order_append('x');
    unlock(&x);
    order_append('.');
}
