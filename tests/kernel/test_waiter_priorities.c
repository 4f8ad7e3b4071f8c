/*
 * A waiter's priority that changes while it waits: set, lent to it by who wants a mutex that it
 * holds, and given back again. All that threads wait for sees it.
 */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/sync/barrier.h"
#include "sched/sync/rwlock.h"
#include "tests/kernel/subjects.h"
#include "tests/kernel/takers.h"

#define LESS   20u
#define MORE   25u
#define LENDER 40u

static const struct subject *waited_for;

static void wait_and_leave(char letter)
{
    EXPECT_EQUAL(waited_for->wait(WAIT_FOREVER), 0);
    order_append(letter);
    if (waited_for->leave != NULL)
        waited_for->leave();
}

/* The one that is lent a priority while it waits. */
static void wait_as_holder_of_x(void *unused)
{
    (void)unused;
    lock(&x);
    wait_and_leave('h');
    unlock(&x);
}

static void wait_without_x(void *unused)
{
    (void)unused;
    wait_and_leave('o');
}

static void want_x(void *unused)
{
    (void)unused;
    int result = mutex_lock(&x, WAIT_FOREVER);
    EXPECT(result == 0 || result == -ERROR_OWNER_DEAD);
    unlock(&x);
}

static int start_and_wait(void (*entry)(void *argument), unsigned priority)
{
    int tid = start(entry, NULL, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

static void expect_a_lent_priority_decides(const struct subject *subject)
{
    waited_for = subject;
    init_takers();
    subject->prepare();
    int holder = start_and_wait(wait_as_holder_of_x, LESS);
    int other = start_and_wait(wait_without_x, MORE);
    int lender = start_and_wait(want_x, LENDER);
    EXPECT_PRIORITY(holder, LENDER);
    subject->serve();
    thread_sleep_ms(2);
    subject->serve();
    finish(holder);
    finish(other);
    finish(lender);
    EXPECT(order_so_far()[0] == 'h');
}

static void expect_what_is_given_back_does_not_count(const struct subject *subject)
{
    waited_for = subject;
    init_takers();
    subject->prepare();
    int holder = start_and_wait(wait_as_holder_of_x, LESS);
    int other = start_and_wait(wait_without_x, MORE);
    int lender = start_and_wait(want_x, LENDER);
    stop(lender);
    EXPECT_PRIORITY(holder, LESS);
    subject->serve();
    thread_sleep_ms(2);
    subject->serve();
    finish(holder);
    finish(other);
    EXPECT(order_so_far()[0] == 'o');
}

#define LENDING_TESTS_OF(subject)                                     \
    SELF_TEST(subject##_serves_by_lent_priority)                      \
    {                                                                 \
        expect_a_lent_priority_decides(&subject##_subject);           \
    }                                                                 \
    SELF_TEST(subject##_forgets_a_priority_that_was_given_back)       \
    {                                                                 \
        expect_what_is_given_back_does_not_count(&subject##_subject); \
    }

LENDING_TESTS_OF(semaphore)
LENDING_TESTS_OF(mutex)
LENDING_TESTS_OF(rwlock)
LENDING_TESTS_OF(condition)
LENDING_TESTS_OF(receiver)
LENDING_TESTS_OF(sender)
LENDING_TESTS_OF(pool)

/* --- Barriers and flags: all that wait are woken, in the order of what they have now ------------
 */

static struct barrier barrier;

static int come(int timeout_ms)
{
    return barrier_wait(&barrier, timeout_ms);
}

static const struct subject barrier_subject = {.wait = come};

static void expect_lent_priority_to_order(const struct subject *subject, void (*open)(void))
{
    waited_for = subject;
    init_takers();
    int holder = start_and_wait(wait_as_holder_of_x, LESS);
    int other = start_and_wait(wait_without_x, MORE);
    int lender = start_and_wait(want_x, LENDER);
    open();
    finish(holder);
    finish(other);
    finish(lender);
    EXPECT_ORDER("ho");
}

static void come_as_the_last(void)
{
    EXPECT_EQUAL(barrier_wait(&barrier, 0), BARRIER_LAST);
}

SELF_TEST(barrier_opens_by_lent_priority)
{
    EXPECT_EQUAL(barrier_init(&barrier, 3), 0);
    expect_lent_priority_to_order(&barrier_subject, come_as_the_last);
}

static void set_flag_for_all(void)
{
    events_subject.serve();
}

SELF_TEST(events_wake_by_lent_priority)
{
    events_subject.prepare();
    expect_lent_priority_to_order(&events_subject, set_flag_for_all);
}

/* --- Joins --------------------------------------------------------------------------------------
 */

static int joined;

static int join_it(int timeout_ms)
{
    return thread_join(joined, timeout_ms, NULL);
}

static const struct subject join_subject = {.wait = join_it};

static void end_joined(void)
{
    EXPECT_EQUAL(thread_kill(joined), 0);
}

static void yield_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        thread_yield();
}

/* Who joins runs with what it is lent as soon as the other ends. */
SELF_TEST(a_joiner_goes_on_with_a_lent_priority)
{
    waited_for = &join_subject;
    init_takers();
    joined = start_suspended(yield_for_ever, NULL, LESS);
    int holder = start_and_wait(wait_as_holder_of_x, LESS);
    int other = start_suspended(append_letter, LETTER("o"), MORE);
    int lender = start_and_wait(want_x, LENDER);
    EXPECT_EQUAL(thread_resume(other), 0);
    end_joined();
    finish(holder);
    finish(other);
    finish(lender);
    EXPECT_ORDER("ho");
}

/* --- Reader-writer locks: who has become the most urgent may be let in at once -------------------
 */

static struct rwlock rwlock;

static void read_it(char letter)
{
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, WAIT_FOREVER), 0);
    order_append(letter);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

static void read_as_holder_of_x(void *unused)
{
    (void)unused;
    lock(&x);
    read_it('h');
    unlock(&x);
}

static void read_without_x(void *unused)
{
    (void)unused;
    read_it('r');
}

static void write_it(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(rwlock_lock_write(&rwlock, WAIT_FOREVER), 0);
    order_append('w');
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
}

static void read_first(void)
{
    init_takers();
    rwlock_init(&rwlock, NULL);
    EXPECT_EQUAL(rwlock_lock_read(&rwlock, 0), 0);
}

SELF_TEST(a_reader_that_is_lent_more_than_the_waiting_writer_has_is_let_in)
{
    read_first();
    int writer = start_and_wait(write_it, MORE);
    int reader = start_and_wait(read_as_holder_of_x, LESS);
    int lender = start(want_x, NULL, LENDER);
    finish(reader);
    EXPECT_ORDER("h");
    finish(lender);
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    finish(writer);
    EXPECT_ORDER("hw");
}

SELF_TEST(a_reader_that_is_made_more_urgent_than_the_waiting_writer_is_let_in)
{
    read_first();
    int writer = start_and_wait(write_it, MORE);
    int reader = start_and_wait(read_without_x, LESS);
    EXPECT_EQUAL(thread_set_priority(reader, LENDER), 0);
    finish(reader);
    EXPECT_ORDER("r");
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    finish(writer);
}

SELF_TEST(a_writer_that_is_made_less_urgent_lets_waiting_readers_in)
{
    read_first();
    int writer = start_and_wait(write_it, MORE);
    int reader = start_and_wait(read_without_x, LESS);
    EXPECT_EQUAL(thread_set_priority(writer, LESS - 1), 0);
    finish(reader);
    EXPECT_ORDER("r");
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    finish(writer);
}

/* The writer holds x, and was lent what it has. */
static void write_as_holder_of_x(void *unused)
{
    (void)unused;
    lock(&x);
    write_it(NULL);
    unlock(&x);
}

SELF_TEST(a_writer_that_gives_back_what_it_was_lent_lets_waiting_readers_in)
{
    read_first();
    int writer = start_and_wait(write_as_holder_of_x, LESS);
    int lender = start_and_wait(want_x, LENDER);
    int reader = start_and_wait(read_without_x, MORE);
    stop(lender);
    finish(reader);
    EXPECT_ORDER("r");
    EXPECT_EQUAL(rwlock_unlock(&rwlock), 0);
    finish(writer);
}

/* --- Wakeups with interrupts off
 * ------------------------------------------------------------------ */

#if CONFIG_PREEMPT

SELF_TEST(waking_with_interrupts_off_switches_when_they_come_back)
{
    preemption_set(true);
    semaphore_subject.prepare();
    waited_for = &semaphore_subject;
    int waiter = start_and_wait(wait_without_x, LENDER);
    uint64_t flags = interrupts_save();
    semaphore_subject.serve();
    order_append('1');
    interrupts_restore(flags);
    order_append('2');
    finish(waiter);
    EXPECT_ORDER("1o2");
}

#endif
