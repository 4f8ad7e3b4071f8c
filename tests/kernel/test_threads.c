/* Creating, joining, ending. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static int ends_seen;

static void exit_with_42(void *argument)
{
    (void)argument;
    thread_exit(42);
}

static void sleep_for_ever(void *argument)
{
    (void)argument;
    for (;;)
        thread_sleep_ms(1000);
}

static void count_end(void *argument)
{
    (void)argument;
    ends_seen++;
}

SELF_TEST(join_tells_the_exit_status)
{
    int status = 0;
    int tid = start(exit_with_42, NULL, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_join(tid, WAIT_FOREVER, &status), 0);
    EXPECT_EQUAL(status, 42);
    EXPECT_EQUAL(thread_join(tid, WAIT_FOREVER, &status), -ERROR_NOT_FOUND);
}

SELF_TEST(returning_from_the_entry_ends_the_thread_with_status_0)
{
    int status = -1;
    int tid = start(append_letter, LETTER("x"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_join(tid, WAIT_FOREVER, &status), 0);
    EXPECT_EQUAL(status, 0);
    EXPECT_ORDER("x");
}

SELF_TEST(join_refuses_what_can_never_end_well)
{
    EXPECT_EQUAL(thread_join(thread_self(), WAIT_FOREVER, NULL), -ERROR_DEADLOCK);
    EXPECT_EQUAL(thread_join(123456, WAIT_FOREVER, NULL), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_join(-1, WAIT_FOREVER, NULL), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_join(0, WAIT_FOREVER, NULL), -ERROR_INVALID);
}

SELF_TEST(join_with_timeout_gives_up)
{
    int tid = start(sleep_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_join(tid, 0, NULL), -ERROR_AGAIN);
    EXPECT_EQUAL(thread_join(tid, 5, NULL), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(thread_kill(tid), 0);
    int status = 0;
    EXPECT_EQUAL(thread_join(tid, 0, &status), 0);
    EXPECT_EQUAL(status, -ERROR_KILLED);
}

static int joined_tid;

static void join_it(void *argument)
{
    (void)argument;
    thread_join(joined_tid, WAIT_FOREVER, NULL);
    order_append('j');
}

SELF_TEST(a_second_joiner_is_refused_and_a_killed_one_makes_room)
{
    joined_tid = start(sleep_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    int joiner = start(join_it, NULL, THREAD_PRIORITY_DEFAULT);
    thread_yield();
    EXPECT_EQUAL(thread_join(joined_tid, 1, NULL), -ERROR_BUSY);
    EXPECT_EQUAL(thread_kill(joiner), 0);
    finish(joiner);
    EXPECT_EQUAL(thread_join(joined_tid, 1, NULL), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(thread_kill(joined_tid), 0);
    finish(joined_tid);
    EXPECT_ORDER("");
}

SELF_TEST(create_refuses_bad_attributes)
{
    EXPECT_EQUAL(thread_create(&(struct thread_attributes){.entry = NULL}), -ERROR_INVALID);
    EXPECT_EQUAL(thread_create(&(struct thread_attributes){.entry = append_letter, .priority = 64}),
                 -ERROR_INVALID);
}

SELF_TEST(names_are_copied_and_cut)
{
    char name[] = "a long name of a thread";
    int tid = thread_create(&(struct thread_attributes){
        .name = name, .entry = sleep_for_ever, .priority = THREAD_PRIORITY_DEFAULT});
    memset(name, 'X', sizeof(name) - 1);
    struct thread_information information;
    EXPECT_EQUAL(thread_get_information(tid, &information), 0);
    EXPECT_EQUAL(strcmp(information.name, "a long name of "), 0);
    EXPECT_EQUAL(thread_kill(tid), 0);
    finish(tid);
}

SELF_TEST(on_end_is_called_once_however_a_thread_ends)
{
    struct thread_attributes attributes = {.name = "ends",
                                           .entry = exit_with_42,
                                           .priority = THREAD_PRIORITY_DEFAULT,
                                           .on_end = count_end};
    ends_seen = 0;
    finish(thread_create(&attributes));
    EXPECT_EQUAL(ends_seen, 1);
    attributes.entry = sleep_for_ever;
    int tid = thread_create(&attributes);
    thread_yield();
    EXPECT_EQUAL(thread_kill(tid), 0);
    EXPECT_EQUAL(ends_seen, 2);
    EXPECT_EQUAL(thread_kill(tid), -ERROR_NOT_FOUND);
    finish(tid);
    EXPECT_EQUAL(ends_seen, 2);
}

SELF_TEST(a_detached_thread_leaves_nothing)
{
    int tid = thread_create(&(struct thread_attributes){.name = "detached",
                                                        .entry = append_letter,
                                                        .argument = LETTER("d"),
                                                        .priority = THREAD_PRIORITY_DEFAULT,
                                                        .detached = true});
    EXPECT_EQUAL(thread_join(tid, 1, NULL), -ERROR_INVALID);
    thread_yield();
    struct thread_information information;
    EXPECT_EQUAL(thread_get_information(tid, &information), -ERROR_NOT_FOUND);
    EXPECT_ORDER("d");
}

static void kill_itself(void *argument)
{
    (void)argument;
    order_append('a');
    thread_kill(thread_self());
    order_append('b');
}

SELF_TEST(killing_oneself_is_exiting)
{
    int status = 0;
    int tid = start(kill_itself, NULL, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_join(tid, WAIT_FOREVER, &status), 0);
    EXPECT_EQUAL(status, -ERROR_KILLED);
    EXPECT_ORDER("a");
}

SELF_TEST(protected_threads_cannot_be_killed)
{
    EXPECT_EQUAL(thread_kill(0), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(thread_set_priority(0, 5), -ERROR_NOT_PERMITTED);
    EXPECT_EQUAL(thread_protect(123456), -ERROR_NOT_FOUND);
}

SELF_TEST(threads_are_visited_in_order_of_age)
{
    int first = start(sleep_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    int second = start(sleep_for_ever, NULL, THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_next(-1), 0);
    EXPECT_EQUAL(thread_next(first), second);
    EXPECT_EQUAL(thread_next(second), -ERROR_NOT_FOUND);
    EXPECT_EQUAL(thread_kill(first), 0);
    finish(first);
    EXPECT_EQUAL(thread_next(first), second);
    EXPECT_EQUAL(thread_kill(second), 0);
    finish(second);
}

SELF_TEST(a_thousand_threads_come_and_go)
{
    static int tids[1000];
    for (int i = 0; i < 1000; i++)
        tids[i] = start(exit_with_42, NULL, THREAD_PRIORITY_DEFAULT);
    for (int i = 0; i < 1000; i++)
        finish(tids[i]);
}

SELF_TEST(running_out_of_memory_is_told_and_undone)
{
    static int tids[65536];
    unsigned created = 0;
    int tid;
    while ((tid = thread_create(&(struct thread_attributes){
                .name = "many", .entry = exit_with_42, .priority = 1})) > 0)
        tids[created++] = tid;
    EXPECT_EQUAL(tid, -ERROR_NO_MEMORY);
    EXPECT(created > 1000);
    for (unsigned i = 0; i < created; i++)
        EXPECT_EQUAL(thread_kill(tids[i]), 0);
    for (unsigned i = 0; i < created; i++)
        EXPECT_EQUAL(thread_join(tids[i], 0, NULL), 0);
}
