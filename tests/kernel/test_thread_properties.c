/* Names, priorities, and who is joined by nobody. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

/* What thread `tid` is called once it has been named `name`. */
static const char *renamed(int tid, const char *name)
{
    static char seen[THREAD_NAME_SIZE];
    EXPECT_EQUAL(thread_set_name(tid, name), 0);
    EXPECT_EQUAL(thread_get_name(tid, seen), 0);
    return seen;
}

SELF_TEST(a_name_can_be_changed_and_is_copied_and_cut)
{
    char name[] = "another rather long name";
    char seen[THREAD_NAME_SIZE];
    int tid = start_named("first", append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_get_name(tid, seen), 0);
    EXPECT_EQUAL(strcmp(seen, "first"), 0);
    EXPECT_EQUAL(thread_set_name(tid, name), 0);
    memset(name, 'X', sizeof(name) - 1);
    EXPECT_EQUAL(thread_get_name(tid, seen), 0);
    EXPECT_EQUAL(strcmp(seen, "another rather "), 0);
    finish(tid);
}

SELF_TEST(a_name_keeps_its_blanks_and_can_be_seen)
{
    char seen[THREAD_NAME_SIZE];
    int tid = start_named("", append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_get_name(tid, seen), 0);
    EXPECT_EQUAL(strcmp(seen, "thread"), 0);
    EXPECT_EQUAL(strcmp(renamed(tid, "thread 1"), "thread 1"), 0);
    EXPECT_EQUAL(strcmp(renamed(tid, " a "), " a "), 0);
    EXPECT_EQUAL(strcmp(renamed(tid, "   "), "thread"), 0);
    EXPECT_EQUAL(strcmp(renamed(tid, "                 x"), "thread"), 0); /* cut before it */
    EXPECT_EQUAL(strcmp(renamed(tid, "\x1b[2J\n\xe4"), "_[2J__"), 0);
    finish(tid);
}

SELF_TEST(names_are_refused_where_there_is_no_thread_or_no_name)
{
    char seen[THREAD_NAME_SIZE];
    EXPECT_EQUAL(thread_set_name(thread_self(), NULL), -ERROR_INVALID);
    EXPECT_EQUAL(thread_set_name(123456, "name"), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_get_name(123456, seen), -ERROR_NOT_FOUND);
}

SELF_TEST(priorities_can_be_changed_within_their_range)
{
    int tid = start(append_letter, LETTER("x"), 12);
    EXPECT_PRIORITY(tid, 12);
    EXPECT_EQUAL(thread_get_base_priority(tid), 12);
    EXPECT_EQUAL(thread_set_priority(tid, 0), 0);
    EXPECT_PRIORITY(tid, 0);
    EXPECT_EQUAL(thread_set_priority(tid, THREAD_PRIORITY_HIGHEST), 0);
    EXPECT_PRIORITY(tid, THREAD_PRIORITY_HIGHEST);
    EXPECT_EQUAL(thread_set_priority(tid, THREAD_PRIORITIES), -ERROR_INVALID);
    EXPECT_EQUAL(thread_get_base_priority(tid), THREAD_PRIORITY_HIGHEST);
    finish(tid);
    EXPECT_EQUAL(thread_set_priority(tid, 5), -ERROR_NOT_FOUND);
    EXPECT_PRIORITY(tid, -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_get_base_priority(tid), -ERROR_NOT_FOUND);
}

