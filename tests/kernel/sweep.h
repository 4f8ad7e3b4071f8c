/*
 * The interruption sweep: an operation is done again and again, and each time an interrupt comes
 * one instruction later, until it has come at every place of it. At the interrupt something happens
 * that can get between: a waiter's time is up, somebody is killed, suspended, made more or less
 * urgent, a condition is signalled. Afterwards, when all are at rest, everything must be sound, and
 * everybody must come to an end.
 */
#ifndef AETHEL_TESTS_KERNEL_SWEEP_H
#define AETHEL_TESTS_KERNEL_SWEEP_H

#include <stdbool.h>

#include "kernel/config.h"
#include "tests/kernel/self_test.h"

#define SWEEP_BELOW       20u /* less urgent than the subject */
#define SWEEP_SUBJECT     30u /* the thread that does the operation */
#define SWEEP_ABOVE       40u
#define SWEEP_PATIENCE_MS 10000 /* nobody's time is up but by the interrupt's doing */

struct sweep {
    void (*prepare)(void);   /* by the subject: makes what is used, and starts the cast */
    void (*operation)(void); /* by the subject, interrupted at one place */
    void (*signal)(void);    /* in the interrupt's handler; NULL: there is nothing to signal */
    bool (*is_sound)(void);  /* by the test, when all are at rest; NULL: nothing else is to hold */
    void (*clean_up)(void);  /* by the test, then: lets those go on that wait rightly; or NULL */
};

/* For prepare(): starts a thread of the cast. Those of SWEEP_BELOW run when the subject waits for
 * them, by sweep_settle(), which returns when all of the cast have got as far as they can. */
int sweep_cast(void (*entry)(void *argument), void *argument, unsigned priority);
void sweep_settle(void);

/* The thread that prepare() started as number `index`, from 0 on, and the subject. */
int sweep_tid(unsigned index);
int sweep_subject(void);

/* Does all of it for each thing that can happen, and fails the test, with the name of the sweep,
 * the thing and the place, if anything is wrong. */
void sweep_run(const struct sweep *sweep, const char *name);

/* A test that is a sweep: SWEEP(name, .operation = ...). It needs preemption; a stress build, which
 * switches in between by itself, would only take longer. */
#if CONFIG_PREEMPT && !CONFIG_STRESS
#define SWEEP(sweep_name, ...)                                      \
    SELF_TEST(at_every_instruction_of_##sweep_name)                 \
    {                                                               \
        sweep_run(&(const struct sweep){__VA_ARGS__}, #sweep_name); \
    }
#else
#define SWEEP(sweep_name, ...) \
    static const struct sweep sweep_of_##sweep_name __attribute__((unused)) = {__VA_ARGS__};
#endif

#endif
