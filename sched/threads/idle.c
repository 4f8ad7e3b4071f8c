/* The idle thread: what the boot becomes. It stands outside of the run queue. */
#include "kernel/cpu/tsc.h"
#include "sched/core/core.h"
#include "sched/policies/policies.h"
#include "sched/scheduler.h"
#include "sched/state/thread_table.h"
#include "sched/timers/tick.h"
#include "sched/timers/timers.h"

static struct thread idle = {
    .name = "idle",
    .state = THREAD_READY,
    .is_protected = true,
};

void scheduler_init(void)
{
    timers_init();
    thread_table_init();
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
        tick_resume();
        if (core_has_ready()) {
            core_leave_idle();
        } else {
            tick_put_off();
            cpu_enable_interrupts_and_halt();
        }
    }
}
