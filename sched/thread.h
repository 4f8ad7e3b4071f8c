/*
 * Threads: what a program says to the scheduler about itself and about others.
 *
 * A thread is named by its tid, a positive number. It is not used again before all others below
 * 2^30 have been, and not as long as its thread exists. One that has ended, and is neither detached
 * nor joined yet, still can be joined, detached, asked about and renamed; to kill, suspend or
 * resume it is too late: it is not found, as one that is gone is not.
 *
 * Every thread has a stack of 8 KiB, or as much as it asks for; using more is a panic that names
 * it.
 *
 * Time is counted in ticks of a millisecond, and the rest of the tick that is running counts as
 * one: whatever waits for N milliseconds, here and in all of sched/, waits for between N - 1 and N.
 * A negative timeout waits for ever.
 */
#ifndef AETHEL_SCHED_THREAD_H
#define AETHEL_SCHED_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THREAD_NAME_SIZE        16u /* with the terminator */
#define THREAD_IDLE_TID         0   /* of the thread that runs when nobody else can */
#define THREAD_PRIORITIES       64u /* 0..63, larger is more urgent */
#define THREAD_PRIORITY_DEFAULT 31u
#define THREAD_PRIORITY_HIGHEST (THREAD_PRIORITIES - 1)

#define THREAD_READ_LOCKS_MAX 8u /* reader-writer locks that one thread can hold for reading */

#define WAIT_FOREVER (-1) /* as a timeout in milliseconds */

enum thread_state {
    THREAD_READY, /* waits for the CPU */
    THREAD_RUNNING,
    THREAD_SLEEPING,  /* waits for a tick */
    THREAD_BLOCKED,   /* waits in a wait queue */
    THREAD_SUSPENDED, /* until it is resumed, whatever else it waits for */
    THREAD_ENDED,     /* has ended, and waits to be joined */
};

struct thread_attributes {
    /* Copied, cut to 15 characters. What is neither printable ASCII nor a blank becomes '_'; NULL,
     * and a name without anything to be seen, is "thread". */
    const char *name;
    void (*entry)(void *argument); /* returning from it is thread_exit(0) */
    void *argument;
    unsigned priority; /* 0..63 */
    bool detached;     /* nobody joins it: when it ends, all of it is gone */
    bool suspended;    /* does not run before thread_resume() */
    /* In bytes, from 4096 to 65536, rounded up to whole pages; 0: 8192. Handlers of interrupts run
     * on it, too. Whoever uses more faults in the guard page below it. */
    size_t stack_size;
    /*
     * Called once with `argument` when the thread ends in whichever way: by the thread itself,
     * or by the one who kills it; its locks have been passed on then. Preemption is off: it may
     * free memory, and create, kill or detach threads, this one too, but neither block, nor take a
     * lock that threads sleep for, nor end the thread that it runs in by thread_exit(). May be
     * NULL.
     */
    void (*on_end)(void *argument);
};

/*
 * Creates a thread, ready at once, unless it is to begin suspended. Under preemption a more urgent
 * one runs before this returns.
 * Returns its tid, -ERROR_INVALID (no entry, priority or stack size out of range), or
 * -ERROR_NO_MEMORY.
 * Threads; and a handler of interrupts where the thread that it has interrupted does not have
 * preemption disabled (preempt_is_disabled()). Does not block.
 */
int thread_create(const struct thread_attributes *attributes);

/*
 * Ends the calling thread; `status` is what thread_join() tells. However a thread ends: the locks
 * that it holds are named in the log, and go to whoever waits, with -ERROR_OWNER_DEAD; then its
 * on_end is called, its stack freed, and only then has it ended. Threads only, with preemption not
 * disabled and no spinlock held: else it panics.
 */
_Noreturn void thread_exit(int status);

