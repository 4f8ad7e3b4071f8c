/*
 * The room sched/ has the scheduler's doors: contracts that workloads, commands and code from
 * EXTRA= may use. The sources that keep them stand in the rooms below (docs/rooms.md).
 *
 * Entered by: everybody from here on up.
 * Invariant: threads are named by tid, never by address: what is behind the doors may move and end
 * at any time.
 *
 * Starting the scheduler, its tick, and its figures.
 */
#ifndef AETHEL_SCHED_SCHEDULER_H
#define AETHEL_SCHED_SCHEDULER_H

#include <stdint.h>

#include "kernel/lib/histogram.h"

/*
 * Makes the calling flow of control the idle thread (tid 0) and prepares the scheduler for
 * thread_create(). Boot only, interrupts off.
 */
void scheduler_init(void);

/*
 * Turns interrupts on and becomes the idle loop: halts whenever nobody is ready.
 */
_Noreturn void scheduler_run_idle(void);

/* The timer's handler: kernel/start/ hands it to timer_start(). Interrupt context. */
void scheduler_tick(void);

/* Time that the machine did not give since the boot, in nanoseconds: it is in clock_ticks(), and is
 * nobody's run time. Any context. */
uint64_t scheduler_stolen_ns(void);

/* How often somebody has set preemption, the quantum or the policy since the boot: if it is the
 * same as before, none of them has been touched meanwhile. Any context. */
uint32_t scheduler_settings_changes(void);

/* Ticks that the timer's interrupts stood for: clock_ticks() has those that were lost besides. Any
 * context. */
uint64_t scheduler_timer_ticks(void);

/*
 * Calls `function` from a tick, for the first time after `ticks` ticks, and then each time after as
 * many as it has returned: kernel/start/ hands over what looks after the consoles. It must be
 * short. Boot only, once, interrupts off.
 */
void scheduler_set_periodic(uint32_t (*function)(void), uint32_t ticks);

#define SCHEDULER_CULPRIT_SIZE 40u

/* The longest of a kind of delay, and the function or interrupt line that caused it. */
struct scheduler_delay {
    uint64_t max_ns;
    char culprit[SCHEDULER_CULPRIT_SIZE];
};

/* Since the last reset of the figures, unless it says otherwise. */
struct scheduler_statistics {
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
    uint64_t switch_min_ns; /* of the sampled switches: the first one after each tick */
    uint64_t switch_average_ns;
    uint64_t switch_max_ns;
    uint64_t irq_latency_max_ns;           /* timer raised to handler entered */
    struct scheduler_delay interrupts_off; /* the same, where somebody had interrupts off */
    /* Of one who had them off for a tick or longer at least three times, and more often than for
     * less while a tick came. A host that is late only now and then is no such one. */
    struct scheduler_delay interrupts_off_repeatedly;
    uint64_t machine_late_max_ns; /* timer raised to handler, where nobody had interrupts off */
    struct scheduler_delay preemption_off; /* a switch due, or a tick, to preemption enabled */
    uint64_t idle_ns;
    uint64_t interrupt_ns;        /* in the handlers of hardware lines */
    uint64_t overhead_ns;         /* all switches at their average cost, and the timer */
    uint64_t elapsed_ns;          /* length of the period */
    unsigned ready_threads;       /* waiting for the CPU right now */
    uint64_t interrupt_in_all_ns; /* as interrupt_ns, since the boot */
    /* What others than threads that exist had of the last second (sched/harmony.h), in
     * millionths: handlers of interrupts, and threads that have ended. The number is that of struct
     * thread_information's window. */
    uint32_t second_number;
    uint32_t second_interrupts_ppm;
    uint32_t second_ended_ppm;
    uint64_t stolen_ns; /* the machine was away, and none of the others are told of it */
};

/* Any context. */
void scheduler_get_statistics(struct scheduler_statistics *statistics);
void scheduler_reset_statistics(void);

/* What a histogram of durations says, in nanoseconds. */
struct scheduler_distribution {
    uint64_t count;
    uint64_t min_ns, average_ns, p50_ns, p95_ns, p99_ns, max_ns;
    uint32_t counts[HISTOGRAM_BUCKETS]; /* by powers of two of TSC cycles: kernel/lib/histogram.h */
};

/* Of the sampled switches, of the timer's latency at every sixteenth tick, and of the time from
 * wakeup to run of thread `tid`; the last returns 0 or -ERROR_NOT_FOUND. Any context. */
void scheduler_get_switch_costs(struct scheduler_distribution *distribution);
void scheduler_get_irq_latencies(struct scheduler_distribution *distribution);
int scheduler_get_wake_latencies(int tid, struct scheduler_distribution *distribution);

/* All switches since the boot: for a rate. Any context. */
uint64_t scheduler_switch_count(void);

#endif
