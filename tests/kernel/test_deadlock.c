/* Deadlocks: found where there are some, not found where there are none, and how they end. */
#include "sched/deadlock.h"

#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/sync/condition.h"
#include "sched/sync/mutex.h"
#include "sched/sync/rwlock.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define PHILOSOPHERS 3
#define MANY         (DEADLOCK_THREADS_MAX + 2)

static const char *const fork_names[PHILOSOPHERS] = {"fork0", "fork1", "fork2"};
static const char *const names[PHILOSOPHERS] = {"plato", "kant", "hume"};

static struct mutex forks[MANY];

/* Takes one mutex, and when it is resumed the other one. */
struct philosopher {
    struct mutex *first;
    struct mutex *second;
    int timeout_ms;
    int result; /* of the second */
};

static struct philosopher philosophers[MANY];
static int tids[MANY];

static void dine(void *argument)
{
    struct philosopher *self = argument;
    EXPECT_EQUAL(mutex_lock(self->first, 0), 0);
    EXPECT_EQUAL(thread_suspend(thread_self()), 0);
    self->result = mutex_lock(self->second, self->timeout_ms);
    if (self->result == 0 || self->result == -ERROR_OWNER_DEAD)
        EXPECT_EQUAL(mutex_unlock(self->second), 0);
    EXPECT_EQUAL(mutex_unlock(self->first), 0);
}

/* So many sit around a table: each holds a fork, and will want the next one's. */
static void seat(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        mutex_init(&forks[i], i < PHILOSOPHERS ? fork_names[i] : NULL);
    for (unsigned i = 0; i < count; i++) {
        philosophers[i] = (struct philosopher){.first = &forks[i],
                                               .second = &forks[(i + 1) % count],
                                               .timeout_ms = WAIT_FOREVER,
                                               .result = ATTEMPT_PENDING};
        tids[i] = start_named(i < PHILOSOPHERS ? names[i] : "guest", dine, &philosophers[i], 20);
        wait_until(tids[i], THREAD_SUSPENDED);
    }
}

static void let_reach_out(unsigned index)
{
    EXPECT_EQUAL(thread_resume(tids[index]), 0);
    wait_until(tids[index], THREAD_BLOCKED);
}

/* Kills the first, and lets all others finish in turn. */
static void break_up(unsigned count)
{
    stop(tids[0]);
    for (unsigned i = 1; i < count; i++)
        finish(tids[i]);
    EXPECT_EQUAL(philosophers[count - 1].result, -ERROR_OWNER_DEAD);
}

/* What is known of thread `tid` of a cycle, wherever the cycle was begun. */
static const struct deadlock_step *step_of(const struct deadlock *deadlock, int tid)
{
    for (unsigned i = 0; i < deadlock->threads && i < DEADLOCK_THREADS_MAX; i++)
        if (deadlock->steps[i].tid == tid)
            return &deadlock->steps[i];
    return NULL;
}

static void expect_cycle_of(unsigned count)
{
    for (unsigned asked = 0; asked < count; asked++) {
        struct deadlock deadlock;
        EXPECT(deadlock_find(tids[asked], &deadlock));
        EXPECT_EQUAL(deadlock.threads, count);
        for (unsigned i = 0; i < count; i++) {
            const struct deadlock_step *step = step_of(&deadlock, tids[i]);
            EXPECT(step != NULL);
            if (step == NULL)
                continue;
            EXPECT_EQUAL(strcmp(step->thread, names[i]), 0);
            EXPECT_EQUAL(strcmp(step->wants, fork_names[(i + 1) % count]), 0);
        }
    }
}

static void expect_no_cycle(unsigned count)
{
    struct deadlock deadlock;
    for (unsigned i = 0; i < count; i++)
        EXPECT(!deadlock_find(tids[i], &deadlock));
}

