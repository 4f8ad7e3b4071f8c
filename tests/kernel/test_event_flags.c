/* Event flags: any, all, and who clears what. */
#include "sched/sync/event_flags.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

static struct event_flags events;

struct waiter {
    uint32_t wanted;
    unsigned mode;
    char letter;
    uint32_t seen;
    int result;
};

static void wait_for_flags(void *argument)
{
    struct waiter *waiter = argument;
    waiter->result =
        event_flags_wait(&events, waiter->wanted, waiter->mode, WAIT_FOREVER, &waiter->seen);
    order_append(waiter->letter);
}

static int start_waiter(struct waiter *waiter, unsigned priority)
{
    int tid = start(wait_for_flags, waiter, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

SELF_TEST(flags_are_set_and_cleared)
{
    event_flags_init(&events);
    EXPECT_EQUAL(event_flags_get(&events), 0);
    EXPECT_EQUAL(event_flags_set(&events, 0x81), 0);
    EXPECT_EQUAL(event_flags_set(&events, 0x80000002), 0);
    EXPECT_EQUAL(event_flags_get(&events), 0x80000083);
    EXPECT_EQUAL(event_flags_clear(&events, 0x101), 0x80000083);
    EXPECT_EQUAL(event_flags_get(&events), 0x80000082);
}

SELF_TEST(flags_at_file_scope_need_no_init)
{
    static struct event_flags at_rest = EVENT_FLAGS;
    EXPECT_EQUAL(event_flags_wait(&at_rest, 1, EVENT_ANY, 2, NULL), -ERROR_TIMED_OUT);
    EXPECT_EQUAL(event_flags_set(&at_rest, 1), 0);
    EXPECT_EQUAL(event_flags_wait(&at_rest, 1, EVENT_ANY, 0, NULL), 0);
}

SELF_TEST(flags_that_are_set_need_no_waiting)
{
    uint32_t seen = 0;
    event_flags_init(&events);
    event_flags_set(&events, 6);
    EXPECT_EQUAL(event_flags_wait(&events, 3, EVENT_ANY, 0, &seen), 0);
    EXPECT_EQUAL(seen, 6);
    EXPECT_EQUAL(event_flags_wait(&events, 3, EVENT_ALL, 0, &seen), -ERROR_AGAIN);
    EXPECT_EQUAL(event_flags_wait(&events, 6, EVENT_ALL, 0, NULL), 0);
    EXPECT_EQUAL(event_flags_get(&events), 6);
    EXPECT_EQUAL(event_flags_wait(&events, 3, EVENT_ANY | EVENT_CLEAR, 0, &seen), 0);
    EXPECT_EQUAL(seen, 6);
    EXPECT_EQUAL(event_flags_get(&events), 4);
}

SELF_TEST(a_wait_for_flags_refuses_what_cannot_be)
{
    event_flags_init(&events);
    EXPECT_EQUAL(event_flags_wait(&events, 0, EVENT_ANY, 0, NULL), -ERROR_INVALID);
    EXPECT_EQUAL(event_flags_wait(&events, 1, 1u << 2, 0, NULL), -ERROR_INVALID);
}

SELF_TEST(any_wanted_flag_ends_a_wait_for_any)
{
    struct waiter any = {.wanted = 6, .mode = EVENT_ANY, .letter = 'a'};
    event_flags_init(&events);
    int tid = start_waiter(&any, THREAD_PRIORITY_DEFAULT);
    event_flags_set(&events, 9);
    settle();
    EXPECT_ORDER("");
    event_flags_set(&events, 4);
    finish(tid);
    EXPECT_EQUAL(any.result, 0);
    EXPECT_EQUAL(any.seen, 13);
    EXPECT_EQUAL(event_flags_get(&events), 13);
}

SELF_TEST(all_wanted_flags_together_end_a_wait_for_all)
{
    struct waiter all = {.wanted = 6, .mode = EVENT_ALL, .letter = 'a'};
    event_flags_init(&events);
    int tid = start_waiter(&all, THREAD_PRIORITY_DEFAULT);
    event_flags_set(&events, 2);
    event_flags_clear(&events, 2);
    event_flags_set(&events, 4);
    settle();
    EXPECT_ORDER("");
    event_flags_set(&events, 2);
    finish(tid);
    EXPECT_EQUAL(all.seen, 6);
}

/* Two of these three clear; all three are served by the same setting of flags. */
SELF_TEST(flags_are_cleared_after_all_waiters_were_looked_at)
{
    struct waiter waiters[] = {{.wanted = 1, .mode = EVENT_ANY | EVENT_CLEAR, .letter = 'a'},
                               {.wanted = 3, .mode = EVENT_ALL | EVENT_CLEAR, .letter = 'b'},
                               {.wanted = 1, .mode = EVENT_ANY, .letter = 'c'}};
    const unsigned priorities[] = {20, 30, 25};
    int tids[3];
    event_flags_init(&events);
    for (int i = 0; i < 3; i++)
        tids[i] = start_waiter(&waiters[i], priorities[i]);
    EXPECT_EQUAL(event_flags_set(&events, 7), 0);
    EXPECT_EQUAL(event_flags_get(&events), 4);
    for (int i = 0; i < 3; i++) {
        finish(tids[i]);
        EXPECT_EQUAL(waiters[i].result, 0);
        EXPECT_EQUAL(waiters[i].seen, 7);
    }
    EXPECT_ORDER("bca");
}

SELF_TEST(a_setting_wakes_those_it_fulfils_and_no_others)
{
    struct waiter waiters[] = {{.wanted = 1, .mode = EVENT_ANY, .letter = 'a'},
                               {.wanted = 2, .mode = EVENT_ANY, .letter = 'b'},
                               {.wanted = 1, .mode = EVENT_ANY, .letter = 'c'},
                               {.wanted = 2, .mode = EVENT_ANY, .letter = 'd'}};
    int tids[4];
    event_flags_init(&events);
    for (int i = 0; i < 4; i++)
        tids[i] = start_waiter(&waiters[i], THREAD_PRIORITY_DEFAULT);
    event_flags_set(&events, 2);
    settle();
    EXPECT_ORDER("bd");
    event_flags_set(&events, 1);
    for (int i = 0; i < 4; i++)
        finish(tids[i]);
    EXPECT_ORDER("bdac");
}

SELF_TEST(a_killed_waiter_clears_nothing)
{
    struct waiter waiter = {.wanted = 1, .mode = EVENT_ANY | EVENT_CLEAR, .letter = 'k'};
    event_flags_init(&events);
    stop(start_waiter(&waiter, THREAD_PRIORITY_DEFAULT));
    event_flags_set(&events, 1);
    EXPECT_EQUAL(event_flags_get(&events), 1);
    EXPECT_ORDER("");
}

SELF_TEST(destroyed_flags_are_not_set)
{
    event_flags_init(&events);
    event_flags_set(&events, 1);
    event_flags_destroy(&events);
    EXPECT_EQUAL(event_flags_set(&events, 2), -ERROR_DESTROYED);
    EXPECT_EQUAL(event_flags_wait(&events, 1, EVENT_ANY, 0, NULL), -ERROR_DESTROYED);
}
