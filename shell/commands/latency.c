/* latency: how long something took, as a histogram. */
#include <stddef.h>

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/commands/threads_named.h"

#define BAR_WIDTH 40u
#define TIME_SIZE 16u

#define UNIT_STEP 1000u
#define UNIT_MAX  10000u

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

static void print_latency(struct terminal *terminal, const char *of,
                          const struct scheduler_distribution *values)
{
    terminal_printf(terminal, "latency_of: %s\n", of);
    print_values(terminal, values);
    print_histogram(terminal, values);
}

static int print_of_thread(struct shell *shell, const struct thread_information *thread,
                           unsigned value)
{
    struct scheduler_distribution values;
    (void)value;
    int error = scheduler_get_wake_latencies(thread->tid, &values);
    if (error == 0)
        print_latency(shell->terminal, thread->name, &values);
    return error;
}

static bool is_any(const struct thread_information *thread)
{
    (void)thread;
    return true;
}

/* Returns whether `word` is one of those that are no threads. */
static bool print_of_machine(struct shell *shell, const char *word)
{
    struct scheduler_distribution values;
    if (strcmp(word, "switch") == 0)
        scheduler_get_switch_costs(&values);
    else if (strcmp(word, "irq") == 0)
        scheduler_get_irq_latencies(&values);
    else
        return false;
    print_latency(shell->terminal, word, &values);
    return true;
}

static const struct thread_action looking = {
    .is_meant = is_any, .act = print_of_thread, .takes_word = print_of_machine};

static int run_latency(struct shell *shell, int count, char **words)
{
    struct threads_served served;
    return threads_named_serve(shell, (unsigned)count - 1, words + 1, &looking, 0, &served);
}

static void complete_latency(struct completion *completion)
{
    static const struct command_word machine[] = {
        {"irq", "how late the timer's handler comes"}, {"switch", "what a switch costs"}, {0}};
    command_complete_words(completion, "", machine);
    threads_named_complete(completion, &looking);
}

COMMAND(latency, .usage = "latency THREAD|switch|irq...", .summary = "histograms of delays",
        .help = "THREAD  (as in 'help kill') from each wakeup to the moment when it ran\n"
                "switch  the cost of a switch: of the first one after each tick\n"
                "irq     from the timer raising its line to its handler: of every 16th tick, and\n"
                "        max_ns of all; these two since the boot, or since 'stats reset'\n"
                "The buckets are powers of two of processor cycles; a percentile is exact to its\n"
                "bucket.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_min = 1,
        .arguments_max = COMMAND_ARGUMENTS_ANY, .run = run_latency, .complete = complete_latency,
        .examples = "  latency irq\n"
                    "  latency switch shell*\n");
