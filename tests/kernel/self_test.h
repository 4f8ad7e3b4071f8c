/*
 * Tests that run inside the kernel, on its real scheduler, in a thread of their own. Each
 * registers itself; the results go to COM1 as TAP (testanything.org), the verdict to QEMU's
 * isa-debug-exit device.
 */
#ifndef AETHEL_TESTS_KERNEL_SELF_TEST_H
#define AETHEL_TESTS_KERNEL_SELF_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/thread.h"

struct self_test {
    const char *name;
    void (*run)(void);
};

/* SELF_TEST(name) { ... } defines a test. It begins in cooperative mode, quantum 100 ms, at
 * default priority, and must end with no thread of its own left. */
#define SELF_TEST(test_name)                                                                 \
    static void test_name(void);                                                             \
    static const struct self_test registration_of_##test_name                                \
        __attribute__((used, section(".self_tests." #test_name), aligned(8))) = {#test_name, \
                                                                                 test_name}; \
    static void test_name(void)

/* Each states what must hold; the first that does not is reported with its place. */
#define EXPECT(condition) self_test_expect((condition), __FILE__, __LINE__, #condition)
#define EXPECT_EQUAL(seen, expected) \
    self_test_expect_equal((int64_t)(seen), (int64_t)(expected), __FILE__, __LINE__, #seen)
#define EXPECT_ORDER(expected)         self_test_expect_order((expected), __FILE__, __LINE__)
#define EXPECT_STATE(tid, expected)    EXPECT_EQUAL(state_of(tid), expected)
#define EXPECT_PRIORITY(tid, expected) EXPECT_EQUAL(thread_get_priority(tid), expected)

void self_test_expect(bool holds, const char *file, int line, const char *text);
void self_test_expect_equal(int64_t seen, int64_t expected, const char *file, int line,
                            const char *text);

/* The order: threads of a test append letters to it, and the test expects an exact order. */
void order_clear(void);
void order_append(char letter);
const char *order_so_far(void);
/* The same as a thread's entry: start(append_letter, LETTER("a"), priority). */
void append_letter(void *argument);
void self_test_expect_order(const char *expected, const char *file, int line);

/* Creates a joinable thread, and fails the test if that fails. Returns its tid. */
int start(void (*entry)(void *argument), void *argument, unsigned priority);

/* The same, under a name of its own; and suspended, so that it waits for thread_resume(). */
int start_named(const char *name, void (*entry)(void *argument), void *argument, unsigned priority);
int start_suspended(void (*entry)(void *argument), void *argument, unsigned priority);

/* Waits until the thread has ended, at most a few seconds; fails the test if it has not. */
void finish(int tid);

/* Kills the thread and joins it. */
void stop(int tid);

/*
 * Runs all other threads until each of them waits for something. The caller holds no mutex that
 * somebody waits for, and nobody spins. Ready threads of priority 0 may be left over.
 */
void settle(void);

/* The state of the thread, or -1 where there is none. */
int state_of(int tid);

/* Sleeps until the thread is in `state`, at most a few seconds; fails the test if it never is. */
void wait_until(int tid, enum thread_state state);

/* One thing that may block, done by a thread, which then leaves its letter in the order. */
struct attempt {
    int (*operation)(int timeout_ms);
    char letter;
    int timeout_ms;
    int result; /* ATTEMPT_PENDING until it is done */
};

#define ATTEMPT_PENDING 1000 /* no operation returns this */

int start_attempt(struct attempt *attempt, unsigned priority);

/* The same; returns when it waits. */
int start_waiting(struct attempt *attempt, unsigned priority);

/* A string as a thread's argument. */
#define LETTER(text) ((void *)(uintptr_t)(text))

/* Keeps the CPU busy, without yielding, for so many ticks. */
void spin_ticks(uint64_t ticks);

/* Creates the thread that runs all tests and then ends the machine. */
void self_tests_start(void);

/* Ends the machine as failed: what a panic of the test kernel does. */
void self_tests_abort(void);

#endif
