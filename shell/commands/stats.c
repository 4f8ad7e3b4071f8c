/* stats: the scheduler's figures, for people and programs. */
#include "drivers/serial.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"

#define NS_PER_MS 1000000u

static void print_settings(struct terminal *terminal)
{
    const char *state = preemption_is_on() ? "on" : "off";
    terminal_printf(terminal, "preemption: %s\n",
                    preemption_is_built_in() ? state : "not built in");
    terminal_printf(terminal, "quantum_ms: %u\n", quantum_get_ms());
    terminal_printf(terminal, "quantum_mode: %s\n", harmony_has_auto_quantum() ? "auto" : "fixed");
    terminal_printf(terminal, "tick_hz: %u\n", TICK_HZ);
    terminal_printf(terminal, "uptime_ms: %lu\n", clock_ticks() * 1000 / TICK_HZ);
    terminal_printf(terminal, "threads: %u\n", thread_count());
}

static void print_permille(struct terminal *terminal, const char *key, unsigned permille)
{
    terminal_printf(terminal, "%s: %u.%03u\n", key, permille / 1000, permille % 1000);
}

static void print_percent(struct terminal *terminal, const char *key, uint64_t part_ns,
                          uint64_t whole_ns)
{
    uint64_t hundredths = whole_ns != 0 ? part_ns * 10000 / whole_ns : 0;
    terminal_printf(terminal, "%s: %lu.%02lu\n", key, hundredths / 100, hundredths % 100);
}

static void print_harmony(struct terminal *terminal)
{
    int fairness = scheduler_fairness_permille();
    print_permille(terminal, "harmony", harmony_permille());
    print_permille(terminal, "average_harmony", harmony_average_permille());
    if (fairness >= 0)
        print_permille(terminal, "fairness", (unsigned)fairness);
}

static void print_rates(struct terminal *terminal, const struct scheduler_statistics *figures)
{
    uint64_t switches = figures->voluntary_switches + figures->involuntary_switches;
    uint64_t milliseconds = figures->elapsed_ns / NS_PER_MS;
    terminal_printf(terminal, "switches_per_second: %lu\n",
                    milliseconds != 0 ? switches * 1000 / milliseconds : 0);
    print_percent(terminal, "interrupt_percent", figures->interrupt_ns, figures->elapsed_ns);
    print_percent(terminal, "overhead_percent", figures->overhead_ns, figures->elapsed_ns);
}

static void print_delays(struct terminal *terminal, const struct scheduler_statistics *figures)
{
    terminal_printf(terminal, "irq_off_max_ns: %lu\nirq_off_max_by: %s\n",
                    figures->irq_latency.max_ns, figures->irq_latency.culprit);
    terminal_printf(terminal, "preempt_off_max_ns: %lu\npreempt_off_max_by: %s\n",
                    figures->preemption_off.max_ns, figures->preemption_off.culprit);
}

static void print_figures(struct terminal *terminal)
{
    struct scheduler_statistics figures;
    scheduler_get_statistics(&figures);
    uint64_t idle_permille = figures.elapsed_ns ? figures.idle_ns * 1000 / figures.elapsed_ns : 0;

    terminal_printf(terminal, "ready_threads: %u\n", figures.ready_threads);
    terminal_printf(terminal, "context_switches: %lu\n",
                    figures.voluntary_switches + figures.involuntary_switches);
    terminal_printf(terminal, "voluntary_switches: %lu\n", figures.voluntary_switches);
    terminal_printf(terminal, "involuntary_switches: %lu\n", figures.involuntary_switches);
    terminal_printf(terminal, "switch_avg_ns: %lu\n", figures.switch_average_ns);
    terminal_printf(terminal, "switch_max_ns: %lu\n", figures.switch_max_ns);
    terminal_printf(terminal, "irq_latency_max_ns: %lu\n", figures.irq_latency.max_ns);
    terminal_printf(terminal, "cpu_idle_percent: %lu.%lu\n", idle_permille / 10,
                    idle_permille % 10);
    print_harmony(terminal);
    terminal_printf(terminal, "policy: %s\n", policy_name());
    terminal_printf(terminal, "switch_min_ns: %lu\n", figures.switch_min_ns);
    print_rates(terminal, &figures);
    print_delays(terminal, &figures);
    terminal_printf(terminal, "com1_overruns: %lu\n", serial_overruns());
    terminal_printf(terminal, "com1_dropped_bytes: %lu\n", serial_dropped());
}

static int run_stats(struct shell *shell, int count, char **words)
{
    if (count == 2) {
        if (strcmp(words[1], "reset") != 0)
            return command_error(shell, "'%s' is not reset", words[1]);
        scheduler_reset_statistics();
        terminal_printf(shell->terminal, "stats: reset\n");
        return COMMAND_OK;
    }
    print_settings(shell->terminal);
    print_figures(shell->terminal);
    return COMMAND_OK;
}

static const char *stats_candidate(unsigned argument, unsigned index)
{
    return argument == 1 && index == 0 ? "reset" : NULL;
}

COMMAND(stats, .usage = "stats [reset]", .summary = "the scheduler's figures",
        .help = "Counts of switches, their times (in nanoseconds, of the first switch after each\n"
                "tick), the longest time from the timer to its handler, and the idle share of\n"
                "the CPU: since the boot, or since 'stats reset'.\n"
                "harmony  How well the CPU was shared in the last second, 0 to 1: 70 % is the\n"
                "         average score of the threads that could run (1/k for one that had k\n"
                "         times its fair share, 1 for one that had less), 30 % is the share of\n"
                "         them that ran at all.\n"
                "fairness  Jain's index of what runnable threads of equal priority had of it.\n"
                "overhead_percent  Switches, at their average, and the timer's handler.\n"
                "irq_off_max_ns, preempt_off_max_ns  The longest that the timer's interrupt, or a\n"
                "         switch, had to wait because interrupts, or preemption, were off; ..._by\n"
                "         is the function, or the interrupt's handler, that did it.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_stats,
        .candidate = stats_candidate);
