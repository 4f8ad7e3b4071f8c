/*
 * Threads that take mutexes and leave their letters in the order when they have them, for tests of
 * priority inheritance.
 */
#ifndef AETHEL_TESTS_KERNEL_TAKERS_H
#define AETHEL_TESTS_KERNEL_TAKERS_H

#include "sched/sync/mutex.h"
#include "sched/sync/semaphore.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

#define BASE THREAD_PRIORITY_DEFAULT

/* What the tests take; init_takers() makes them free, and closes the gate. */
extern struct mutex x, y;
extern struct semaphore gate;

void init_takers(void);

/* A thread that takes up to two mutexes, one after the other, and gives them back in reverse. */
struct taker {
    struct mutex *first; /* or NULL */
    struct mutex *second;
    int timeout_ms; /* for the second */
    char letter;    /* appended when it has both */
    char last;      /* appended when it has given both back, or NO_LETTER */
    int result;
};

#define NO_LETTER '\0'

#define TAKER(mutex_first, mutex_second, taker_letter)                                \
    {                                                                                 \
        .first = (mutex_first), .second = (mutex_second), .timeout_ms = WAIT_FOREVER, \
        .letter = (taker_letter)                                                      \
    }

/* A taker's thread. */
void take(void *taker);

/* Starts a taker, and returns when it waits. */
int start_taker(struct taker *taker, unsigned priority);

/* For the test's own thread, which need not wait. */
void lock(struct mutex *mutex);
void unlock(struct mutex *mutex);

/* A thread that holds x, waits at the gate until it may give it back, and leaves x and a dot. */
void hold_x_until_the_gate_opens(void *unused);

#define EXPECT_OWN_PRIORITY(expected) EXPECT_PRIORITY(thread_self(), expected)

#endif
