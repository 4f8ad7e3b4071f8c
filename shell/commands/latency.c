/* latency: how long something took, as a histogram. */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/views/thread_text.h"
#include "shell/views/thread_words.h"

#define BAR_WIDTH 40u
#define TIME_SIZE 16u

#define UNIT_STEP 1000u
#define UNIT_MAX  10000u

/* The tid that `word` is, or that the oldest thread of that name has, be it as `ps` shows it; or
 * -1. */
static int find_thread(const char *word)
{
    uint64_t number;
    char name[THREAD_NAME_SIZE];
    if (parse_unsigned(word, INT32_MAX, &number) == 0)
        return (int)number;
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid)) {
        if (thread_get_name(tid, name) != 0)
            continue;
        bool is_it = strcmp(name, word) == 0;
        thread_name_as_word(name, name);
        if (is_it || strcmp(name, word) == 0)
            return tid;
    }
    return -1;
}

static void print_values(struct terminal *terminal, const struct scheduler_distribution *values)
{
    terminal_printf(terminal, "samples: %lu\nmin_ns: %lu\navg_ns: %lu\np50_ns: %lu\n",
                    values->count, values->min_ns, values->average_ns, values->p50_ns);
    terminal_printf(terminal, "p95_ns: %lu\np99_ns: %lu\nmax_ns: %lu\n", values->p95_ns,
                    values->p99_ns, values->max_ns);
}

static uint32_t largest_count(const struct scheduler_distribution *values)
{
    uint32_t largest = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (values->counts[i] > largest)
            largest = values->counts[i];
    return largest;
}

/* In the largest unit that leaves at least three digits. */
static void format_time(char *text, size_t size, uint64_t ns)
{
    static const char *const units[] = {"ns", "us", "ms"};
    unsigned unit = 0;
    for (; ns >= UNIT_MAX && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
        ns = (ns + UNIT_STEP / 2) / UNIT_STEP;
    format_string(text, size, "%lu %s", ns, units[unit]);
}

/* A bucket with anything in it has a bar at least a character long. */
static void print_bar(struct terminal *terminal, unsigned bucket, uint32_t count, uint32_t largest)
{
    char bar[BAR_WIDTH + 1], from[TIME_SIZE], to[TIME_SIZE];
    uint64_t length = ((uint64_t)count * BAR_WIDTH + largest - 1) / largest;
    memset(bar, '#', length);
    bar[length] = '\0';
    format_time(from, sizeof(from), tsc_to_ns(histogram_bucket_start(bucket)));
    format_time(to, sizeof(to), tsc_to_ns(histogram_bucket_start(bucket + 1)));
    terminal_printf(terminal, "%10s .. %-10s %10u %s\n", from, to, count, bar);
}

/* Empty buckets have no line, but between others a gap is shown. */
static void print_histogram(struct terminal *terminal, const struct scheduler_distribution *values)
{
    uint32_t largest = largest_count(values);
    unsigned next = HISTOGRAM_BUCKETS;
    if (largest > 0)
        terminal_printf(terminal, "%10s    %-10s %10s\n", "FROM", "TO", "COUNT");
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        if (values->counts[i] == 0)
            continue;
        if (next < i)
            terminal_printf(terminal, "%10s\n", "...");
        print_bar(terminal, i, values->counts[i], largest);
        next = i + 1;
    }
}

static int run_latency(struct shell *shell, int count, char **words)
{
    struct scheduler_distribution values;
    (void)count;
    if (strcmp(words[1], "switch") == 0)
        scheduler_get_switch_costs(&values);
    else if (strcmp(words[1], "irq") == 0)
        scheduler_get_irq_latencies(&values);
    else if (scheduler_get_wake_latencies(find_thread(words[1]), &values) != 0)
        return command_error(shell, "'%s' is neither a thread, nor switch, nor irq", words[1]);
    print_values(shell->terminal, &values);
    print_histogram(shell->terminal, &values);
    return COMMAND_OK;
}

static const struct command_word latency_words[] = {
    {"irq", "how late the timer's handler comes"}, {"switch", "what a switch costs"}, {0}};

COMMAND(latency, .usage = "latency THREAD|switch|irq", .summary = "histogram of delays",
        .help = "THREAD  tid or name: from each wakeup to the moment when it ran, since it was\n"
                "        created\n"
                "switch  the cost of a context switch: of the first one after each tick\n"
                "irq     from the timer raising its line to its handler: of every 16th tick, and\n"
                "        max_ns of all;\n"
                "        these two since the boot, or since 'stats reset'\n"
                "The buckets are powers of two of processor cycles; a percentile is exact to its\n"
                "bucket.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_min = 1, .arguments_max = 1,
        .run = run_latency, .words = latency_words, .complete = thread_words_complete_names);
