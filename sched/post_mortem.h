/*
 * What a panic may ask the scheduler: nothing takes a lock or is switched by it, every list is
 * followed for a bounded number of steps, and nothing is read that is not mapped. Of a structure
 * that is damaged what can be told is told. Interrupts off, and nothing else runs any more.
 */
#ifndef AETHEL_SCHED_POST_MORTEM_H
#define AETHEL_SCHED_POST_MORTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/thread.h"
#include "sched/trace.h"

struct post_mortem_thread {
    int tid;
    char name[THREAD_NAME_SIZE];
    unsigned state;    /* enum thread_state, if it is below POST_MORTEM_STATES */
    unsigned priority; /* effective */
    unsigned base_priority;
    uint64_t run_cycles;
    uint64_t stack_top;
    unsigned wait_kind;               /* if BLOCKED: enum wait_kind, or WAIT_KINDS: not known */
    char lock_name[THREAD_NAME_SIZE]; /* that it waits for; "": for none, or it has no name */
};

#define POST_MORTEM_STATES (THREAD_ENDED + 1u)

/* Who was running. Returns false if there is nobody: the scheduler has not started, or the place
 * where it says so is damaged. */
bool post_mortem_running(struct post_mortem_thread *thread);

/* A walk over all threads, from the lowest tid on: {0} is its beginning. */
struct post_mortem_walk {
    const void *node; /* of the thread that was told last */
    uint32_t steps;
    bool is_damaged; /* it has ended where a link leads nowhere, or in a circle */
};

/* Tells about the next thread. Returns false at the end. */
bool post_mortem_next(struct post_mortem_walk *walk, struct post_mortem_thread *thread);

/* The thread of that tid; that whose stack ends at `top`. Return false if it is not found. */
bool post_mortem_find(int tid, struct post_mortem_thread *thread);
bool post_mortem_find_by_stack(uint64_t top, struct post_mortem_thread *thread);

/* trace_read(), if the ring is still where it was. */
bool post_mortem_trace_read(uint64_t number, struct trace_event *event);

#endif
