/* The thread control block. For the rooms of sched/ only: everybody else names threads by tid. */
#ifndef AETHEL_SCHED_STATE_CONTROL_BLOCK_H
#define AETHEL_SCHED_STATE_CONTROL_BLOCK_H

#include <stddef.h>

#include "kernel/lib/list.h"
#include "kernel/lib/priority_queue.h"
#include "kernel/lib/ticket_tree.h"
#include "kernel/locks.h"
#include "sched/state/accounting.h"
#include "sched/state/share.h"
#include "sched/thread.h"
#include "sched/timer_queue.h"
#include "sched/wait_queue.h"

struct policy;
struct rwlock;

/* What a policy has to remember of a thread. */
union policy_state {
    struct {
        uint64_t virtual_time;
        uint32_t fraction; /* of a unit of it */
        uint8_t priority;  /* when it queued for the last time */
        bool is_placed;    /* it has a virtual time */
    } fair;
    struct {
        uint64_t used_cycles; /* of its allotment at this level */
        uint32_t boosts;      /* how many there had been when its level was set */
        uint8_t depth;        /* levels below the top */
    } mlfq;
    struct {
        uint32_t recent;        /* what it has had, in units of SHARE_UNITS; */
        uint32_t remembered_at; /* as of this tick */
        bool is_known;          /* both of them say something */
        bool came_first;        /* it woke, and overtook the others */
        bool is_throttled;
    } harmony;
};

#define QUANTUM_NOT_BEGUN UINT64_MAX

struct thread {
    struct list_node run_node; /* in the run queue while READY, running or not */
    uint64_t stack_pointer;    /* while it does not run; switch_context.asm knows its place */
    union {
        struct {
            uint8_t priority; /* effective */
            uint8_t level;    /* of the run queue: what the policy makes of the priority */
            uint8_t base_priority;
            uint8_t state; /* enum thread_state; RUNNING is never stored: see state_of_thread() */
            int tid;
        };
        uint64_t identity; /* all of that, for the trace */
    };
    bool is_suspended;      /* does not become READY before it is resumed */
    uint16_t chart_row;     /* the run chart's, if that is of this thread */
    uint64_t quantum_start; /* cycles on the CPU then, or QUANTUM_NOT_BEGUN: with its next run */

    struct accounting accounting;
    struct share share;
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;

    const struct policy *policy;     /* under which it is, and was queued if it is ready */
    uint64_t charged_cycles;         /* of its run time: see policy_take_run_cycles() */
    union policy_state policy_state; /* the policy's own */

    union {
        struct priority_queue_node ready_node; /* while READY: in the policy's queue, or */
        struct ticket_node ticket_node;        /* in the lottery's */
    };
    struct wait_queue *waiting_in;        /* while BLOCKED, or about to */
    struct priority_queue_node wait_node; /* in that queue */
    int wait_result;
    void *wait_data; /* what the waker has to know or to fill in; its meaning is the queue's */
    struct lock_record *wanted_lock; /* while it waits for a lock */
    uint64_t wants_since;            /* TSC, likewise */
    struct timer timer;              /* a sleep's end, or a wait's timeout */

    struct priority_queue contended_mutexes; /* those it holds that somebody waits for */
    uint32_t locks_held;                     /* mutexes and reader-writer locks: see mutex_lock() */
    uint32_t tid_round; /* how often all tids had been given out before its own */
    struct rwlock *read_locks[THREAD_READ_LOCKS_MAX]; /* it holds for reading; NULL: a free place */
    struct rwlock *written_locks;                     /* the first of those it holds for writing */

    uint32_t lock_word;         /* what a mutex that it holds says */
    uint32_t priority_settings; /* how often somebody has set it */
    bool is_detached;
    bool is_protected;
    bool is_ending;           /* its end has begun: it can be neither killed nor ended again */
    bool has_passed_locks_on; /* nobody begins to wait for what it holds, whatever that says */
    bool is_to_end;           /* it killed itself in an on_end that it runs for another */
    uint8_t on_ends;          /* that it runs for others, one within the other */
    char name[THREAD_NAME_SIZE];
    struct list_node table_node; /* to be found by its tid */
    struct list_node order_node; /* in the order of tids */
    struct list_node age_node;   /* in that of creation: another one once tids come again */

    uint64_t created_at; /* TSC */
    uint64_t stack_top;  /* 0: it has none any more */
    void (*entry)(void *argument);
    void *argument;
    void (*on_end)(void *argument);
    int exit_status;
    struct wait_queue joiners; /* at most one thread */
};

_Static_assert(offsetof(struct thread, stack_pointer) == 16,
               "THREAD_STACK_POINTER in switch_context.asm says otherwise");

#endif
