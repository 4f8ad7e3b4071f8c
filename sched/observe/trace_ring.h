/*
 * The room sched/observe/ has the scheduler's instruments: latencies, the cost of switches, harmony
 * and fairness, the figures, and the trace with its ring, which is written here.
 *
 * Entered by: the rooms of sched/ above it, which call an instrument where something happens;
 * everybody else reads by the contracts (sched/trace.h, sched/scheduler.h, sched/harmony.h).
 * Invariant: an instrument takes constant time where it is called, and changes nothing that it
 * looks at, but for the quantum when that is to follow harmony.
 *
 * Recording events. For the rooms of sched/ only; interrupts off. Each function looks first
 * whether its events are wanted at all, but for those behind ATTENTION_TRACE.
 */
#ifndef AETHEL_SCHED_OBSERVE_TRACE_RING_H
#define AETHEL_SCHED_OBSERVE_TRACE_RING_H

#include "sched/state/control_block.h"
#include "sched/trace.h"

#define TRACE_WHAT(type, reason) ((uint16_t)((type) << 8 | (reason)))
#define TRACE_TYPE_OF(what)      ((enum trace_type)((what) >> 8))
#define TRACE_REASON_OF(what)    ((enum switch_reason)((what)&0xFF))

/* An event as it lies in the ring: struct trace_event says what the members mean. */
struct trace_record {
    uint64_t time;
    union {
        struct {
            uint64_t identity;       /* of the thread that it is an event of */
            uint64_t other_identity; /* or value */
        };
        char text[THREAD_NAME_SIZE];
    };
    uint16_t what; /* the type and the reason, in one store */
    uint8_t wait_kind;
    uint32_t
        object; /* the lower half of its address in the kernel's image; of TRACE_END: the tid */
};

_Static_assert(sizeof(struct trace_record) == 32, "trace_ring.mask counts on it");

/* Written through the functions below and by trace.c alone. */
struct trace_ring {
    struct trace_record *records;
    uint64_t next; /* how many there have been, in bytes */
    uint64_t mask; /* of that: the next one's place */
};

extern struct trace_ring trace_ring;

static inline struct trace_record *trace_append(uint64_t now)
{
    uint64_t place = trace_ring.next & trace_ring.mask;
    trace_ring.next += sizeof(struct trace_record);
    struct trace_record *record = (void *)((char *)trace_ring.records + place);
    record->time = now;
    return record;
}

/* What `thread`, which has just been put into a wait queue, waits for. */
static inline void trace_wait(struct trace_record *record, const struct thread *thread)
{
    const struct lock_record *lock = thread->wanted_lock;
    record->wait_kind = thread->waiting_in->kind;
    record->object = lock != NULL ? (uint32_t)(uint64_t)lock->name : 0;
}

/* The CPU goes from `previous` to `next`, at TSC `now`. Behind ATTENTION_TRACE. It is part of the
 * switch, so few instructions are better than many. */
static inline void trace_switch(const struct thread *previous, const struct thread *next,
                                uint64_t now, enum switch_reason reason)
{
    struct trace_record *record = trace_append(now);
    record->identity = previous->identity;
    record->other_identity = next->identity;
    record->what = TRACE_WHAT(TRACE_SWITCH, reason);
    if (reason == SWITCH_BLOCK)
        trace_wait(record, previous);
}

/* `thread` has just been made ready. Behind ATTENTION_TRACE. */
void trace_wakeup(const struct thread *thread);

/* `thread`, which was ready, has been suspended. */
void trace_suspension(const struct thread *thread);

/* `thread` ends. */
void trace_end(const struct thread *thread);

/* The running thread has to wait for the lock of that name (NULL: it has none). */
void trace_contention(const char *lock_name);

/* The settings when the ring began; or, once what came first is in it no more, the latest. */
struct trace_settings trace_known_settings(void);

/* The machine was away from TSC `since` on. */
void trace_stolen(uint64_t since);

/* TRACE_PERIOD or TRACE_HARMONY. */
void trace_share(enum trace_type type, uint32_t value);

/* A setting has changed: `type`, and what its members value and object say. */
void trace_setting(enum trace_type type, uint32_t value, const char *object);

#endif
