/* The thread control block. For the rooms of sched/ only: everybody else names threads by tid. */
#ifndef AETHEL_SCHED_STATE_CONTROL_BLOCK_H
#define AETHEL_SCHED_STATE_CONTROL_BLOCK_H

#include <stddef.h>

#include "kernel/lib/list.h"
#include "kernel/lib/priority_list.h"
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

#define CACHE_LINE_SIZE 64u

/*
 * With ten thousand threads none of this is in a cache when a thread's turn comes: so all that a
 * switch touches is in the first two lines.
 */
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
    uint64_t quantum_start; /* cycles on the CPU then, or QUANTUM_NOT_BEGUN: with its next run */

    /* From here up to read_locks all is set to zero when it is created. */
    struct accounting accounting;
    struct wait_queue *waiting_in;          /* while BLOCKED, or about to */
    struct lock_record *wanted_lock;        /* while it waits for a lock */
    struct priority_list contended_mutexes; /* those it holds that somebody waits for */
    struct rwlock *written_locks;           /* the first of those it holds for writing */
    uint32_t lock_word;                     /* what a mutex that it holds says */
    uint32_t locks_held;                    /* mutexes and reader-writer locks: see mutex_lock() */
    uint32_t priority_settings;             /* how often somebody has set it */
    union {
        int wait_result;
        int exit_status; /* once it has ended */
    };

    struct share share;
    bool is_suspended; /* does not become READY before it is resumed */
    /* These share a byte, so that handlers must not write them, nor threads with preemption on. */
    bool is_detached : 1;
    bool is_protected : 1;
    bool is_ending : 1;           /* its end has begun: it can be neither killed nor ended again */
    bool has_passed_locks_on : 1; /* nobody begins to wait for what it holds, whatever that says */
    bool is_to_end : 1;           /* it killed itself in an on_end that it runs for another */
    bool was_stack_asked : 1;     /* somebody wanted to know how much of its stack it has used */
    uint8_t on_ends;              /* that it runs for others, one within the other */
    uint8_t stack_pages;
    uint16_t chart_row; /* the run chart's, if that is of this thread */

    /* It holds for reading; NULL: a free place. All are when a thread is over, and stay so. */
    struct rwlock *read_locks[THREAD_READ_LOCKS_MAX];

    struct priority_list_node wait_node; /* in the queue that it waits in */
    void *wait_data;      /* what the waker has to know or to fill in; its meaning is the queue's */
    uint64_t wants_since; /* TSC: since when it has been waiting for that lock */

    /* None of them leaves behind that another one is in use. */
    union {
        struct priority_queue_node ready_node; /* while READY: in the policy's queue, or */
        struct ticket_node ticket_node;        /* in the lottery's */
        struct timer timer;                    /* while not: a sleep's end, or a wait's timeout */
    };

    const struct policy *policy;     /* under which it is, and was queued if it is ready */
    uint64_t charged_cycles;         /* of its run time: see policy_take_run_cycles() */
    union policy_state policy_state; /* the policy's own */
    struct thread *next_of_bucket;   /* to be found by its tid */
    struct list_node order_node;     /* in the order of tids */
    struct wait_queue joiners;       /* at most one thread */
    uint64_t created_at;             /* TSC */
    uint64_t stack_top;              /* 0: it has none any more */
    void *argument;
    void (*on_end)(void *argument);
    char name[THREAD_NAME_SIZE];
} __attribute__((aligned(CACHE_LINE_SIZE)));

_Static_assert(offsetof(struct thread, stack_pointer) == 16,
               "THREAD_STACK_POINTER in switch_context.asm says otherwise");
_Static_assert(offsetof(struct thread, accounting.woken_at) + sizeof(uint64_t) <=
                   2 * CACHE_LINE_SIZE,
               "a switch touches more than two lines");
_Static_assert(sizeof(struct thread) == 768, "see control_blocks.c, and what a thread costs");

#endif