SELF_TEST(base_and_effective_priority_differ_while_one_is_lent)
{
    struct attempt wait = {.operation = lock_and_unlock, .timeout_ms = WAIT_FOREVER};
    mutex_init(&attempted_mutex, NULL);
    EXPECT_EQUAL(mutex_lock(&attempted_mutex, 0), 0);
    int tid = start_waiting(&wait, 50);
    struct thread_information information;
    EXPECT_EQUAL(thread_get_information(thread_self(), &information), 0);
    EXPECT_EQUAL(information.priority, 50);
    EXPECT_EQUAL(information.base_priority, THREAD_PRIORITY_DEFAULT);
    EXPECT_PRIORITY(thread_self(), 50);
    EXPECT_EQUAL(thread_get_base_priority(thread_self()), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(mutex_unlock(&attempted_mutex), 0);
    EXPECT_PRIORITY(thread_self(), THREAD_PRIORITY_DEFAULT);
    finish(tid);
}

/* A thread that has been detached is gone when it ends. */
static void expect_gone(int tid)
{
    EXPECT_STATE(tid, -1);
    EXPECT_EQUAL(thread_join(tid, 0, NULL), -ERROR_NOT_FOUND);
}

SELF_TEST(a_ready_thread_can_be_detached)
{
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_detach(tid), 0);
    EXPECT_EQUAL(thread_join(tid, WAIT_FOREVER, NULL), -ERROR_INVALID);
    EXPECT_EQUAL(thread_detach(tid), -ERROR_INVALID);
    settle();
    EXPECT_ORDER("x");
    expect_gone(tid);
}

SELF_TEST(a_suspended_thread_can_be_detached)
{
    int tid = start_suspended(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_detach(tid), 0);
    EXPECT_EQUAL(thread_resume(tid), 0);
    settle();
    EXPECT_ORDER("x");
    expect_gone(tid);
}

SELF_TEST(a_sleeping_thread_can_be_detached)
{
    struct attempt sleep = {.operation = sleep_for, .letter = 's', .timeout_ms = 3};
    int tid = start_attempt(&sleep, THREAD_PRIORITY_DEFAULT);
    wait_until(tid, THREAD_SLEEPING);
    EXPECT_EQUAL(thread_detach(tid), 0);
    thread_sleep_ms(5);
    EXPECT_ORDER("s");
    expect_gone(tid);
}

SELF_TEST(a_waiting_thread_can_be_detached)
{
    struct attempt wait = {
        .operation = wait_for_semaphore, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_detach(tid), 0);
    semaphore_post(&attempted_semaphore);
    settle();
    EXPECT_ORDER("w");
    expect_gone(tid);
}

SELF_TEST(a_detached_thread_can_be_killed_and_is_gone)
{
    struct attempt wait = {.operation = wait_for_semaphore, .timeout_ms = WAIT_FOREVER};
    semaphore_init(&attempted_semaphore, 0);
    int tid = start_waiting(&wait, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_detach(tid), 0);
    EXPECT_EQUAL(thread_kill(tid), 0);
    expect_gone(tid);
}

SELF_TEST(a_thread_that_has_ended_is_gone_when_it_is_detached)
{
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    settle();
    EXPECT_STATE(tid, THREAD_ENDED);
    EXPECT_EQUAL(thread_detach(tid), 0);
    expect_gone(tid);
    EXPECT_EQUAL(thread_detach(tid), -ERROR_NOT_FOUND);
}

static void detach_itself(void *argument)
{
    (void)argument;
    EXPECT_EQUAL(thread_detach(thread_self()), 0);
    order_append('d');
}

SELF_TEST(a_thread_can_detach_itself)
{
    int tid = start(detach_itself, NULL, THREAD_PRIORITY_DEFAULT);
    settle();
    EXPECT_ORDER("d");
    expect_gone(tid);
}

static int joined_tid;

static int join_it(int timeout_ms)
{
    return thread_join(joined_tid, timeout_ms, NULL);
}

SELF_TEST(a_thread_that_somebody_joins_cannot_be_detached)
{
    struct attempt join = {.operation = join_it, .letter = 'j', .timeout_ms = WAIT_FOREVER};
    joined_tid = start_suspended(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    int joiner = start_waiting(&join, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_detach(joined_tid), -ERROR_BUSY);
    EXPECT_EQUAL(thread_resume(joined_tid), 0);
    finish(joiner);
    EXPECT_EQUAL(join.result, 0);
    EXPECT_ORDER("xj");
}