static void expect_cycle_closes(unsigned count)
{
    unsigned before = deadlock_count();
    seat(count);
    for (unsigned i = 0; i + 1 < count; i++) {
        let_reach_out(i);
        expect_no_cycle(count);
    }
    EXPECT_EQUAL(deadlock_count(), before);
    let_reach_out(count - 1);
    EXPECT_EQUAL(deadlock_count(), before + 1);
    expect_cycle_of(count);
    break_up(count);
    EXPECT_EQUAL(deadlock_count(), before + 1);
}

SELF_TEST(a_cycle_of_two_is_found_when_it_closes)
{
    expect_cycle_closes(2);
}

SELF_TEST(a_cycle_of_three_is_found_when_it_closes)
{
    expect_cycle_closes(3);
}

SELF_TEST(a_cycle_longer_than_can_be_told_is_found_too)
{
    struct deadlock deadlock;
    seat(MANY);
    for (unsigned i = 0; i < MANY; i++)
        let_reach_out(i);
    EXPECT(deadlock_find(tids[0], &deadlock));
    EXPECT(deadlock.threads >= DEADLOCK_THREADS_MAX);
    char text[512];
    deadlock_describe(&deadlock, text, sizeof(text));
    EXPECT(strlen(text) > 0);
    break_up(MANY);
}

SELF_TEST(a_deadlock_is_described_in_words)
{
    struct deadlock deadlock = {.threads = 2,
                                .steps = {{.tid = 1, .thread = "a", .wants = "x"},
                                          {.tid = 2, .thread = "b", .wants = "y"}}};
    char text[100];
    deadlock_describe(&deadlock, text, sizeof(text));
    EXPECT_EQUAL(strcmp(text, "a waits for x, held by b; b waits for y, held by a"), 0);
    char cut[10];
    deadlock_describe(&deadlock, cut, sizeof(cut));
    EXPECT_EQUAL(strcmp(cut, "a waits f"), 0);
}

SELF_TEST(who_waits_for_a_cycle_is_not_in_it)
{
    struct deadlock deadlock;
    static struct mutex another;
    seat(2);
    let_reach_out(0);
    let_reach_out(1);
    mutex_init(&another, NULL);
    struct philosopher outside = {
        .first = &another, .second = &forks[0], .timeout_ms = WAIT_FOREVER};
    int tid = start(dine, &outside, 20);
    wait_until(tid, THREAD_SUSPENDED);
    EXPECT_EQUAL(thread_resume(tid), 0);
    wait_until(tid, THREAD_BLOCKED);
    EXPECT(!deadlock_find(tid, &deadlock));
    expect_cycle_of(2);
    stop(tid);
    break_up(2);
}

SELF_TEST(there_is_no_cycle_where_nobody_waits)
{
    struct deadlock deadlock;
    EXPECT(!deadlock_find(thread_self(), &deadlock));
    EXPECT(!deadlock_find(0, &deadlock));
    EXPECT(!deadlock_find(123456, &deadlock));
}

SELF_TEST(a_time_out_ends_a_deadlock)
{
    seat(2);
    philosophers[0].timeout_ms = 20;
    let_reach_out(0);
    let_reach_out(1);
    expect_cycle_of(2);
    finish(tids[0]);
    EXPECT_EQUAL(philosophers[0].result, -ERROR_TIMED_OUT);
    finish(tids[1]);
    EXPECT_EQUAL(philosophers[1].result, 0);
}

SELF_TEST(killing_one_ends_a_deadlock)
{
    struct deadlock deadlock;
    seat(3);
    for (unsigned i = 0; i < 3; i++)
        let_reach_out(i);
    stop(tids[1]);
    EXPECT(!deadlock_find(tids[0], &deadlock));
    EXPECT(!deadlock_find(tids[2], &deadlock));
    finish(tids[0]);
    finish(tids[2]);
    EXPECT_EQUAL(philosophers[0].result, -ERROR_OWNER_DEAD);
    EXPECT_EQUAL(philosophers[2].result, 0);
}

static void lock_what_the_joiner_holds(void *argument)
{
    (void)argument;
    mutex_lock(&forks[0], WAIT_FOREVER);
}

