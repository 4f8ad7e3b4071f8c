/*
 * Software interrupts: their handlers, and the way out, where the CPU goes to whoever the handler
 * made the most urgent.
 */
#include "kernel/cpu/interrupts.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/software_timer.h"
#include "sched/sync/condition.h"
#include "sched/sync/event_flags.h"
#include "sched/sync/memory_pool.h"
#include "sched/sync/message_queue.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "sched/wait_queue.h"
#include "tests/kernel/self_test.h"

#define ABOVE (THREAD_PRIORITY_DEFAULT + 1)
#define BELOW (THREAD_PRIORITY_DEFAULT - 1)

/* Vectors are registered for good: each is registered once, and its handler does what the test
 * at hand says. */
#define OUTER_VECTOR   128
#define INNER_VECTOR   129
#define NOBODYS_VECTOR 200

static void (*outer_action)(void);
static void (*inner_action)(void);

static void run_outer_action(void)
{
    outer_action();
}

static void run_inner_action(void)
{
    inner_action();
}

static void use_action(void (*action)(void))
{
    outer_action = action;
    int result = irq_register_software(OUTER_VECTOR, run_outer_action, "outer");
    EXPECT(result == 0 || result == -ERROR_BUSY);
}

static void use_inner_action(void (*action)(void))
{
    inner_action = action;
    int result = irq_register_software(INNER_VECTOR, run_inner_action, "inner");
    EXPECT(result == 0 || result == -ERROR_BUSY);
}

static void do_nothing(void)
{
}

static uint64_t count_of(unsigned vector)
{
    struct irq_information information;
    EXPECT(irq_get_software_information(vector, &information));
    return information.count;
}

SELF_TEST(a_software_interrupt_is_registered_and_counted)
{
    use_action(do_nothing);
    uint64_t before = count_of(OUTER_VECTOR);
    for (int i = 0; i < 5; i++)
        SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_EQUAL(count_of(OUTER_VECTOR), before + 5);
    struct irq_information information;
    EXPECT(irq_get_software_information(OUTER_VECTOR, &information));
    EXPECT_EQUAL(strcmp(information.name, "outer"), 0);
}

SELF_TEST(a_software_interrupt_nobody_registered_for_is_counted_and_ignored)
{
    uint64_t before = count_of(NOBODYS_VECTOR);
    SOFTWARE_INTERRUPT(NOBODYS_VECTOR);
    EXPECT_EQUAL(count_of(NOBODYS_VECTOR), before + 1);
    struct irq_information information;
    EXPECT(irq_get_software_information(NOBODYS_VECTOR, &information));
    EXPECT(information.name == NULL);
}

SELF_TEST(registering_a_software_interrupt_refuses_what_cannot_be)
{
    struct irq_information information;
    use_action(do_nothing);
    EXPECT_EQUAL(irq_register_software(OUTER_VECTOR, do_nothing, "again"), -ERROR_BUSY);
    EXPECT_EQUAL(irq_register_software(SOFTWARE_VECTOR_FIRST - 1, do_nothing, "low"),
                 -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(SOFTWARE_VECTOR_LAST + 1, do_nothing, "high"),
                 -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(NOBODYS_VECTOR, NULL, "handler"), -ERROR_INVALID);
    EXPECT_EQUAL(irq_register_software(NOBODYS_VECTOR, do_nothing, NULL), -ERROR_INVALID);
    EXPECT(!irq_get_software_information(SOFTWARE_VECTOR_FIRST - 1, &information));
    EXPECT(!irq_get_software_information(SOFTWARE_VECTOR_LAST + 1, &information));
    EXPECT_EQUAL(irq_register(IRQ_LINES, do_nothing, "line"), -ERROR_INVALID);
    EXPECT_EQUAL(irq_register(0, do_nothing, "timer"), -ERROR_BUSY);
}

/* Of the two lines that a controller names when a line has dropped before it could be served. No
 * line is in service here, so the controllers know nothing of the interrupt. */
#define SPURIOUS_LINE_1 7
#define SPURIOUS_LINE_2 15

static struct irq_information line_information(unsigned line)
{
    struct irq_information information;
    EXPECT(irq_get_information(line, &information));
    return information;
}

SELF_TEST(spurious_interrupts_are_counted_and_change_nothing)
{
    struct irq_information before[] = {line_information(SPURIOUS_LINE_1),
                                       line_information(SPURIOUS_LINE_2)};
    for (int i = 0; i < 3; i++) {
        SOFTWARE_INTERRUPT(IRQ_VECTOR_BASE + SPURIOUS_LINE_1);
        SOFTWARE_INTERRUPT(IRQ_VECTOR_BASE + SPURIOUS_LINE_2);
    }
    struct irq_information after[] = {line_information(SPURIOUS_LINE_1),
                                      line_information(SPURIOUS_LINE_2)};
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(after[i].spurious, before[i].spurious + 3);
        EXPECT_EQUAL(after[i].count, before[i].count);
    }
    uint64_t ticks = clock_ticks();
    thread_sleep_ms(3);
    EXPECT(clock_ticks() >= ticks + 3);
}

static volatile bool interrupts_were_on, was_in_handler;

static void note_context(void)
{
    interrupts_were_on = interrupts_are_enabled();
    was_in_handler = interrupts_in_handler();
}

SELF_TEST(a_software_handler_runs_with_interrupts_off_and_knows_where_it_is)
{
    use_action(note_context);
    interrupts_were_on = true;
    was_in_handler = false;
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT(!interrupts_were_on);
    EXPECT(was_in_handler);
    EXPECT(interrupts_are_enabled());
    EXPECT(!interrupts_in_handler());
    uint64_t flags = interrupts_save();
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT(!interrupts_are_enabled());
    EXPECT(!interrupts_in_handler());
    interrupts_restore(flags);
}

static void begin_outer(void)
{
    order_append('(');
    SOFTWARE_INTERRUPT(INNER_VECTOR);
    was_in_handler = interrupts_in_handler();
    order_append(')');
}

static void append_in_inner(void)
{
    order_append('i');
}

SELF_TEST(software_interrupts_nest)
{
    use_action(begin_outer);
    use_inner_action(append_in_inner);
    was_in_handler = false;
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    EXPECT_ORDER("(i)");
    EXPECT(was_in_handler);
    EXPECT(!interrupts_in_handler());
}

/* --- What handlers may do --- */

static struct semaphore semaphore;
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

static int wait_for_semaphore(int timeout_ms)
{
    return semaphore_wait(&semaphore, timeout_ms);
}

static void post_from_handler(void)
{
    order_append('i');
    result_seen = semaphore_post(&semaphore);
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
    semaphore_init(&semaphore, 0);
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
    EXPECT_EQUAL(semaphore_wait(&semaphore, 0), -ERROR_AGAIN);
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

static void append_on_time(void *argument)
{
    order_append(*(const char *)argument);
}

static void start_timer_from_handler(void)
{
    software_timer_start(&timer, 2, 0);
}

SELF_TEST(handlers_start_timers)
{
    EXPECT_EQUAL(software_timer_init(&timer, append_on_time, LETTER("t")), 0);
    use_action(start_timer_from_handler);
    SOFTWARE_INTERRUPT(OUTER_VECTOR);
    thread_sleep_ms(6);
    EXPECT_ORDER("t");
}

#if CONFIG_PREEMPT

/* --- The way out --- */

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
    use_action(begin_outer);
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
    while (semaphore_wait(&semaphore, 20) == 0)
        (*count)++;
}

SELF_TEST(no_wakeup_of_many_interrupts_is_lost)
{
    unsigned count = 0;
    semaphore_init(&semaphore, 0);
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
