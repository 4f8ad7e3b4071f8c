/* Where the time of threads goes. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/self_test.h"

#define NS_PER_MS 1000000u

static struct thread_information information_of(int tid)
{
    struct thread_information information = {0};
    EXPECT_EQUAL(thread_get_information(tid, &information), 0);
    return information;
}

/* Nanoseconds are rounded account by account. */
static void expect_sum(const struct thread_information *thread)
{
    uint64_t sum = thread->run_time_ns + thread->ready_time_ns + thread->sleep_time_ns +
                   thread->blocked_time_ns + thread->stolen_time_ns;
    EXPECT(sum <= thread->lifetime_ns && thread->lifetime_ns <= sum + 4);
}

static void expect_ms(uint64_t seen_ns, uint64_t expected_ms)
{
    EXPECT(seen_ns >= (expected_ms - 1) * NS_PER_MS && seen_ns <= (expected_ms + 1) * NS_PER_MS);
}

static void live(void *argument)
{
    (void)argument;
    spin_ticks(10);
    thread_sleep_ms(20);
    semaphore_wait(&attempted_semaphore, WAIT_FOREVER);
    spin_ticks(5);
    thread_suspend(thread_self());
}

SELF_TEST(every_cycle_of_a_life_is_in_one_account)
{
    semaphore_init(&attempted_semaphore, 0);
    int tid = start(live, NULL, THREAD_PRIORITY_DEFAULT);
    spin_ticks(7); /* it is ready, and has to wait for the CPU */
    thread_sleep_ms(70);
    semaphore_post(&attempted_semaphore);
    thread_sleep_ms(30);
    struct thread_information thread = information_of(tid);
    expect_sum(&thread);
    expect_ms(thread.run_time_ns, 15);
    expect_ms(thread.ready_time_ns, 7);
    expect_ms(thread.sleep_time_ns, 20);
    expect_ms(thread.blocked_time_ns, 107 - 15 - 7 - 20);
    expect_ms(thread.longest_run_ns, 10);
    expect_ms(thread.longest_wait_ns, 7);
    EXPECT_EQUAL(thread.wakeups, 3); /* created, slept, waited */
    EXPECT_EQUAL(thread_resume(tid), 0);
    finish(tid);
}

SELF_TEST(all_accounts_of_all_threads_add_up)
{
    int tids[] = {start_suspended(append_letter, LETTER("s"), THREAD_PRIORITY_DEFAULT),
                  start(append_letter, LETTER("r"), THREAD_PRIORITY_DEFAULT)};
    spin_ticks(3);
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid)) {
        struct thread_information thread = information_of(tid);
        expect_sum(&thread);
    }
    stop(tids[0]);
    stop(tids[1]);
}

SELF_TEST(an_ended_thread_gets_no_older)
{
    int tid = start(append_letter, LETTER("e"), THREAD_PRIORITY_DEFAULT);
    thread_sleep_ms(5);
    struct thread_information before = information_of(tid);
    thread_sleep_ms(20);
    struct thread_information after = information_of(tid);
    EXPECT_STATE(tid, THREAD_ENDED);
    expect_sum(&after);
    EXPECT_EQUAL(after.lifetime_ns, before.lifetime_ns);
    finish(tid);

    tid = start(append_letter, LETTER("k"), THREAD_PRIORITY_DEFAULT);
    EXPECT_EQUAL(thread_kill(tid), 0);
    before = information_of(tid);
    spin_ticks(3);
    after = information_of(tid);
    expect_sum(&after);
    EXPECT_EQUAL(after.lifetime_ns, before.lifetime_ns);
    finish(tid);
}
