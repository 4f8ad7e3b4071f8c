/* Condition variables: who goes on after a signal, and with the mutex in whose hands. */
#include "sched/sync/condition.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct mutex mutex;
static struct condition condition;

static void init(void)
{
    mutex_init(&mutex, NULL);
    condition_init(&condition);
}

static void lock(void)
{
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
}

static void unlock(void)
{
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
}

static int wait_for_it(int timeout_ms)
{
    lock();
    int result = condition_wait(&condition, &mutex, timeout_ms);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    unlock();
    return result;
}

#define WAITERS 5

static struct attempt waits[WAITERS];
static int tids[WAITERS];

/* Starts a waiter of each priority, as a, b, c ..., one after another. */
static void start_waiters(const unsigned *priorities, int count)
{
    for (int i = 0; i < count; i++) {
        waits[i] = (struct attempt){
            .operation = wait_for_it, .letter = (char)('a' + i), .timeout_ms = WAIT_FOREVER};
        tids[i] = start_waiting(&waits[i], priorities[i]);
    }
}

static void finish_waiters(int count)
{
    for (int i = 0; i < count; i++)
        finish(tids[i]);
}

SELF_TEST(a_condition_at_file_scope_needs_no_init)
{
    static struct condition at_rest = CONDITION;
    init();
    lock();
    EXPECT_EQUAL(condition_wait(&at_rest, &mutex, 2), -ERROR_TIMED_OUT);
    unlock();
}

