/*
 * What an interrupt's handler may do, and the way out, where the CPU goes to whoever the handler
 * made the most urgent. Software interrupts stand for the hardware's.
 */
#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "sched/preemption.h"
#include "sched/software_timer.h"
#include "sched/sync/condition.h"
#include "sched/sync/event_flags.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/thread.h"
#include "sched/wait_queue.h"
#include "tests/kernel/attempts.h"
#include "tests/kernel/interrupt_actions.h"
#include "tests/kernel/self_test.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

static struct message_queue queue;
static uint32_t queue_buffer[1];
static struct event_flags events;
static struct condition condition;
static struct mutex mutex;
static struct memory_pool pool;
static char pool_storage[MEMORY_POOL_STORAGE(16, 1)] __attribute__((aligned(16)));
static void *pool_block;
static struct wait_queue wait_queue;
static int subject_tid;
static volatile int result_seen;

static void post_from_handler(void)
{
    order_append('i');
    result_seen = semaphore_post(&attempted_semaphore);
}

static int receive_message(int timeout_ms)
{
    uint32_t message = 0;
    int result = message_queue_receive(&queue, &message, timeout_ms);
    EXPECT_EQUAL(message, 42);
    return result;
}

static void send_from_handler(void)
{
    const uint32_t message = 42;
    order_append('i');
    result_seen = message_queue_send(&queue, &message, 0);
}

static int wait_for_event(int timeout_ms)
{
    return event_flags_wait(&events, 1, EVENT_ANY, timeout_ms, NULL);
}

static void set_from_handler(void)
{
    order_append('i');
    result_seen = event_flags_set(&events, 1);
}

static int wait_for_condition(int timeout_ms)
{
    EXPECT_EQUAL(mutex_lock(&mutex, WAIT_FOREVER), 0);
    int result = condition_wait(&condition, &mutex, timeout_ms);
    EXPECT_EQUAL(mutex_unlock(&mutex), 0);
    return result;
}

static void signal_from_handler(void)
{
    order_append('i');
    result_seen = condition_signal(&condition) ? 0 : -ERROR_NOT_FOUND;
}

static int take_block(int timeout_ms)
{
    void *block;
    return memory_pool_allocate(&pool, &block, timeout_ms);
}

static void free_from_handler(void)
{
    order_append('i');
    result_seen = memory_pool_free(&pool, pool_block);
}

static int wait_in_queue(int timeout_ms)
{
    uint64_t flags = interrupts_save();
    int result = wait_queue_wait(&wait_queue, timeout_ms);
    interrupts_restore(flags);
    return result;
}

static void wake_all_from_handler(void)
{
    order_append('i');
    result_seen = wait_queue_wake_all(&wait_queue, 0) == 1 ? 0 : -ERROR_NOT_FOUND;
}

static int suspend_itself(int unused)
{
    (void)unused;
    return thread_suspend(thread_self());
}

static void resume_from_handler(void)
{
    order_append('i');
    result_seen = thread_resume(subject_tid);
}

struct wakeup {
    int (*wait)(int timeout_ms);
    void (*wake_from_handler)(void);
    enum thread_state waits_as;
};

static const struct wakeup wakeups[] = {
    {wait_for_semaphore, post_from_handler, THREAD_BLOCKED},
    {receive_message, send_from_handler, THREAD_BLOCKED},
    {wait_for_event, set_from_handler, THREAD_BLOCKED},
    {wait_for_condition, signal_from_handler, THREAD_BLOCKED},
    {take_block, free_from_handler, THREAD_BLOCKED},
    {wait_in_queue, wake_all_from_handler, THREAD_BLOCKED},
    {suspend_itself, resume_from_handler, THREAD_SUSPENDED},
};

#define WAKEUPS (sizeof(wakeups) / sizeof(wakeups[0]))

static void init_objects(void)
{
    semaphore_init(&attempted_semaphore, 0);
    message_queue_init(&queue, queue_buffer, sizeof(queue_buffer[0]), 1);
    event_flags_init(&events);
    condition_init(&condition);
    mutex_init(&mutex, NULL);
    memory_pool_init(&pool, pool_storage, 16, 1);
    memory_pool_allocate(&pool, &pool_block, 0);
    wait_queue_init(&wait_queue);
}