static int join_what_waits(int timeout_ms)
{
    EXPECT_EQUAL(mutex_lock(&forks[0], 0), 0);
    tids[0] = start_named("joined", lock_what_the_joiner_holds, NULL, 20);
    return thread_join(tids[0], timeout_ms, NULL);
}

SELF_TEST(joining_who_waits_for_oneself_is_a_deadlock)
{
    struct deadlock deadlock;
    struct attempt join = {.operation = join_what_waits, .timeout_ms = WAIT_FOREVER};
    unsigned before = deadlock_count();
    mutex_init(&forks[0], fork_names[0]);
    int joiner = start_waiting(&join, 20);
    settle();
    EXPECT_EQUAL(deadlock_count(), before + 1);
    EXPECT(deadlock_find(joiner, &deadlock));
    EXPECT_EQUAL(deadlock.threads, 2);
    EXPECT_EQUAL(strcmp(step_of(&deadlock, tids[0])->wants, fork_names[0]), 0);
    stop(joiner);
    finish(tids[0]);
}

static struct rwlock table = RWLOCK("table");

static int write_then_lock(int timeout_ms)
{
    EXPECT_EQUAL(rwlock_lock_write(&table, 0), 0);
    thread_suspend(thread_self());
    return mutex_lock(&forks[0], timeout_ms);
}

static int lock_then_read(int timeout_ms)
{
    EXPECT_EQUAL(mutex_lock(&forks[0], 0), 0);
    return rwlock_lock_read(&table, timeout_ms);
}

SELF_TEST(a_writer_of_a_rwlock_can_be_in_a_cycle)
{
    struct deadlock deadlock;
    struct attempt writer = {.operation = write_then_lock, .timeout_ms = WAIT_FOREVER};
    struct attempt reader = {.operation = lock_then_read, .timeout_ms = WAIT_FOREVER};
    mutex_init(&forks[0], fork_names[0]);
    rwlock_init(&table, "table");
    int writer_tid = start_attempt(&writer, 20);
    wait_until(writer_tid, THREAD_SUSPENDED);
    int reader_tid = start_waiting(&reader, 20);
    EXPECT(!deadlock_find(reader_tid, &deadlock));
    EXPECT_EQUAL(thread_resume(writer_tid), 0);
    wait_until(writer_tid, THREAD_BLOCKED);
    EXPECT(deadlock_find(reader_tid, &deadlock));
    EXPECT_EQUAL(deadlock.threads, 2);
    EXPECT_EQUAL(strcmp(step_of(&deadlock, reader_tid)->wants, "table"), 0);
    stop(writer_tid);
    finish(reader_tid);
    EXPECT_EQUAL(reader.result, -ERROR_OWNER_DEAD);
}

/* --- What the threads of a cycle lend each other ---------------------------------------------- */

static int want_first_fork(int timeout_ms)
{
    return mutex_lock(&forks[0], timeout_ms);
}

/* plato (30) and kant (10) wait for each other. */
static void lock_each_other_out(int timeout_of_plato)
{
    seat(2);
    philosophers[0].timeout_ms = timeout_of_plato;
    EXPECT_EQUAL(thread_set_priority(tids[0], 30), 0);
    EXPECT_EQUAL(thread_set_priority(tids[1], 10), 0);
    let_reach_out(1);
    let_reach_out(0);
    EXPECT_PRIORITY(tids[0], 30);
    EXPECT_PRIORITY(tids[1], 30);
}

SELF_TEST(a_cycle_does_not_keep_what_an_outsider_has_lent_it)
{
    struct attempt hume = {.operation = want_first_fork, .timeout_ms = 5};
    lock_each_other_out(WAIT_FOREVER);
    int tid = start_waiting(&hume, 40);
    EXPECT_PRIORITY(tids[0], 40);
    EXPECT_PRIORITY(tids[1], 40);
    finish(tid);
    EXPECT_EQUAL(hume.result, -ERROR_TIMED_OUT);
    EXPECT_PRIORITY(tids[0], 30);
    EXPECT_PRIORITY(tids[1], 30);
    break_up(2);
}

