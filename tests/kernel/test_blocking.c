/*
 * What holds for everything that threads wait for: timeouts, the order of service, destroying, and
 * killing a waiter. Each object's own room tests the rest.
 */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/sync/mutex.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"
#include "tests/kernel/subjects.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

struct waiter {
    const struct subject *subject;
    char letter;
    int timeout_ms;
    struct mutex *held; /* locked meanwhile, or NULL */
    int result;
};

static void wait_and_leave(void *argument)
{
    struct waiter *waiter = argument;
    const struct subject *subject = waiter->subject;
    if (waiter->held != NULL)
        EXPECT_EQUAL(mutex_lock(waiter->held, 0), 0);
    waiter->result = subject->wait(waiter->timeout_ms);
    order_append(waiter->letter);
    if (waiter->held != NULL)
        EXPECT_EQUAL(mutex_unlock(waiter->held), 0);
    if (waiter->result == 0 && subject->leave != NULL)
        subject->leave();
}

static struct waiter waiters[SUBJECT_UNITS];
static int tids[SUBJECT_UNITS];

/* Makes waiter `index`, whose letter follows from that, and returns when it waits. */
static void start_waiter(const struct subject *subject, unsigned index, unsigned priority,
                         int timeout_ms, struct mutex *held)
{
    waiters[index] = (struct waiter){.subject = subject,
                                     .letter = (char)('a' + index),
                                     .timeout_ms = timeout_ms,
                                     .held = held,
                                     .result = ATTEMPT_PENDING};
    tids[index] = start(wait_and_leave, &waiters[index], priority);
    wait_until(tids[index], THREAD_BLOCKED);
}

/* Waits until waiter `index` has ended, and tells how its wait did. */
static int finish_waiter(unsigned index)
{
    finish(tids[index]);
    return waiters[index].result;
}

/* Serves so many waiters, one after another; each has run before the next is served. */
static void serve(const struct subject *subject, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        subject->serve();
        settle();
    }
}

static void expect_waiting_ends_in_time(const struct subject *subject)
{
    subject->prepare();
    uint64_t before = clock_ticks();
    start_waiter(subject, 0, THREAD_PRIORITY_DEFAULT, 10, NULL);
    EXPECT_EQUAL(finish_waiter(0), -ERROR_TIMED_OUT);
    uint64_t waited = clock_ticks() - before;
    EXPECT(waited >= 10 && waited <= 12);
    start_waiter(subject, 1, THREAD_PRIORITY_DEFAULT, 5, NULL);
    serve(subject, 1);
    EXPECT_EQUAL(finish_waiter(1), 0);
    thread_sleep_ms(10); /* the time-out passes, and nothing happens */
    EXPECT_ORDER("ab");
}

static void try_once(void *argument)
{
    struct waiter *waiter = argument;
    waiter->result = waiter->subject->wait(0);
}

static void expect_trying_does_not_wait(const struct subject *subject)
{
    struct waiter waiter = {.subject = subject, .result = ATTEMPT_PENDING};
    subject->prepare();
    int tid = start(try_once, &waiter, THREAD_PRIORITY_DEFAULT);
    thread_yield();
    EXPECT_EQUAL(waiter.result, -ERROR_AGAIN);
    finish(tid);
    start_waiter(subject, 0, THREAD_PRIORITY_DEFAULT, WAIT_FOREVER, NULL);
    serve(subject, 1);
    EXPECT_EQUAL(finish_waiter(0), 0);
}

static void expect_equals_are_served_in_order(const struct subject *subject)
{
    subject->prepare();
    for (unsigned i = 0; i < 4; i++)
        start_waiter(subject, i, THREAD_PRIORITY_DEFAULT, WAIT_FOREVER, NULL);
    EXPECT_ORDER("");
    serve(subject, 4);
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQUAL(finish_waiter(i), 0);
    EXPECT_ORDER("abcd");
}

static struct mutex lent;

static void lock_what_is_lent(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(mutex_lock(&lent, WAIT_FOREVER), 0);
    order_append('h');
    EXPECT_EQUAL(mutex_unlock(&lent), 0);
}

/* They come with 25, 24, 23 and 22. Then b is raised to 28, and c, which holds a mutex, is lent 40
 * by h. */
static void expect_current_priority_decides(const struct subject *subject)
{
    mutex_init(&lent, NULL);
    subject->prepare();
    for (unsigned i = 0; i < 4; i++)
        start_waiter(subject, i, 25 - i, WAIT_FOREVER, i == 2 ? &lent : NULL);
    EXPECT_EQUAL(thread_set_priority(tids[1], 28), 0);
    int lender = start(lock_what_is_lent, NULL, 40);
    wait_until(lender, THREAD_BLOCKED);
    EXPECT_PRIORITY(tids[2], 40);
    serve(subject, 4);
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQUAL(finish_waiter(i), 0);
    finish(lender);
    EXPECT_ORDER("chbad");
}

