/* The scheduler's figures: counters are never set back, a reset only remembers where they were. */
#include "kernel/cpu/tsc.h"
#include "sched/core.h"
#include "sched/idle.h"
#include "sched/scheduler.h"
#include "sched/switch_cost.h"
#include "sched/tick.h"

static struct {
    uint64_t tsc;
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
    uint64_t idle_cycles;
} at_reset;

void scheduler_reset_statistics(void)
{
    uint64_t flags = critical_enter();
    at_reset.tsc = tsc_read();
    at_reset.voluntary_switches = core_voluntary_switches();
    at_reset.involuntary_switches = core_involuntary_switches();
    at_reset.idle_cycles = core_run_cycles(idle_thread_block());
    switch_cost_reset();
    tick_reset_latency();
    critical_exit(flags);
}

void scheduler_get_statistics(struct scheduler_statistics *statistics)
{
    uint64_t switch_average, switch_max;
    uint64_t flags = critical_enter();
    switch_cost_get(&switch_average, &switch_max);
    *statistics = (struct scheduler_statistics){
        .voluntary_switches = core_voluntary_switches() - at_reset.voluntary_switches,
        .involuntary_switches = core_involuntary_switches() - at_reset.involuntary_switches,
        .switch_average_ns = tsc_to_ns(switch_average),
        .switch_max_ns = tsc_to_ns(switch_max),
        .irq_latency_max_ns = tick_latency_max_ns(),
        .idle_ns = tsc_to_ns(core_run_cycles(idle_thread_block()) - at_reset.idle_cycles),
        .elapsed_ns = tsc_to_ns(tsc_read() - at_reset.tsc),
        .ready_threads = core_ready_count(),
    };
    critical_exit(flags);
}

uint64_t scheduler_switch_count(void)
{
    return core_voluntary_switches() + core_involuntary_switches();
}
