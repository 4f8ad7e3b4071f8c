/* Everything that threads can wait for, in one shape. */
#include "tests/kernel/subjects.h"

#include <stddef.h>

#include "sched/sync/condition.h"
#include "sched/sync/event_flags.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

static void prepare_semaphore(void)
{
    EXPECT_EQUAL(semaphore_init(&attempted_semaphore, 0), 0);
}

static void post_semaphore(void)
{
    EXPECT_EQUAL(semaphore_post(&attempted_semaphore), 0);
}

static void destroy_semaphore(void)
{
    semaphore_destroy(&attempted_semaphore);
}

const struct subject semaphore_subject = {
    .prepare = prepare_semaphore,
    .wait = wait_for_semaphore,
    .serve = post_semaphore,
    .destroy = destroy_semaphore,
};

static struct mutex mutex;

static void prepare_mutex(void)
{
    mutex_init(&mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
}

static int wait_for_mutex(int timeout_ms)
{
    return mutex_lock(&mutex, timeout_ms);
}

static void leave_mutex(void)
{
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
}

static void serve_mutex(void)
{
    if (mutex_holder(&mutex) == thread_self())
        leave_mutex();
}

static void destroy_mutex(void)
{
    EXPECT_EQUAL(mutex_destroy(&mutex), 0);
}

const struct subject mutex_subject = {
    .prepare = prepare_mutex,
    .wait = wait_for_mutex,
    .leave = leave_mutex,
    .serve = serve_mutex,
    .destroy = destroy_mutex,
};

static struct rwlock rwlock;
static bool holds_rwlock;

static void prepare_rwlock(void)
{
    rwlock_init(&rwlock, NULL);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), 0);
    holds_rwlock = true;
}

static int wait_to_write(int timeout_ms)
{
    return rwlock_lock_write(&rwlock, timeout_ms);
}

static void leave_rwlock(void)
{
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

static void serve_rwlock(void)
{
    if (holds_rwlock)
        leave_rwlock();
    holds_rwlock = false;
}

const struct subject rwlock_subject = {
    .prepare = prepare_rwlock,
    .wait = wait_to_write,
    .leave = leave_rwlock,
    .serve = serve_rwlock,
};

static struct condition condition;

static void prepare_condition(void)
{
    mutex_init(&mutex, NULL);
    condition_init(&condition);
}

static int wait_for_condition(int timeout_ms)
{
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    int result = condition_wait(&condition, &mutex, timeout_ms);
    leave_mutex();
    return result;
}

static void signal_condition(void)
{
    EXPECT(condition_signal(&condition));
}

static void destroy_condition(void)
{
    condition_destroy(&condition);
}

const struct subject condition_subject = {
    .prepare = prepare_condition,
    .wait = wait_for_condition,
    .serve = signal_condition,
    .destroy = destroy_condition,
};

static struct message_queue message_queue;
static uint64_t messages[SUBJECT_UNITS];

static void prepare_receiving(void)
{
    EXPECT_EQUAL(message_queue_init(&message_queue, messages, sizeof(messages[0]), SUBJECT_UNITS),
                 0);
}

static void prepare_sending(void)
{
    const uint64_t message = 1;
    prepare_receiving();
    for (int i = 0; i < SUBJECT_UNITS; i++)
        EXPECT_EQUAL(message_queue_send(&message_queue, &message, 0), 0);
}

static int wait_to_send(int timeout_ms)
{
    const uint64_t message = 2;
    return message_queue_send(&message_queue, &message, timeout_ms);
}

static int wait_to_receive(int timeout_ms)
{
    uint64_t message;
    return message_queue_receive(&message_queue, &message, timeout_ms);
}

static void send_one(void)
{
    EXPECT_EQUAL(wait_to_send(0), 0);
}

static void receive_one(void)
{
    EXPECT_EQUAL(wait_to_receive(0), 0);
}

static void destroy_message_queue(void)
{
    message_queue_destroy(&message_queue);
}

const struct subject receiver_subject = {
    .prepare = prepare_receiving,
    .wait = wait_to_receive,
    .serve = send_one,
    .destroy = destroy_message_queue,
};

const struct subject sender_subject = {
    .prepare = prepare_sending,
    .wait = wait_to_send,
    .serve = receive_one,
    .destroy = destroy_message_queue,
};

static struct memory_pool pool;
static char pool_storage[MEMORY_POOL_STORAGE(16, SUBJECT_UNITS)] __attribute__((aligned(16)));
static void *pool_blocks[SUBJECT_UNITS];
static unsigned pool_blocks_held;

static void prepare_pool(void)
{
    EXPECT_EQUAL(memory_pool_init(&pool, pool_storage, 16, SUBJECT_UNITS), 0);
    for (pool_blocks_held = 0; pool_blocks_held < SUBJECT_UNITS; pool_blocks_held++)
        EXPECT_EQUAL(memory_pool_allocate(&pool, &pool_blocks[pool_blocks_held], 0), 0);
}

static int wait_for_block(int timeout_ms)
{
    void *block;
    return memory_pool_allocate(&pool, &block, timeout_ms);
}

static void free_block(void)
{
    EXPECT_EQUAL(memory_pool_free(&pool, pool_blocks[--pool_blocks_held]), 0);
}

static void destroy_pool(void)
{
    memory_pool_destroy(&pool);
}

const struct subject pool_subject = {
    .prepare = prepare_pool,
    .wait = wait_for_block,
    .serve = free_block,
    .destroy = destroy_pool,
};

/* One flag, which whoever is served takes with him: but all that wait are served. */
static struct event_flags events;

static void prepare_events(void)
{
    event_flags_init(&events);
}

static int wait_for_event(int timeout_ms)
{
    return event_flags_wait(&events, 1, EVENT_ANY | EVENT_CLEAR, timeout_ms, NULL);
}

static void set_event(void)
{
    EXPECT_EQUAL(event_flags_set(&events, 1), 0);
}

static void destroy_events(void)
{
    event_flags_destroy(&events);
}

const struct subject events_subject = {
    .prepare = prepare_events,
    .wait = wait_for_event,
    .serve = set_event,
    .destroy = destroy_events,
};
