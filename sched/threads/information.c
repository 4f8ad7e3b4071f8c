/* What others may know about threads. */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/mm/stacks.h"
#include "sched/clock.h"
#include "sched/observe/harmony_window.h"
#include "sched/observe/shares.h"
#include "sched/state/critical_section.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"
#include "sched/thread.h"
#include "sched/threads/control_blocks.h"
#include "sched/threads/spare_stacks.h"
#include "sched/threads/threads.h"

#define NS_PER_TICK (1000000000u / TICK_HZ)

/* What a thread takes from memory in all, if it has a stack of the usual size: that, its control
 * block, and what its user may remember of it. */
#define BYTES_PER_THREAD (STACK_SIZE + STACK_OVERHEAD + sizeof(struct thread) + 160)

/* All accounts up to now, or up to the thread's end. */
static struct accounting account_up_to_now(const struct thread *thread, uint64_t now)
{
    struct accounting accounting = thread->accounting;
    if (thread->state != THREAD_ENDED)
        accounting.since += shares_stolen_unseen(thread);
    if (thread == this_cpu()->running)
        account_close(&accounting, THREAD_RUNNING, now);
    else if (thread->state != THREAD_ENDED)
        account_close(&accounting, (enum thread_state)thread->state, now);
    return accounting;
}

/* For the CPU, in the wait that goes on. */
static uint64_t waiting_cycles(const struct thread *thread)
{
    if (state_of_thread(thread) != THREAD_READY)
        return 0;
    return tsc_read() - thread->accounting.since - shares_stolen_unseen(thread);
}

static uint32_t to_ticks(uint64_t cycles)
{
    return (uint32_t)(tsc_to_ns(cycles) / NS_PER_TICK);
}

static void describe(struct thread *thread, struct thread_information *information)
{
    uint64_t now = tsc_read();
    struct accounting accounting = account_up_to_now(thread, now);
    uint64_t waiting = waiting_cycles(thread);
    uint64_t stolen = shares_stolen_of(thread);
    *information = (struct thread_information){
        .tid = thread->tid,
        .state = state_of_thread(thread),
        .priority = thread->priority,
        .base_priority = thread->base_priority,
        .priority_settings = thread->priority_settings,
        .is_idle = thread->tid == 0,
        .is_protected = thread->is_protected,
        .lifetime_ns = tsc_to_ns(accounting.since - thread->created_at),
        .stolen_time_ns = tsc_to_ns(stolen),
        .run_time_ns = tsc_to_ns(accounting.cycles[THREAD_RUNNING]),
        .interrupted_time_ns = tsc_to_ns(accounting.interrupted),
        .ready_time_ns = tsc_to_ns(account_ready_cycles(&accounting)),
        .sleep_time_ns = tsc_to_ns(accounting.cycles[THREAD_SLEEPING]),
        .blocked_time_ns =
            tsc_to_ns(accounting.cycles[THREAD_BLOCKED] + accounting.cycles[THREAD_SUSPENDED]),
        .lifetime_cycles = accounting.since - thread->created_at - stolen,
        .run_cycles = accounting.cycles[THREAD_RUNNING],
        .ready_cycles = account_ready_cycles(&accounting),
        .longest_run_ns = tsc_to_ns(accounting.longest_run),
        .longest_wait_ns =
            tsc_to_ns(waiting > accounting.longest_wait ? waiting : accounting.longest_wait),
        .wakeups = accounting.wakeups,
        .voluntary_switches = accounting.voluntary_switches,
        .involuntary_switches = accounting.involuntary_switches,
        .waiting_ticks = to_ticks(waiting),
        .window_number = shares_period(),
        /* What one has had that has ended is told of all of those together. */
        .window_run_ppm = thread->state != THREAD_ENDED ? shares_ppm(thread) : 0,
        .share_percent = thread->tid != 0 ? harmony_share(thread) : -1,
    };
    string_copy(information->name, thread->name, sizeof(information->name));
}

int thread_get_information(int tid, struct thread_information *information)
{
    uint64_t flags = critical_enter();
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        describe(thread, information);
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}

uint32_t thread_waiting_ticks(int tid)
{
    uint64_t flags = critical_enter();
    const struct thread *thread = thread_table_find(tid);
    uint64_t waiting = thread != NULL ? waiting_cycles(thread) : 0;
    critical_exit(flags);
    return to_ticks(waiting);
}

uint64_t thread_cpu_cycles(void)
{
    uint64_t flags = critical_enter();
    uint64_t cycles =
        state_run_cycles(this_cpu()->running) + this_cpu()->running->accounting.interrupted;
    critical_exit(flags);
    return cycles;
}

int thread_stack_high_water(int tid)
{
    int bytes = -ERROR_NOT_FOUND;
    preempt_disable(); /* nobody can end meanwhile; and it takes long */
    struct thread *thread = thread_table_find(tid);
    if (thread != NULL && tid != 0 && thread->state != THREAD_ENDED) {
        thread->was_stack_asked = true;
        bytes = (int)stack_high_water(thread->stack_top, thread_stack_size(thread));
    }
    preempt_enable();
    return bytes;
}

int thread_next(int tid)
{
    preempt_disable();
    const struct thread *thread = thread_table_next(tid);
    int next = thread != NULL ? thread->tid : -ERROR_NOT_FOUND;
    preempt_enable();
    return next;
}

unsigned thread_count(void)
{
    return thread_table_count();
}

size_t thread_spare_memory(void)
{
    preempt_disable();
    size_t size = spare_stacks_size() + control_blocks_spare_size();
    preempt_enable();
    return size;
}

unsigned thread_limit(void)
{
    size_t by_memory = (frames_available() * PAGE_SIZE + thread_spare_memory()) / BYTES_PER_THREAD;
    size_t by_addresses = control_blocks_left();
    return thread_count() + (unsigned)(by_memory < by_addresses ? by_memory : by_addresses);
}
