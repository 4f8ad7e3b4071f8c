/*
 * The room sched/state/ is what the scheduler knows: the thread control block, the table of all
 * threads, the run queue, the accounts, settings and counts. It does nothing by itself.
 *
 * Entered by: the rooms of sched/ above it.
 * Invariant: whatever stands here is looked at and changed with interrupts off, in a critical
 * section or in a handler.
 */
#ifndef AETHEL_SCHED_STATE_STATE_H
#define AETHEL_SCHED_STATE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cpu/this_cpu.h"
#include "kernel/cpu/tsc.h"
#include "sched/state/control_block.h"
#include "sched/state/run_queue.h"

struct scheduler_state {
    struct run_queue run_queue;
    unsigned (*count_in_policies)(void); /* ready threads in queues of policies: policies_init() */
    bool is_preemptive;                  /* written by core.c alone */
    uint32_t settings_changes;           /* see scheduler_settings_changes() */
    uint32_t quantum_ticks;              /* for everybody; written by whoever sets it */
    uint64_t epoch;                      /* TSC: see sched/observe/shares.h; written there alone */
    uint64_t voluntary_switches;         /* since the boot; written by core.c alone */
    uint64_t involuntary_switches;
};

extern struct scheduler_state the_scheduler;

/* Threads that wait for the CPU, the running one not counted. */
unsigned state_ready_count(void);

/* Somebody sets preemption, the quantum or the policy. */
void state_setting_changed(void);

/* What a reader sees as the state of `thread`: RUNNING or SUSPENDED, or what is stored. */
enum thread_state state_of_thread(const struct thread *thread);

/* Cycles that `thread` has been on the CPU for until now, the current run included. */
static inline uint64_t state_run_cycles(const struct thread *thread)
{
    const struct accounting *accounting = &thread->accounting;
    uint64_t running = thread == this_cpu()->running ? tsc_read() - accounting->since : 0;
    return accounting->cycles[THREAD_RUNNING] + running;
}

/* The run queue, for policies: `thread` by its `level`; behind its equals; `heir`, of the same
 * level, instead of `thread`; all of level `from` behind those of level `to`; the head of `level`,
 * or NULL. */
void state_queue_append(struct thread *thread);
void state_queue_prepend(struct thread *thread);
void state_queue_remove(struct thread *thread);
static inline void state_queue_move_back(struct thread *thread)
{
    run_queue_move_back(&the_scheduler.run_queue, &thread->run_node, thread->level);
}
static inline void state_queue_replace(struct thread *thread, struct thread *heir)
{
    run_queue_replace(&the_scheduler.run_queue, &thread->run_node, &heir->run_node, heir->level);
}
void state_queue_splice(unsigned from, unsigned to);
struct thread *state_queue_head(unsigned level);

#endif
