/*
 * Recording events. For the rooms of sched/ only; interrupts off. Each function looks first
 * whether its events are wanted at all, but for those behind ATTENTION_TRACE.
 */
#ifndef AETHEL_SCHED_TRACE_RING_H
#define AETHEL_SCHED_TRACE_RING_H

#include "sched/control_block.h"
#include "sched/trace.h"

/* The CPU goes from `previous` to `next`, at TSC `now`. Behind ATTENTION_TRACE. */
void trace_switch(const struct thread *previous, const struct thread *next, uint64_t now,
                  enum switch_reason reason);

/* `thread` was made ready at TSC `now`. Behind ATTENTION_TRACE. */
void trace_wakeup(const struct thread *thread, uint64_t now);

/* `thread` ends. */
void trace_end(const struct thread *thread);

/* The running thread has to wait for the lock of that name (NULL: it has none). */
void trace_contention(const char *lock_name);

/* A setting has changed: `type`, and what its members value and object say. */
void trace_setting(enum trace_type type, uint32_t value, const char *object);

#endif
