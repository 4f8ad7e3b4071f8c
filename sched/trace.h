/*
 * The trace: what the scheduler did, in a ring of fixed size that keeps the latest events. Events
 * are recorded in binary, by whoever caused them and at once; they are put into words when they
 * are read.
 */
#ifndef AETHEL_SCHED_TRACE_H
#define AETHEL_SCHED_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/thread.h"
#include "sched/wait_queue.h"

/* What is recorded, to be added. */
#define TRACE_SCHEDULING 1u  /* switches, wakeups, ends */
#define TRACE_INTERRUPTS 2u  /* entry and exit of each handler */
#define TRACE_LOCKS      4u  /* waits for mutexes and reader-writer locks */
#define TRACE_SETTINGS   8u  /* preemption, quantum and policy, and the marks of users */
#define TRACE_SHARES     16u /* harmony and its periods, which TRACE_ALL leaves out */
#define TRACE_ALL        (TRACE_SCHEDULING | TRACE_INTERRUPTS | TRACE_LOCKS | TRACE_SETTINGS)

enum trace_type {
    TRACE_SWITCH,
    TRACE_WAKEUP,
    TRACE_SUSPENSION, /* of a thread that was ready */
    TRACE_END,        /* a thread ends: its name, which nobody can ask for any more */
    TRACE_INTERRUPT_ENTRY,
    TRACE_INTERRUPT_EXIT,
    TRACE_CONTENTION, /* the running thread has to wait for a lock */
    TRACE_PREEMPTION, /* value: whether it is on now */
    TRACE_QUANTUM,    /* value: in milliseconds */
    TRACE_POLICY,     /* object: its name */
    TRACE_PERIOD,     /* one of harmony's periods begins; value: its number */
    TRACE_HARMONY,    /* value: the harmony of the second up to the latest period's beginning */
    TRACE_MARK,       /* text: the user's */
    TRACE_STOLEN,     /* the machine is back: it was away from `since` on, and nobody ran */
    TRACE_GAP,        /* scheduling is recorded again: it was not from `since` on */
};

/* Why a thread lost the CPU. */
enum switch_reason {
    SWITCH_QUANTUM,  /* its quantum was used up */
    SWITCH_PRIORITY, /* a more urgent thread became ready, or it became less urgent */
    SWITCH_POLICY,   /* the policy was changed, or thinks better of it */
    SWITCH_YIELD,
    SWITCH_SLEEP,
    SWITCH_BLOCK,
    SWITCH_SUSPEND,
    SWITCH_EXIT,
    SWITCH_KILL, /* it ended itself by thread_kill() */
    SWITCH_IDLE, /* the idle thread gives way */
};

struct trace_event {
    uint64_t time; /* TSC */
    int32_t tid;   /* who was running, or was interrupted; of a switch: who lost the CPU */
    uint8_t type;
    uint8_t reason;         /* of a switch: enum switch_reason */
    uint8_t priority;       /* effective, of `tid` */
    uint8_t other_priority; /* of `other_tid` */
    union {
        struct {
            union {
                int32_t other_tid; /* of a switch: who got the CPU; of others: whom it is about */
                uint32_t line;     /* of an interrupt */
                uint32_t value;
            };
            uint8_t wait_kind; /* SWITCH_BLOCK: enum wait_kind */
            /* SWITCH_BLOCK, TRACE_CONTENTION: the lock's name, if it is a constant, or NULL */
            const char *object;
        };
        char text[THREAD_NAME_SIZE]; /* of a mark, and of TRACE_END */
        uint64_t since;              /* TSC: of TRACE_STOLEN and TRACE_GAP */
    };
};

/*
 * Begins to record the given categories, behind what has been recorded before. The ring is taken
 * from memory, and kept until trace_clear(). Returns 0 or -ERROR_NO_MEMORY. Threads only.
 */
int trace_start(unsigned categories);

/* Stops, also for those who hold it; what has been recorded stays, and the names of its threads are
 * still recorded when they end. Any context. */
void trace_stop(void);

/*
 * Scheduling is recorded, too, until as many have released it as have held it, or until somebody
 * stops the trace. A ring that was taken from memory for them alone is given back with what is in
 * it. Returns 0 or -ERROR_NO_MEMORY: then it is not held. Threads only.
 */
int trace_hold(void);
void trace_release(void);

/* Nothing is recorded in between. Threads only. */
void trace_pause(void);
void trace_resume(void);

/* Forgets what has been recorded; the ring is given back unless somebody records. Threads only. */
void trace_clear(void);

/* How often that has happened: event numbers of before mean nothing any more. Any context. */
unsigned trace_clearings(void);

/* The categories that are being recorded; 0: it is stopped. Any context. */
unsigned trace_categories(void);

/* Up to when scheduling has been recorded: a TSC, or UINT64_MAX while it is. Any context. */
uint64_t trace_recorded_until(void);

/* What a reader of events has to know beforehand. */
struct trace_settings {
    bool preemption;
    uint32_t quantum_ms; /* 0: not known */
    const char *policy;  /* its name; NULL: not known */
};

/* The settings at the time of the oldest event. What was changed before it, or while changes were
 * not recorded, may not be known. It looks at the whole ring. Threads only. */
void trace_get_settings(struct trace_settings *settings);

/* Records a mark, if it is being recorded. `text` is copied, and cut to 15 characters. Any
 * context. */
void trace_mark(const char *text);

/* TSC when the scheduler began: times are told from there, since how long the firmware and the
 * loader took before differs from boot to boot. Any context. */
uint64_t trace_time_zero(void);

/* Events are numbered from 0 in the order in which they happened. The number of the oldest that is
 * still in the ring, and of the next to come. Both 0 after trace_clear(). Any context. */
uint64_t trace_oldest(void);
uint64_t trace_next(void);

/* Copies event `number`. Returns whether it is there: it is not yet, or has been overwritten, else.
 * Any context. */
bool trace_read(uint64_t number, struct trace_event *event);

/*
 * The name of thread `tid`, also of one that has ended since the events were recorded, or "?". It
 * may look at the whole ring. Threads only.
 */
void trace_thread_name(int tid, char name[THREAD_NAME_SIZE]);

/* "quantum" and the like. Any context. */
const char *switch_reason_name(enum switch_reason reason);

/* "mutex" and the like: what a thread was waiting for. Any context. */
const char *wait_kind_name(enum wait_kind kind);

#endif
