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
#include "shell/views/full_screen.h"

#define NS_PER_MS 1000000u

#define ALL        "all"
#define HEAD_SIZE  64u
#define VALUE_SIZE 32u

/* What is printed: what fits a screen, all figures, or those of a group or with a word in their
 * names. */
struct report {
    struct terminal *terminal;
    const char *word;  /* empty: what fits a screen */
    const char *group; /* that is printed now */
    const char *hint;  /* behind the first head */
    bool has_heads;    /* which look like figures, too, for who takes lines apart */
    bool is_head_due;  /* before the group's first figure */
    bool is_more;      /* the figures that follow do not fit */
    unsigned printed;
    struct completion *completion; /* not NULL: the names are told to Tab instead */
};

static void begin_group(struct report *report, const char *name)
{
    if (report->completion)
        completion_add(report->completion, name, "a group");
    report->group = name;
    report->is_head_due = report->has_heads;
    report->is_more = false;
}

static bool is_wanted(const struct report *report, const char *key)
{
    if (report->word[0] == '\0')
        return !report->is_more;
    return strcmp(report->word, ALL) == 0 || strcmp(report->word, report->group) == 0 ||
           string_contains(key, report->word);
}

static void print_head(struct report *report)
{
    char line[HEAD_SIZE];
    format_string(line, sizeof(line), "%c%s: ------------%s%c", STYLE_CYAN, report->group,
                  report->hint, STYLE_PLAIN);
    full_screen_print(report->terminal, line);
    report->hint = "";
    report->is_head_due = false;
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
    if (!is_wanted(report, key))
        return;
    if (report->is_head_due)
        print_head(report);
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

static void print_number(struct report *report, const char *key, uint64_t number)
{
    print_line(report, key, "%lu", number);
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

static void print_settings(struct report *report)
{
    const char *state = preemption_is_on() ? "on" : "off";
    begin_group(report, "settings");
    print_line(report, "preemption", "%s", preemption_is_built_in() ? state : "not built in");
    print_number(report, "quantum_ms", quantum_get_ms());
    print_line(report, "quantum_mode", "%s", harmony_has_auto_quantum() ? "auto" : "fixed");
    print_line(report, "policy", "%s", policy_name());
    print_number(report, "tick_hz", TICK_HZ);
}

static void print_shares(struct report *report, const struct scheduler_statistics *figures)
{
    uint64_t idle_permille =
        figures->elapsed_ns ? figures->idle_ns * 1000 / figures->elapsed_ns : 0;
    begin_group(report, "shares");
    print_number(report, "uptime_ms", clock_ticks() * 1000 / TICK_HZ);
    print_number(report, "threads", thread_count());
    print_number(report, "ready_threads", figures->ready_threads);
    print_number(report, "starved_threads", harmony_starved_threads());
    print_line(report, "cpu_idle_percent", "%lu.%lu", idle_permille / 10, idle_permille % 10);
    print_permille(report, "harmony", harmony_permille());
    print_permille(report, "average_harmony", harmony_average_permille());
    print_permille(report, "fairness", harmony_fairness_permille());
}

static void print_switches(struct report *report, const struct scheduler_statistics *figures)
{
    uint64_t switches = figures->voluntary_switches + figures->involuntary_switches;
    uint64_t milliseconds = figures->elapsed_ns / NS_PER_MS;
    begin_group(report, "switches");
    print_number(report, "context_switches", switches);
    print_number(report, "voluntary_switches", figures->voluntary_switches);
    print_number(report, "involuntary_switches", figures->involuntary_switches);
    print_number(report, "switch_avg_ns", figures->switch_average_ns);
    print_number(report, "switch_max_ns", figures->switch_max_ns);
    print_number(report, "irq_latency_max_ns", figures->irq_latency_max_ns);
    report->is_more = true;
    print_number(report, "switch_min_ns", figures->switch_min_ns);
    print_number(report, "switches_per_second",
                 milliseconds != 0 ? switches * 1000 / milliseconds : 0);
    print_percent(report, "interrupt_percent", figures->interrupt_ns, figures->elapsed_ns);
    print_percent(report, "overhead_percent", figures->overhead_ns, figures->elapsed_ns);
}

static void print_delays(struct report *report, const struct scheduler_statistics *figures)
{
    begin_group(report, "delays");
    report->is_more = true;
    print_number(report, "irq_off_max_ns", figures->interrupts_off.max_ns);
    print_line(report, "irq_off_max_by", "%s", figures->interrupts_off.culprit);
    print_number(report, "preempt_off_max_ns", figures->preemption_off.max_ns);
    print_line(report, "preempt_off_max_by", "%s", figures->preemption_off.culprit);
    print_number(report, "stolen_ms", figures->stolen_ns / NS_PER_MS);
    print_number(report, "com1_overruns", serial_overruns());
    print_number(report, "com1_dropped_bytes", serial_dropped());
}

static void print_all(struct report *report)
{
    struct scheduler_statistics figures;
    scheduler_get_statistics(&figures);
    print_settings(report);
    print_shares(report, &figures);
    print_switches(report, &figures);
    print_delays(report, &figures);
}

static int run_stats(struct shell *shell, int count, char **words)
{
    const char *word = count == 2 ? words[1] : "";
    struct report report = {
        .terminal = shell->terminal,
        .word = word,
        .hint = count == 1 ? " 'stats all' tells more" : "",
        .has_heads = count == 1 || strcmp(word, ALL) == 0,
    };
    if (strcmp(word, "reset") == 0) {
        scheduler_reset_statistics();
        terminal_printf(shell->terminal, "stats: reset\n");
        return COMMAND_OK;
    }
    if (count == 1 || word[0] != '\0')
        print_all(&report);
    if (report.printed == 0)
        return command_refuse(shell, words, 1, "there is no figure");
    return COMMAND_OK;
}

static void complete_stats(struct completion *completion)
{
    struct report report = {.word = ALL, .completion = completion};
    completion_add(completion, ALL, "every figure");
    completion_add(completion, "reset", "begin anew");
    print_all(&report);
}

COMMAND(stats, .usage = "stats [WORD|all|reset]", .summary = "the scheduler's figures",
        .help = "What fits a screen, or 'all' figures; with WORD those of a group (settings,\n"
                "shares, switches, delays), and those with it in their names. Counts of switches,\n"
                "their times (in nanoseconds, of the first switch after each tick), the longest\n"
                "time from the timer to its handler, and the idle share of the CPU are since the\n"
                "boot, or since 'stats reset'.\n"
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