/*
 * Waits up to `timeout_ms` (0: looks only, WAIT_FOREVER) until thread `tid` ends, stores its
 * status (-ERROR_KILLED for a killed one) where `status` points, unless that is NULL, and lets the
 * rest of it go. Returns 0, -ERROR_NOT_FOUND (no such thread), -ERROR_INVALID (detached),
 * -ERROR_DEADLOCK (oneself), -ERROR_BUSY (somebody else joins it already), -ERROR_AGAIN (timeout
 * 0), or -ERROR_TIMED_OUT. Blocks.
 */
int thread_join(int tid, int timeout_ms, int *status);

/*
 * Ends thread `tid` wherever it stands; killing oneself is thread_exit(), in another's on_end as
 * soon as that has ended. Its locks are passed on, but not what it has been given and not used yet:
 * a unit of a semaphore, a message, a block. Returns 0, -ERROR_NOT_FOUND, or -ERROR_NOT_PERMITTED
 * for a protected thread (idle, the shells), and in an interrupt handler. Threads only; does not
 * block.
 */
int thread_kill(int tid);

/*
 * Nobody will join thread `tid`: when it ends, or at once if it has ended, all of it is gone.
 * Returns 0, -ERROR_NOT_FOUND, -ERROR_INVALID (detached already), or -ERROR_BUSY (somebody joins
 * it). Threads only; does not block.
 */
int thread_detach(int tid);

/* Guards thread `tid` against thread_kill() and thread_suspend(). Returns 0 or -ERROR_NOT_FOUND. */
int thread_protect(int tid);

/*
 * Stops thread `tid`, or the caller, until thread_resume(). One that sleeps or waits goes on doing
 * that: time-outs run, and what it waits for is given to it, but it runs only when it has been
 * resumed too. Suspending does not nest. Returns 0 (also if it is suspended already),
 * -ERROR_NOT_FOUND (no such thread, or it has ended), or -ERROR_NOT_PERMITTED (protected; the
 * interrupted thread, in a handler; oneself, where blocking is not allowed). Of others: any
 * context. Of oneself: blocks.
 */
int thread_suspend(int tid);

/*
 * Lets thread `tid` go on from where it was suspended, behind its equals. Returns 0,
 * -ERROR_NOT_FOUND, or -ERROR_INVALID (it is not suspended). Any context.
 */
int thread_resume(int tid);

/* The calling thread's tid. In an interrupt handler: that of the interrupted thread. */
int thread_self(void);

/* Lets every other ready thread of the same priority run first. Threads with interrupts on only. */
void thread_yield(void);

/* Sleeps for `milliseconds`; zero or less returns at once. Blocks; where blocking is not allowed it
 * panics in debug builds, and returns at once in others. So does the next one. */
void thread_sleep_ms(int milliseconds);

/* Sleeps until the absolute tick `tick` (sched/clock.h); one that has passed returns at once. */
void thread_sleep_until(uint64_t tick);

/*
 * Changes the base priority of thread `tid`. Its effective priority, which counts everywhere, is
 * that or, if more urgent, the priority of the most urgent thread that waits for a mutex it holds.
 * The running thread stays in front of its equals, another one comes behind its new equals, and
 * where nothing changes nobody moves. Lowering one's own, or raising another's, switches at once if
 * somebody else is the most urgent then (under preemption). Returns 0, -ERROR_NOT_FOUND,
 * -ERROR_INVALID (priority out of range), or -ERROR_NOT_PERMITTED (the idle thread). Any context.
 */
int thread_set_priority(int tid, unsigned priority);

/* The effective and the base priority of thread `tid`, or -ERROR_NOT_FOUND. Any context. */
int thread_get_priority(int tid);
int thread_get_base_priority(int tid);

/* Names thread `tid`, as the attribute does. Returns 0, -ERROR_NOT_FOUND, or -ERROR_INVALID (no
 * name). Any context. */
int thread_set_name(int tid, const char *name);

