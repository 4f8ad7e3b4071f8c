/* The scheduler's figures: counters are never set back, a reset only remembers where they were. */
#include "drivers/clock/pit.h"
#include "drivers/clock/rtc_interrupts.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/this_cpu.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/symbols.h"
#include "sched/harmony.h"
#include "sched/observe/latency.h"
#include "sched/observe/shares.h"
#include "sched/observe/switch_cost.h"
#include "sched/scheduler.h"
#include "sched/state/critical_section.h"
#include "sched/state/state.h"
#include "sched/state/thread_table.h"

static struct {
    uint64_t tsc;
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
    uint64_t idle_cycles;
    uint64_t interrupt_cycles;
    uint64_t timer_cycles;
    uint64_t stolen_cycles;
} at_reset;

static uint64_t line_cycles(unsigned line)
{
    struct irq_information information;
    irq_get_information(line, &information);
    return information.cycles;
}

/* Of both lines that ticks may come by. */
static uint64_t timer_cycles(void)
{
    return line_cycles(PIT_IRQ_LINE) + line_cycles(RTC_IRQ_LINE);
}

void scheduler_reset_statistics(void)
{
    uint64_t flags = critical_enter();
    at_reset.tsc = tsc_read();
    at_reset.voluntary_switches = the_scheduler.voluntary_switches;
    at_reset.involuntary_switches = the_scheduler.involuntary_switches;
    at_reset.idle_cycles = state_run_cycles(this_cpu()->idle);
    at_reset.interrupt_cycles = interrupts_cycles();
    at_reset.timer_cycles = timer_cycles();
    at_reset.stolen_cycles = shares_stolen();
    switch_cost_reset();
    latency_reset();
    harmony_reset_average();
    critical_exit(flags);
}

/* The address is right behind the section, and may be in the next function already. */
static struct scheduler_delay describe_delay(const struct longest_delay *delay)
{
    struct scheduler_delay described = {.max_ns = tsc_to_ns(delay->cycles), .culprit = "none"};
    char name[SYMBOL_NAME_SIZE];
    uint64_t offset;
    if (delay->handler != NULL)
        string_copy(described.culprit, delay->handler, sizeof(described.culprit));
    else if (delay->cycles != 0 && symbol_lookup(delay->address - 1, name, &offset))
        string_copy(described.culprit, name, sizeof(described.culprit));
    return described;
}

uint64_t scheduler_stolen_ns(void)
{
    uint64_t flags = critical_enter();
    uint64_t cycles = shares_stolen();
    critical_exit(flags);
    return tsc_to_ns(cycles);
}

uint32_t scheduler_settings_changes(void)
{
    return the_scheduler.settings_changes;
}

void scheduler_get_statistics(struct scheduler_statistics *statistics)
{
    uint64_t flags = critical_enter();
    const struct histogram *costs = switch_cost_samples();
    struct longest_delay of_interrupts = *latency_of_interrupts();
    struct longest_delay repeated = suspects_worst();
    struct longest_delay of_preemption = *latency_of_preemption();
    uint64_t stolen = shares_stolen() - at_reset.stolen_cycles;
    *statistics = (struct scheduler_statistics){
        .voluntary_switches = the_scheduler.voluntary_switches - at_reset.voluntary_switches,
        .involuntary_switches = the_scheduler.involuntary_switches - at_reset.involuntary_switches,
        .switch_min_ns = tsc_to_ns(costs->min),
        .switch_average_ns = tsc_to_ns(histogram_average(costs)),
        .switch_max_ns = tsc_to_ns(histogram_max(costs)),
        .idle_ns = tsc_to_ns(state_run_cycles(this_cpu()->idle) - at_reset.idle_cycles),
        .interrupt_ns = tsc_to_ns(interrupts_cycles() - at_reset.interrupt_cycles),
        .elapsed_ns = tsc_to_ns(tsc_read() - at_reset.tsc - stolen),
        .irq_latency_max_ns = tsc_to_ns(latency_longest()),
        .machine_late_max_ns = tsc_to_ns(latency_of_machine()),
        .ready_threads = state_ready_count(),
        .interrupt_in_all_ns = tsc_to_ns(interrupts_cycles()),
        .second_number = shares_period(),
        .second_interrupts_ppm = shares_of_interrupts(),
        .second_ended_ppm = shares_of_ended(),
        .stolen_ns = tsc_to_ns(stolen),
    };
    statistics->overhead_ns = (statistics->voluntary_switches + statistics->involuntary_switches) *
                                  statistics->switch_average_ns +
                              tsc_to_ns(timer_cycles() - at_reset.timer_cycles);
    critical_exit(flags);
    statistics->interrupts_off = describe_delay(&of_interrupts);
    statistics->interrupts_off_repeatedly = describe_delay(&repeated);
    statistics->preemption_off = describe_delay(&of_preemption);
}

uint64_t scheduler_switch_count(void)
{
    return the_scheduler.voluntary_switches + the_scheduler.involuntary_switches;
}

static void describe_histogram(const struct histogram *histogram,
                               struct scheduler_distribution *distribution)
{
    *distribution = (struct scheduler_distribution){
        .count = histogram_count(histogram),
        .min_ns = tsc_to_ns(histogram->min),
        .average_ns = tsc_to_ns(histogram_average(histogram)),
        .p50_ns = tsc_to_ns(histogram_percentile(histogram, 500)),
        .p95_ns = tsc_to_ns(histogram_percentile(histogram, 950)),
        .p99_ns = tsc_to_ns(histogram_percentile(histogram, 990)),
        .max_ns = tsc_to_ns(histogram_max(histogram)),
    };
    memcpy(distribution->counts, histogram->counts, sizeof(distribution->counts));
}

void scheduler_get_switch_costs(struct scheduler_distribution *distribution)
{
    uint64_t flags = critical_enter();
    describe_histogram(switch_cost_samples(), distribution);
    critical_exit(flags);
}

void scheduler_get_irq_latencies(struct scheduler_distribution *distribution)
{
    uint64_t flags = critical_enter();
    describe_histogram(latency_samples(), distribution);
    distribution->max_ns = tsc_to_ns(latency_longest());
    critical_exit(flags);
}

int scheduler_get_wake_latencies(int tid, struct scheduler_distribution *distribution)
{
    uint64_t flags = critical_enter();
    const struct thread *thread = thread_table_find(tid);
    if (thread != NULL)
        describe_histogram(&thread->accounting.wake_to_run, distribution);
    critical_exit(flags);
    return thread != NULL ? 0 : -ERROR_NOT_FOUND;
}
