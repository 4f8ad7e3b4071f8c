/* stats: the scheduler's figures, for people and programs. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "drivers/serial.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"

#define NS_PER_MS 1000000u

#define VALUE_SIZE 32u

/* What is printed: all figures, or those with `word` in their names. */
struct report {
    struct terminal *terminal;
    const char *word;
    unsigned printed;
    struct completion *completion; /* not NULL: the names are told to Tab instead */
};

static bool contains(const char *text, const char *word)
{
    size_t length = strlen(word);
    while (*text != '\0' && strncmp(text, word, length) != 0)
        text++;
    return *text != '\0';
}

static void tell_name(struct report *report, const char *key, const char *format, va_list arguments)
{
    char value[VALUE_SIZE];
    format_arguments(value, sizeof(value), format, arguments);
    completion_add(report->completion, key, value);
}

static __attribute__((format(__printf__, 3, 4))) void
print_line(struct report *report, const char *key, const char *format, ...)
{
    va_list arguments;
    if (!contains(key, report->word))
        return;
    va_start(arguments, format);
    if (report->completion) {
        tell_name(report, key, format, arguments);
    } else {
        terminal_printf(report->terminal, "%s: ", key);
        terminal_vprintf(report->terminal, format, arguments);
        terminal_printf(report->terminal, "\n");
    }
    va_end(arguments);
    report->printed++;
}

static void print_settings(struct report *report)
{
    const char *state = preemption_is_on() ? "on" : "off";
    print_line(report, "preemption", "%s", preemption_is_built_in() ? state : "not built in");
    print_line(report, "quantum_ms", "%u", quantum_get_ms());
    print_line(report, "quantum_mode", "%s", harmony_has_auto_quantum() ? "auto" : "fixed");
    print_line(report, "tick_hz", "%u", TICK_HZ);
    print_line(report, "uptime_ms", "%lu", clock_ticks() * 1000 / TICK_HZ);
    print_line(report, "threads", "%u", thread_count());
}

static void print_permille(struct report *report, const char *key, unsigned permille)
{
    print_line(report, key, "%u.%03u", permille / 1000, permille % 1000);
}

static void print_percent(struct report *report, const char *key, uint64_t part_ns,
                          uint64_t whole_ns)
{
    uint64_t hundredths = whole_ns != 0 ? part_ns * 10000 / whole_ns : 0;
    print_line(report, key, "%lu.%02lu", hundredths / 100, hundredths % 100);
}

static void print_harmony(struct report *report)
{
    print_permille(report, "harmony", harmony_permille());
    print_permille(report, "average_harmony", harmony_average_permille());
    print_permille(report, "fairness", harmony_fairness_permille());
    print_line(report, "starved_threads", "%u", harmony_starved_threads());
}

static void print_rates(struct report *report, const struct scheduler_statistics *figures)
{
    uint64_t switches = figures->voluntary_switches + figures->involuntary_switches;
    uint64_t milliseconds = figures->elapsed_ns / NS_PER_MS;
    print_line(report, "switches_per_second", "%lu",
               milliseconds != 0 ? switches * 1000 / milliseconds : 0);
    print_percent(report, "interrupt_percent", figures->interrupt_ns, figures->elapsed_ns);
    print_percent(report, "overhead_percent", figures->overhead_ns, figures->elapsed_ns);
}

static void print_delays(struct report *report, const struct scheduler_statistics *figures)
{
    print_line(report, "irq_off_max_ns", "%lu", figures->interrupts_off.max_ns);
    print_line(report, "irq_off_max_by", "%s", figures->interrupts_off.culprit);
    print_line(report, "preempt_off_max_ns", "%lu", figures->preemption_off.max_ns);
    print_line(report, "preempt_off_max_by", "%s", figures->preemption_off.culprit);
}

static void print_figures(struct report *report)
{
    struct scheduler_statistics figures;
    scheduler_get_statistics(&figures);
    uint64_t idle_permille = figures.elapsed_ns ? figures.idle_ns * 1000 / figures.elapsed_ns : 0;

    print_line(report, "ready_threads", "%u", figures.ready_threads);
    print_line(report, "context_switches", "%lu",
               figures.voluntary_switches + figures.involuntary_switches);
    print_line(report, "voluntary_switches", "%lu", figures.voluntary_switches);
    print_line(report, "involuntary_switches", "%lu", figures.involuntary_switches);
    print_line(report, "switch_avg_ns", "%lu", figures.switch_average_ns);
    print_line(report, "switch_max_ns", "%lu", figures.switch_max_ns);
    print_line(report, "irq_latency_max_ns", "%lu", figures.irq_latency_max_ns);
    print_line(report, "cpu_idle_percent", "%lu.%lu", idle_permille / 10, idle_permille % 10);
    print_harmony(report);
    print_line(report, "policy", "%s", policy_name());
    print_line(report, "switch_min_ns", "%lu", figures.switch_min_ns);
    print_rates(report, &figures);
    print_delays(report, &figures);
    print_line(report, "stolen_ms", "%lu", figures.stolen_ns / NS_PER_MS);
    print_line(report, "com1_overruns", "%lu", serial_overruns());
    print_line(report, "com1_dropped_bytes", "%lu", serial_dropped());
}

static int run_stats(struct shell *shell, int count, char **words)
{
    struct report report = {.terminal = shell->terminal, .word = count == 2 ? words[1] : ""};
    if (strcmp(report.word, "reset") == 0) {
        scheduler_reset_statistics();
        terminal_printf(shell->terminal, "stats: reset\n");
        return COMMAND_OK;
    }
    if (count != 2 || report.word[0] != '\0') {
        print_settings(&report);
        print_figures(&report);
    }
    if (report.printed == 0)
        return command_refuse(shell, words, 1, "there is no figure");
    return COMMAND_OK;
}

static void complete_stats(struct completion *completion)
{
    struct report report = {.word = "", .completion = completion};
    completion_add(completion, "reset", "begin anew");
    print_settings(&report);
    print_figures(&report);
}

COMMAND(stats, .usage = "stats [WORD|reset]", .summary = "the scheduler's figures",
        .help = "Counts of switches, their times (in nanoseconds, of the first switch after each\n"
                "tick), the longest time from the timer to its handler, and the idle share of\n"
                "the CPU: since the boot, or since 'stats reset'. With WORD only the figures with\n"
                "it in their names.\n"
                "harmony  How well the CPU was shared in the last second, 0 to 1: each thread\n"
                "         scores what it had to its fair share, or the other way round; the mean,\n"
                "         weighted by their fair shares. Nobody's wish unmet: 1.\n"
                "fairness  Jain's index of the same. starved_threads could run all the time, and\n"
                "         got nothing.\n"
                "stolen_ms  The machine was away: an emulator that was stopped, a host that ran\n"
                "         something else. It is nobody's run time.\n"
                "overhead_percent  Switches, at their average, and the timer's handler.\n"
                "irq_off_max_ns, preempt_off_max_ns  The longest that the timer's interrupt, or a\n"
                "         switch, had to wait because interrupts, or preemption, were off; ..._by\n"
                "         is the function, or the interrupt's handler, that did it. Where an\n"
                "         interrupt was late and nobody did it, the machine or the emulator was.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_stats,
        .complete = complete_stats,
        .examples = "  stats harmony\n"
                    "  stats reset\n");