/* Copies the name of thread `tid` to `name`. Returns 0 or -ERROR_NOT_FOUND. Any context. */
int thread_get_name(int tid, char name[THREAD_NAME_SIZE]);

/*
 * If thread `tid` is ready, it comes before all others of its priority, also before the one that
 * runs: under preemption at once, else as soon as that one yields. Returns 0 or -ERROR_NOT_FOUND.
 * Any context.
 */
int thread_put_first(int tid);

struct thread_information {
    int tid;
    char name[THREAD_NAME_SIZE];
    enum thread_state state;
    unsigned priority; /* effective */
    unsigned base_priority;
    unsigned priority_settings; /* how often somebody has set it since it was created */
    bool is_idle;
    bool is_protected;
    uint64_t lifetime_ns; /* since it was created, up to its end */
    /* The lifetime is the sum of the run, ready, sleep, blocked and stolen times. */
    uint64_t run_time_ns;
    uint64_t ready_time_ns;       /* it waited for the CPU */
    uint64_t interrupted_time_ns; /* of that: it was on the CPU, which served a device */
    uint64_t sleep_time_ns;
    uint64_t blocked_time_ns; /* or suspended */
    uint64_t stolen_time_ns;  /* the machine was away: it is nobody's */
    /* In TSC cycles, without what was stolen: for differences, which a better known rate of the TSC
     * must not upset. */
    uint64_t lifetime_cycles, run_cycles, ready_cycles;
    uint64_t longest_run_ns;     /* without a break, up to the last one that has ended */
    uint64_t longest_wait_ns;    /* for the CPU, likewise */
    uint64_t wakeups;            /* times it became ready, having slept, blocked or been created */
    uint64_t voluntary_switches; /* times it gave the CPU away */
    uint64_t involuntary_switches; /* times it was taken away */
    uint32_t waiting_ticks;        /* if READY: for how long it has been waiting for the CPU */
    /* Of the last second, as sched/harmony.h has it. It moves on in steps; those of two threads
     * belong together if they have the same number: */
    uint32_t window_number;
    uint32_t window_run_ppm; /* how much of it the thread ran, in millionths */
    int share_percent;       /* that in relation to its fair share, or -1: it wanted nothing */
};

/* Tells about thread `tid`. Returns 0 or -ERROR_NOT_FOUND. Any context; takes constant time. */
int thread_get_information(int tid, struct thread_information *information);

/* For how long thread `tid` has been waiting for the CPU, in ticks; 0 if it is not READY, or does
 * not exist. Cheaper than all information. Any context. */
uint32_t thread_waiting_ticks(int tid);

/* TSC cycles for which the calling thread has been on the CPU: it ran, or was interrupted. Threads
 * only. */
uint64_t thread_cpu_cycles(void);

/*
 * The most bytes that thread `tid` has used of its stack, as stack_high_water() of
 * kernel/mm/stacks.h defines it. Never less than that; more only if threads are created by the
 * dozen in a millisecond, and nobody asks about them: then it may be what one that had the stack
 * before has used. Returns them, or -ERROR_NOT_FOUND (no such thread, it has ended, or it is the
 * idle thread). With preemption off for as long as it takes to look at a stack. Threads only.
 */
int thread_stack_high_water(int tid);

/*
 * The lowest tid greater than `tid`, or -ERROR_NOT_FOUND. It visits all threads without holding a
 * lock over the visit: for (tid = thread_next(-1); tid >= 0; tid = thread_next(tid)). The idle
 * thread is tid 0. Threads only.
 */
int thread_next(int tid);

/* Threads that exist, the idle thread and those waiting to be joined included. Any context. */
unsigned thread_count(void);

/* How many threads there can be: those that exist, and those of the usual stack size that there is
 * memory for. Threads only. */
unsigned thread_limit(void);

/* How many bytes of memory threads that have ended have left for those that come. Threads only. */
size_t thread_spare_memory(void);

#endif