SELF_TEST(a_signal_nobody_waits_for_is_lost)
{
    init();
    EXPECT(!condition_signal(&condition));
    EXPECT_EQUAL(condition_broadcast(&condition), 0);
    lock();
    EXPECT_EQUAL(condition_wait(&condition, &mutex, 2), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    unlock();
}

SELF_TEST(waiting_gives_the_mutex_away)
{
    const unsigned priorities[] = {20};
    init();
    start_waiters(priorities, 1);
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
    lock();
    EXPECT(condition_signal(&condition));
    EXPECT(!condition_signal(&condition));
    unlock();
    finish_waiters(1);
    EXPECT_EQUAL(waits[0].result, 0);
}

SELF_TEST(a_broadcast_wakes_by_priority_and_equals_in_order)
{
    const unsigned priorities[] = {20, 40, 30, 40, 20};
    init();
    start_waiters(priorities, 5);
    lock();
    EXPECT_EQUAL(condition_broadcast(&condition), 5);
    EXPECT_ORDER("");
    unlock();
    finish_waiters(5);
    EXPECT_ORDER("bdcae");
}

SELF_TEST(a_broadcast_without_the_mutex_wakes_all_too)
{
    const unsigned priorities[] = {20, 40, 30, 40, 20};
    init();
    start_waiters(priorities, 5);
    EXPECT_EQUAL(condition_broadcast(&condition), 5);
    finish_waiters(5);
    EXPECT_ORDER("bdcae");
}

/* One by one, each under the mutex, and each before the one before it has run. */
SELF_TEST(signals_under_the_mutex_wake_by_priority)
{
    const unsigned priorities[] = {20, 40, 30};
    init();
    start_waiters(priorities, 3);
    lock();
    for (int i = 0; i < 3; i++)
        EXPECT(condition_signal(&condition));
    EXPECT(!condition_signal(&condition));
    unlock();
    finish_waiters(3);
    EXPECT_ORDER("bca");
}

static uint64_t voluntary_switches_of(int tid)
{
    struct thread_information information;
    EXPECT_EQUAL(thread_get_information(tid, &information), 0);
    return information.voluntary_switches;
}

SELF_TEST(who_is_signalled_waits_for_the_mutex_without_running_and_lends_its_priority)
{
    const unsigned priorities[] = {40};
    init();
    start_waiters(priorities, 1);
    uint64_t switches = voluntary_switches_of(tids[0]);
    lock();
    EXPECT_PRIORITY(thread_self(), THREAD_PRIORITY_DEFAULT);
    EXPECT(condition_signal(&condition));
    EXPECT_PRIORITY(thread_self(), 40);
    thread_sleep_ms(3);
    EXPECT_STATE(tids[0], THREAD_BLOCKED);
    EXPECT_EQUAL(voluntary_switches_of(tids[0]), switches);
    unlock();
    EXPECT_PRIORITY(thread_self(), THREAD_PRIORITY_DEFAULT);
    finish_waiters(1);
}

SELF_TEST(a_wait_needs_the_mutex)
{
    init();
    EXPECT_EQUAL(condition_wait(&condition, &mutex, 5), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(condition_wait(&condition, &mutex, 0), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
}

SELF_TEST(a_wait_without_time_keeps_the_mutex)
{
    init();
    lock();
    EXPECT_EQUAL(condition_wait(&condition, &mutex, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(mutex_holder(&mutex), thread_self());
    unlock();
}

SELF_TEST(who_times_out_waits_for_the_mutex_all_the_same)
{
    struct attempt wait = {.operation = wait_for_it, .letter = 't', .timeout_ms = 5};
    init();
    int tid = start_waiting(&wait, 40);
    lock();
    thread_sleep_ms(10);
    EXPECT_STATE(tid, THREAD_BLOCKED);
    EXPECT(!condition_signal(&condition));
    EXPECT_PRIORITY(thread_self(), 40);
    EXPECT_ORDER("");
    unlock();
    finish(tid);
    EXPECT_EQUAL(wait.result, -ERROR_TIMED_OUT);
}

SELF_TEST(a_killed_waiter_takes_no_signal)
{
    const unsigned priorities[] = {20, 30, 25};
    init();
    start_waiters(priorities, 3);
    stop(tids[1]);
    EXPECT(condition_signal(&condition));
    finish(tids[2]);
    EXPECT(condition_signal(&condition));
    finish(tids[0]);
    EXPECT(!condition_signal(&condition));
    EXPECT_ORDER("ca");
}

SELF_TEST(a_signalled_waiter_can_be_killed_while_it_waits_for_the_mutex)
{
    const unsigned priorities[] = {40, 35};
    init();
    start_waiters(priorities, 2);
    lock();
    EXPECT_EQUAL(condition_broadcast(&condition), 2);
    stop(tids[0]);
    EXPECT_PRIORITY(thread_self(), 35);
    unlock();
    finish(tids[1]);
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
    EXPECT_ORDER("b");
}

static int wait_and_find_the_mutex_gone(int timeout_ms)
{
    lock();
    int result = condition_wait(&condition, &mutex, timeout_ms);
    EXPECT(mutex_holder(&mutex) != thread_self());
    return result;
}

SELF_TEST(a_mutex_destroyed_meanwhile_is_told)
{
    struct attempt waiting[] = {
        {.operation = wait_and_find_the_mutex_gone, .letter = 'a', .timeout_ms = WAIT_FOREVER},
        {.operation = wait_and_find_the_mutex_gone, .letter = 'b', .timeout_ms = WAIT_FOREVER}};
    init();
    int before = start_waiting(&waiting[0], 40);
    int after = start_waiting(&waiting[1], 30);
    lock();
    EXPECT(condition_signal(&condition)); /* this one waits for the mutex already */
    EXPECT_EQUAL(mutex_destroy(&mutex), 0);
    EXPECT(condition_signal(&condition));
    finish(before);
    finish(after);
    EXPECT_EQUAL(waiting[0].result, -ERROR_INVALID);
    EXPECT_EQUAL(waiting[1].result, -ERROR_INVALID);
}

static void lock_and_end(void *argument)
{
    (void)argument;
    lock();
}

SELF_TEST(a_mutex_whose_holder_ended_meanwhile_is_told)
{
    const unsigned priorities[] = {20};
    init();
    start_waiters(priorities, 1);
    finish(start(lock_and_end, NULL, THREAD_PRIORITY_DEFAULT));
    EXPECT(condition_signal(&condition));
    finish_waiters(1);
    EXPECT_EQUAL(waits[0].result, -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(mutex_holder(&mutex), 0);
}

#if CONFIG_PREEMPT

#define PLACES   3
#define PRODUCTS 300

static struct condition place_came, product_came;
static int products;
static uint64_t consumed;

static void produce(void *argument)
{
    (void)argument;
    for (int i = 0; i < PRODUCTS; i++) {
        lock();
        while (products == PLACES)
            EXPECT_EQUAL(condition_wait(&place_came, &mutex, WAIT_FOREVER), 0);
        products++;
        condition_signal(&product_came);
        unlock();
    }
}

static void consume(void *argument)
{
    (void)argument;
    for (int i = 0; i < PRODUCTS; i++) {
        lock();
        while (products == 0)
            EXPECT_EQUAL(condition_wait(&product_came, &mutex, WAIT_FOREVER), 0);
        products--;
        consumed++;
        EXPECT(products >= 0 && products < PLACES);
        condition_signal(&place_came);
        unlock();
    }
}

SELF_TEST(producers_and_consumers_lose_nothing)
{
    int workers[6];
    init();
    condition_init(&place_came);
    condition_init(&product_came);
    products = 0;
    consumed = 0;
    preemption_set(true);
    quantum_set_ms(1);
    for (unsigned i = 0; i < 6; i++)
        workers[i] = start(i % 2 == 0 ? produce : consume, NULL, 20 + i / 2);
    for (int i = 0; i < 6; i++)
        finish(workers[i]);
    EXPECT_EQUAL(consumed, 3 * PRODUCTS);
    EXPECT_EQUAL(products, 0);
}

#endif
