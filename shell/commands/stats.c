/* stats: the scheduler's figures, for people and programs. */
#include "drivers/serial.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"

static void print_settings(struct terminal *terminal)
{
    const char *state = preemption_is_on() ? "on" : "off";
    terminal_printf(terminal, "preemption: %s\n",
                    preemption_is_built_in() ? state : "not built in");
    terminal_printf(terminal, "quantum_ms: %u\n", quantum_get_ms());
    terminal_printf(terminal, "quantum_mode: fixed\n");
    terminal_printf(terminal, "tick_hz: %u\n", TICK_HZ);
    terminal_printf(terminal, "uptime_ms: %lu\n", clock_ticks() * 1000 / TICK_HZ);
    terminal_printf(terminal, "threads: %u\n", thread_count());
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
    terminal_printf(terminal, "irq_latency_max_ns: %lu\n", figures.irq_latency_max_ns);
    terminal_printf(terminal, "cpu_idle_percent: %lu.%lu\n", idle_permille / 10,
                    idle_permille % 10);
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
                "the CPU: since the boot, or since 'stats reset'.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_stats,
        .candidate = stats_candidate);
