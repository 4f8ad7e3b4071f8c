/* The idle thread: what the boot becomes. It stands outside of the run queue. */
#include "kernel/cpu/tsc.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "kernel/panic.h"
#include "sched/core/core.h"
#include "sched/policies/policies.h"
#include "sched/scheduler.h"
#include "sched/state/thread_table.h"
#include "sched/threads/control_blocks.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"

#define BUCKETS_MIN 64u

static struct thread idle = {
    .name = "idle",
    .state = THREAD_READY,
    .is_detached = true, /* it does not end */
    .is_protected = true,
};

/* As many buckets as there can be threads, or up to half as many. */
static void make_table(size_t threads)
{
    size_t buckets = BUCKETS_MIN;
    while (buckets * 2 <= threads)
        buckets *= 2;
    size_t pages = (buckets * sizeof(struct thread *) + PAGE_SIZE - 1) / PAGE_SIZE;
    uint64_t memory = frames_allocate_run(pages);
    if (memory == FRAME_NONE)
        panic("not enough memory for a table of %lu threads", threads);
    thread_table_init(physical_to_virtual(memory), (unsigned)buckets);
}

void scheduler_init(void)
{
    timers_init();
    make_table(control_blocks_init());
    thread_table_add(&idle);
    policies_init();
    policy_admit(&idle);
    idle.created_at = tsc_read();
    core_init(&idle);
}

/* Figures start with the first interrupts behind it, which had to wait for the boot's end.
 * Interrupts are off between the look and the halt, so no wakeup can be slept through. */
_Noreturn void scheduler_run_idle(void)
{
    interrupts_enable();
    cpu_relax(); /* what has been pending since the timer was started is served here */
    scheduler_reset_statistics();
    for (;;) {
        interrupts_disable();
        if (core_has_ready()) {
            tick_resume();
            core_leave_idle();
        } else {
            tick_put_off();
            cpu_enable_interrupts_and_halt();
        }
    }
}