SELF_TEST(lowering_a_thread_of_a_cycle_lowers_all_of_it)
{
    lock_each_other_out(WAIT_FOREVER);
    EXPECT_EQUAL(thread_set_priority(tids[0], 20), 0);
    EXPECT_PRIORITY(tids[0], 20);
    EXPECT_PRIORITY(tids[1], 20);
    EXPECT_EQUAL(thread_set_priority(tids[1], 25), 0);
    EXPECT_PRIORITY(tids[0], 25);
    break_up(2);
}

SELF_TEST(a_lowered_cycle_ends_by_a_timeout)
{
    lock_each_other_out(10);
    EXPECT_EQUAL(thread_set_priority(tids[0], 20), 0);
    finish(tids[0]);
    finish(tids[1]);
    EXPECT_EQUAL(philosophers[0].result, -ERROR_TIMED_OUT);
    EXPECT_EQUAL(philosophers[1].result, 0);
}

/* Somebody waits for a thread of the cycle without being in it. */
SELF_TEST(lowering_who_waits_for_a_cycle_reaches_into_it)
{
    struct attempt hume = {.operation = want_first_fork, .timeout_ms = WAIT_FOREVER};
    lock_each_other_out(WAIT_FOREVER);
    int tid = start_waiting(&hume, 40);
    EXPECT_EQUAL(thread_set_priority(tid, 35), 0);
    EXPECT_PRIORITY(tids[0], 35);
    EXPECT_PRIORITY(tids[1], 35);
    stop(tid);
    EXPECT_PRIORITY(tids[0], 30);
    EXPECT_PRIORITY(tids[1], 30);
    break_up(2);
}

/* --- What is a cycle no more, and what becomes one without anybody's taking a lock
 * ---------------- */

static int joined_in_vain;

static void join_for_a_moment(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(thread_join(joined_in_vain, 2, NULL), -ERROR_TIMED_OUT);
    thread_suspend(thread_self());
}

static void join_back(void *tid)
{
    thread_sleep_ms(10);
    EXPECT_EQUAL(thread_join(*(int *)tid, 5, NULL), -ERROR_TIMED_OUT);
    thread_suspend(thread_self());
}

SELF_TEST(a_join_that_has_timed_out_is_no_part_of_a_cycle)
{
    int other = 0;
    unsigned before = deadlock_count();
    joined_in_vain = start(join_back, &other, 20);
    other = start(join_for_a_moment, NULL, 10);
    wait_until(other, THREAD_BLOCKED);
    /* Its time is up while a more urgent thread runs: it has not run since. */
    EXPECT_EQUAL(thread_suspend(other), 0);
    wait_until(joined_in_vain, THREAD_SUSPENDED);
    EXPECT_EQUAL(deadlock_count(), before);
    stop(other);
    stop(joined_in_vain);
}

static struct condition condition;

/* Holds fork 1, and waits for the condition, whose mutex is fork 0. */
static void wait_for_condition(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(mutex_lock(&forks[1], 0), 0);
    EXPECT_EQUAL(mutex_lock(&forks[0], 0), 0);
    condition_wait(&condition, &forks[0], WAIT_FOREVER);
}

/* Holds fork 0, and waits for fork 1. */
static void want_fork(void *unused)
{
    (void)unused;
    EXPECT_EQUAL(mutex_lock(&forks[0], 0), 0);
    mutex_lock(&forks[1], WAIT_FOREVER);
}

SELF_TEST(a_cycle_that_a_signal_closes_is_found)
{
    unsigned before = deadlock_count();
    condition_init(&condition);
    mutex_init(&forks[0], fork_names[0]);
    mutex_init(&forks[1], fork_names[1]);
    int waiter = start(wait_for_condition, NULL, 20);
    wait_until(waiter, THREAD_BLOCKED);
    int holder = start(want_fork, NULL, 20);
    wait_until(holder, THREAD_BLOCKED);
    EXPECT_EQUAL(deadlock_count(), before);
    EXPECT(condition_signal(&condition));
    EXPECT_EQUAL(deadlock_count(), before + 1);
    stop(waiter);
    stop(holder);
}