static void expect_killed_waiters_are_passed_over(const struct subject *subject)
{
    subject->prepare();
    for (unsigned i = 0; i < 4; i++)
        start_waiter(subject, i, THREAD_PRIORITY_DEFAULT, WAIT_FOREVER, NULL);
    stop(tids[0]);
    stop(tids[2]);
    serve(subject, 2);
    EXPECT_EQUAL(finish_waiter(1), 0);
    EXPECT_EQUAL(finish_waiter(3), 0);
    EXPECT_ORDER("bd");
}

static void expect_killing_all_waiters_changes_nothing(const struct subject *subject)
{
    subject->prepare();
    for (unsigned i = 0; i < 2; i++)
        start_waiter(subject, i, THREAD_PRIORITY_DEFAULT, i == 0 ? WAIT_FOREVER : 50, NULL);
    stop(tids[0]);
    stop(tids[1]);
    start_waiter(subject, 2, THREAD_PRIORITY_DEFAULT, WAIT_FOREVER, NULL);
    serve(subject, 1);
    EXPECT_EQUAL(finish_waiter(2), 0);
    EXPECT_ORDER("c");
}

static void expect_destroying_ends_all_waits(const struct subject *subject)
{
    subject->prepare();
    for (unsigned i = 0; i < 3; i++)
        start_waiter(subject, i, 20 + i, i == 0 ? 1000 : WAIT_FOREVER, NULL);
    subject->destroy();
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQUAL(finish_waiter(i), -ERROR_DESTROYED);
    EXPECT_ORDER("cba");
    EXPECT_EQUAL(subject->wait(WAIT_FOREVER), -ERROR_DESTROYED);
    EXPECT_EQUAL(subject->wait(0), -ERROR_DESTROYED);
}

/* Defines the tests of one subject. */
#define TESTS_OF(subject)                                               \
    SELF_TEST(subject##_wait_ends_in_time)                              \
    {                                                                   \
        expect_waiting_ends_in_time(&subject##_subject);                \
    }                                                                   \
    SELF_TEST(subject##_try_does_not_wait)                              \
    {                                                                   \
        expect_trying_does_not_wait(&subject##_subject);                \
    }                                                                   \
    SELF_TEST(subject##_serves_equals_in_order)                         \
    {                                                                   \
        expect_equals_are_served_in_order(&subject##_subject);          \
    }                                                                   \
    SELF_TEST(subject##_serves_by_current_priority)                     \
    {                                                                   \
        expect_current_priority_decides(&subject##_subject);            \
    }                                                                   \
    SELF_TEST(subject##_passes_over_killed_waiters)                     \
    {                                                                   \
        expect_killed_waiters_are_passed_over(&subject##_subject);      \
    }                                                                   \
    SELF_TEST(subject##_survives_the_killing_of_all_waiters)            \
    {                                                                   \
        expect_killing_all_waiters_changes_nothing(&subject##_subject); \
    }

TESTS_OF(semaphore)
TESTS_OF(mutex)
TESTS_OF(rwlock)
TESTS_OF(condition)
TESTS_OF(receiver)
TESTS_OF(sender)
TESTS_OF(pool)
TESTS_OF(events)

#define DESTRUCTION_TEST_OF(subject)                          \
    SELF_TEST(subject##_destroyed_ends_all_waits)             \
    {                                                         \
        expect_destroying_ends_all_waits(&subject##_subject); \
    }

DESTRUCTION_TEST_OF(semaphore)
DESTRUCTION_TEST_OF(mutex)
DESTRUCTION_TEST_OF(condition)
DESTRUCTION_TEST_OF(receiver)
DESTRUCTION_TEST_OF(sender)
DESTRUCTION_TEST_OF(pool)
DESTRUCTION_TEST_OF(events)

#if CONFIG_PREEMPT

static void expect_the_more_urgent_runs_at_once(const struct subject *subject)
{
    preemption_set(true);
    subject->prepare();
    start_waiter(subject, 0, ABOVE, WAIT_FOREVER, NULL);
    order_append('1');
    subject->serve();
    order_append('2');
    EXPECT_EQUAL(finish_waiter(0), 0);
    EXPECT_ORDER("1a2");
}

static void expect_the_less_urgent_runs_later(const struct subject *subject)
{
    preemption_set(true);
    subject->prepare();
    start_waiter(subject, 0, BELOW, WAIT_FOREVER, NULL);
    subject->serve();
    order_append('m');
    EXPECT_EQUAL(finish_waiter(0), 0);
    EXPECT_ORDER("ma");
}

#define PREEMPTION_TESTS_OF(subject)                             \
    SELF_TEST(subject##_served_runs_at_once_if_more_urgent)      \
    {                                                            \
        expect_the_more_urgent_runs_at_once(&subject##_subject); \
    }                                                            \
    SELF_TEST(subject##_served_runs_later_if_less_urgent)        \
    {                                                            \
        expect_the_less_urgent_runs_later(&subject##_subject);   \
    }

PREEMPTION_TESTS_OF(semaphore)
PREEMPTION_TESTS_OF(mutex)
PREEMPTION_TESTS_OF(rwlock)
PREEMPTION_TESTS_OF(condition)
PREEMPTION_TESTS_OF(receiver)
PREEMPTION_TESTS_OF(sender)
PREEMPTION_TESTS_OF(pool)
PREEMPTION_TESTS_OF(events)

#endif
