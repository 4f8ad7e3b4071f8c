/* Starting the scheduler, its tick, and its figures. */
#ifndef AETHEL_SCHED_SCHEDULER_H
#define AETHEL_SCHED_SCHEDULER_H

#include <stdint.h>

/*
 * Makes the calling flow of control the idle thread (tid 0) and prepares the scheduler for
 * thread_create(). Boot only, interrupts off.
 */
void scheduler_init(void);

/*
 * Turns interrupts on and becomes the idle loop: halts whenever nobody is ready.
 */
_Noreturn void scheduler_run_idle(void);

/* The timer's handler: main.c hands it to pit_init(). Interrupt context. */
void scheduler_tick(void);

/*
 * Calls `function` from the tick every `ticks_between` ticks: main.c hands over the status bar's
 * painter. It must be short. Boot only, once, interrupts off.
 */
void scheduler_set_periodic(void (*function)(void), uint32_t ticks_between);

/* Since the last reset of the figures, unless it says otherwise. */
struct scheduler_statistics {
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
    uint64_t switch_average_ns; /* of the sampled switches: the first one after each tick */
    uint64_t switch_max_ns;
    uint64_t irq_latency_max_ns; /* timer raised to handler entered, of every 16th tick */
    uint64_t idle_ns;
    uint64_t elapsed_ns;    /* length of the period */
    unsigned ready_threads; /* waiting for the CPU right now */
};

/* Any context. */
void scheduler_get_statistics(struct scheduler_statistics *statistics);
void scheduler_reset_statistics(void);

/* All switches since the boot: for a rate. Any context. */
uint64_t scheduler_switch_count(void);

#endif