/* Starts a thread that waits for what the handler, which this installs, will do. */
static void start_wakeup(const struct wakeup *wakeup, struct attempt *attempt, unsigned priority)
{
    order_clear();
    init_objects();
    use_action(wakeup->wake_from_handler);
    result_seen = ATTEMPT_PENDING;
    *attempt =
        (struct attempt){.operation = wakeup->wait, .letter = 'w', .timeout_ms = WAIT_FOREVER};
    subject_tid = start_attempt(attempt, priority);
    wait_until(subject_tid, wakeup->waits_as);
}

static void finish_wakeup(const struct attempt *attempt)
{
    finish(subject_tid);
    EXPECT_EQUAL(attempt->result, 0);
    EXPECT_EQUAL(result_seen, 0);
}

SELF_TEST(handlers_may_wake_in_every_way_and_cooperative_threads_are_not_switched)
{
    for (size_t i = 0; i < WAKEUPS; i++) {
        struct attempt attempt;
        start_wakeup(&wakeups[i], &attempt, ABOVE);
        SOFTWARE_INTERRUPT(OUTER_VECTOR);
        order_append('m');
        finish_wakeup(&attempt);
        EXPECT_ORDER("imw");
    }
}

static void try_everything_in_vain(void)
{
    uint32_t message = 1;
    void *block;
    EXPECT_EQUAL(semaphore_wait(&attempted_semaphore, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(message_queue_receive(&queue, &message, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(message_queue_send(&queue, &message, 0), 0);
    EXPECT_EQUAL(message_queue_send(&queue, &message, 0), -ERROR_AGAIN);
    EXPECT_EQUAL(event_flags_wait(&events, 1, EVENT_ANY, 0, NULL), -ERROR_AGAIN);
    EXPECT_EQUAL(memory_pool_allocate(&pool, &block, 0), -ERROR_AGAIN);
    EXPECT(!condition_signal(&condition));
    EXPECT(!wait_queue_wake_one(&wait_queue, 0));
    order_append('i');
}

SELF_TEST(handlers_may_try)
{
    init_objects();
    use_action(try_everything_in_vain);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_ORDER("i");
    EXPECT_EQUAL(message_queue_count(&queue), 1);
}

static void suspend_from_handler(void)
{
    EXPECT_EQUAL(thread_suspend(thread_self()), -ERROR_NOT_PERMITTED);
    result_seen = thread_suspend(subject_tid);
}

SELF_TEST(handlers_suspend_others_but_not_whom_they_interrupted)
{
    use_action(suspend_from_handler);
    subject_tid = start(append_letter, LETTER("x"), ABOVE);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_EQUAL(result_seen, 0);
    EXPECT_STATE(subject_tid, THREAD_SUSPENDED);
    EXPECT_STATE(thread_self(), THREAD_RUNNING);
    EXPECT_EQUAL(thread_resume(subject_tid), 0);
    finish(subject_tid);
}

static struct software_timer timer;

static void start_timer_from_handler(void)
{
    software_timer_start(&timer, 2, 0);
}

SELF_TEST(handlers_start_timers)
{
    EXPECT_EQUAL(software_timer_init(&timer, append_letter, LETTER("t")), 0);
    use_action(start_timer_from_handler);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    thread_sleep_ms(6);
    EXPECT_ORDER("t");
}

static void create_from_handler(void)
{
    EXPECT(!preempt_is_disabled());
    subject_tid = start(append_letter, LETTER("x"), ABOVE);
    order_append('i');
}

SELF_TEST(handlers_create_threads_where_preemption_is_not_disabled)
{
    use_action(create_from_handler);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('m');
    finish(subject_tid);
    EXPECT_ORDER("imx");
}

#if CONFIG_PREEMPT

/* --- The way out --- */

SELF_TEST(a_more_urgent_thread_that_a_handler_created_runs_at_the_exit)
{
    preemption_set(true);
    use_action(create_from_handler);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('m');
    finish(subject_tid);
    EXPECT_ORDER("ixm");
}

SELF_TEST(a_more_urgent_thread_that_a_handler_woke_runs_at_the_exit)
{
    preemption_set(true);
    for (size_t i = 0; i < WAKEUPS; i++) {
        struct attempt attempt;
        start_wakeup(&wakeups[i], &attempt, ABOVE);
        order_append('1');
        SOFTWARE_INTERRUPT(OUTER_VECTOR);
        order_append('2');
        finish_wakeup(&attempt);
        EXPECT_ORDER("1iw2");
    }
}

SELF_TEST(a_less_urgent_thread_that_a_handler_woke_does_not_run_at_the_exit)
{
    struct attempt attempt;
    preemption_set(true);
    start_wakeup(&wakeups[0], &attempt, BELOW);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('m');
    finish_wakeup(&attempt);
    EXPECT_ORDER("imw");
}

SELF_TEST(with_preemption_disabled_the_switch_comes_with_the_last_enable)
{
    struct attempt attempt;
    preemption_set(true);
    start_wakeup(&wakeups[0], &attempt, ABOVE);
    preempt_disable();
    preempt_disable();
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('1');
    preempt_enable();
    order_append('2');
    preempt_enable();
    order_append('3');
    finish_wakeup(&attempt);
    EXPECT_ORDER("i12w3");
}

SELF_TEST(with_interrupts_off_the_switch_comes_when_they_are_on_again)
{
    struct attempt attempt;
    preemption_set(true);
    start_wakeup(&wakeups[0], &attempt, ABOVE);
    uint64_t flags = interrupts_save();
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT(!interrupts_are_enabled());
    order_append('1');
    interrupts_restore(flags);
    preempt_check();
    order_append('2');
    finish_wakeup(&attempt);
    EXPECT_ORDER("i1w2");
}

SELF_TEST(with_interrupts_off_the_next_interrupt_makes_the_switch)
{
    struct attempt attempt;
    preemption_set(true);
    start_wakeup(&wakeups[0], &attempt, ABOVE);
    uint64_t flags = interrupts_save();
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('1');
    interrupts_restore(flags);
    spin_ticks(2);
    order_append('2');
    finish_wakeup(&attempt);
    EXPECT_ORDER("i1w2");
}

SELF_TEST(the_exit_of_a_nested_interrupt_does_not_switch_but_the_outer_one_does)
{
    struct attempt attempt;
    preemption_set(true);
    start_wakeup(&wakeups[0], &attempt, ABOVE);
    use_action(raise_inner_interrupt);
    use_inner_action(post_from_handler);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('2');
    finish_wakeup(&attempt);
    EXPECT_ORDER("(i)w2");
}

static void raise_subject(void)
{
    result_seen = thread_set_priority(subject_tid, ABOVE);
    order_append('i');
}

SELF_TEST(a_thread_that_a_handler_made_the_most_urgent_runs_at_the_exit)
{
    preemption_set(true);
    use_action(raise_subject);
    subject_tid = start(append_letter, LETTER("x"), BELOW);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    order_append('m');
    finish(subject_tid);
    EXPECT_ORDER("ixm");
}

#define INTERRUPTS 2000

static void count_posts(void *argument)
{
    unsigned *count = argument;
    while (semaphore_wait(&attempted_semaphore, 20) == 0)
        (*count)++;
}

SELF_TEST(no_wakeup_of_many_interrupts_is_lost)
{
    unsigned count = 0;
    semaphore_init(&attempted_semaphore, 0);
    use_action(post_from_handler);
    preemption_set(true);
    int tid = start(count_posts, &count, ABOVE);
    for (unsigned i = 0; i < INTERRUPTS; i++) {
        SOFTWARE_INTERRUPT(OUTER_VECTOR);
        EXPECT_EQUAL(count, i + 1);
    }
    finish(tid);
    EXPECT_EQUAL(count, INTERRUPTS);
}

#endif
