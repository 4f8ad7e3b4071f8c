/* The harness of the self-tests. */
#include "tests/kernel/self_test.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/panic.h"
#include "sched/clock.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/thread.h"
#include "sched/trace.h"
#include "shell/terminal_screen.h"
#include "tests/kernel/report.h"

#define ORDER_SIZE        128
#define FINISH_TIMEOUT_MS 5000

extern const struct self_test __self_tests_start[], __self_tests_end[];

static bool has_failed;
static char order[ORDER_SIZE];
static size_t order_length;

static void fail(const char *file, int line)
{
    has_failed = true;
    report("# %s:%d: ", file, line);
}

void self_test_expect(bool holds, const char *file, int line, const char *text)
{
    if (holds)
        return;
    fail(file, line);
    report("'%s' does not hold\r\n", text);
}

void self_test_expect_equal(int64_t seen, int64_t expected, const char *file, int line,
                            const char *text)
{
    if (seen == expected)
        return;
    fail(file, line);
    report("%s is %ld, not %ld\r\n", text, seen, expected);
}

void order_clear(void)
{
    order_length = 0;
    order[0] = '\0';
}

void order_append(char letter)
{
    uint64_t flags = interrupts_save();
    if (order_length < ORDER_SIZE - 1) {
        order[order_length++] = letter;
        order[order_length] = '\0';
    }
    interrupts_restore(flags);
}

const char *order_so_far(void)
{
    return order;
}

void append_letter(void *argument)
{
    order_append(*(const char *)argument);
}

void self_test_expect_order(const char *expected, const char *file, int line)
{
    if (strcmp(order, expected) == 0)
        return;
    fail(file, line);
    report("the order was '%s', not '%s'\r\n", order, expected);
}

static int create(const struct thread_attributes *attributes)
{
    int tid = thread_create(attributes);
    EXPECT(tid > 0);
    return tid;
}

int start(void (*entry)(void *argument), void *argument, unsigned priority)
{
    return start_named("test", entry, argument, priority);
}

int start_named(const char *name, void (*entry)(void *argument), void *argument, unsigned priority)
{
    return create(&(struct thread_attributes){
        .name = name, .entry = entry, .argument = argument, .priority = priority});
}

int start_suspended(void (*entry)(void *argument), void *argument, unsigned priority)
{
    return create(&(struct thread_attributes){.name = "test",
                                              .entry = entry,
                                              .argument = argument,
                                              .priority = priority,
                                              .suspended = true});
}

void finish(int tid)
{
    EXPECT_EQUAL(thread_join(tid, FINISH_TIMEOUT_MS, NULL), 0);
}

void stop(int tid)
{
    EXPECT_EQUAL(thread_kill(tid), 0);
    finish(tid);
}

/* At priority 0 the CPU comes back only when nobody else wants it. */
void settle(void)
{
    int base = thread_get_base_priority(thread_self());
    thread_set_priority(thread_self(), 0);
    thread_yield();
    thread_set_priority(thread_self(), (unsigned)base);
}

int state_of(int tid)
{
    struct thread_information information;
    return thread_get_information(tid, &information) == 0 ? (int)information.state : -1;
}

void wait_until(int tid, enum thread_state state)
{
    uint64_t deadline = clock_ticks() + FINISH_TIMEOUT_MS;
    while (state_of(tid) != (int)state && clock_ticks() < deadline)
        thread_sleep_ms(1);
    EXPECT_STATE(tid, state);
}

static void run_attempt(void *argument)
{
    struct attempt *attempt = argument;
    attempt->result = attempt->operation(attempt->timeout_ms);
    order_append(attempt->letter);
}

int start_attempt(struct attempt *attempt, unsigned priority)
{
    attempt->result = ATTEMPT_PENDING;
    return start(run_attempt, attempt, priority);
}

int start_waiting(struct attempt *attempt, unsigned priority)
{
    int tid = start_attempt(attempt, priority);
    wait_until(tid, THREAD_BLOCKED);
    return tid;
}

void spin_ticks(uint64_t ticks)
{
    uint64_t end = clock_ticks() + ticks;
    while (clock_ticks() < end)
        cpu_relax();
}

void self_tests_abort(void)
{
    report_end(false);
}

/* What a failed test has left behind must not make the next ones fail: their threads are the
 * only ones younger than this one. */
static void end_leftovers(void)
{
    for (int tid = thread_next(thread_self()); tid > 0; tid = thread_next(tid))
        thread_kill(tid);
    for (int tid = thread_next(thread_self()); tid > 0; tid = thread_next(tid))
        thread_join(tid, 0, NULL);
}

/* What is printed meanwhile scrolls lines off the screen. */
static size_t free_frames(void)
{
    return frames_available() +
           (thread_spare_memory() + terminal_screen_scrollback_size()) / FRAME_SIZE;
}

/* Threads and frames left over are a failure of the test that left them. */
static bool run_one(const struct self_test *test)
{
    has_failed = false;
    trace_stop();
    trace_clear();
    preemption_set(false);
    policy_choose("prio");
    quantum_set_ms(QUANTUM_MS_DEFAULT);
    thread_set_priority(thread_self(), THREAD_PRIORITY_DEFAULT);
    order_clear();
    unsigned threads = thread_count();
    size_t frames = free_frames();
    test->run();
    preemption_set(false);
    EXPECT_EQUAL(thread_count(), threads);
    end_leftovers();
    trace_stop();
    trace_clear();
    EXPECT_EQUAL(free_frames(), frames);
    return !has_failed;
}

static void run_all(void *argument)
{
    (void)argument;
    long count = __self_tests_end - __self_tests_start;
    long failed = 0;
    report("TAP version 13\r\n1..%ld\r\n", count);
    for (long i = 0; i < count; i++) {
        const struct self_test *test = &__self_tests_start[i];
        bool has_passed = run_one(test);
        report("%s %ld - %s\r\n", has_passed ? "ok" : "not ok", i + 1, test->name);
        if (!has_passed)
            failed++;
    }
    report_end(failed == 0);
}

void self_tests_start(void)
{
    int tid = thread_create(&(struct thread_attributes){
        .name = "self-tests", .entry = run_all, .priority = THREAD_PRIORITY_DEFAULT});
    if (tid < 0)
        panic("the self-tests' thread could not be created: error %d", tid);
}
