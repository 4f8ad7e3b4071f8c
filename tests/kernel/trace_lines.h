/* The trace in words, so that a test can say which events it expects. */
#ifndef AETHEL_TESTS_KERNEL_TRACE_LINES_H
#define AETHEL_TESTS_KERNEL_TRACE_LINES_H

#include "sched/trace.h"

/* Begins anew, with these categories. */
void record_trace(unsigned categories);

/*
 * Stops, and expects exactly these events, in this order:
 *   "a>b yield", "a>b block mutex:name", "a wakes b", "a ends", "in 0", "out 0",
 *   "a contends name", "preempt on", "quantum 10", "policy rr", "mark word".
 * The thread of the tests is m.
 */
#define EXPECT_TRACE(...)                            \
    expect_trace((const char *const[]){__VA_ARGS__}, \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), __FILE__, __LINE__)

void expect_trace(const char *const *lines, uint64_t count, const char *file, int line);

#endif
