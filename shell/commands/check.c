/* check: whether the machine schedules as well as it should, as measured for some seconds. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/number.h"
#include "sched/clock.h"
#include "sched/deadlock.h"
#include "sched/harmony.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"

#define DEFAULT_MS 2000u
#define MIN_MS     100u
#define MAX_MS     (3600u * 1000)

#define NS_PER_MS 1000000u

#define SWITCH_LIMIT_NS  100000u
#define LATE_LIMIT_MS    100u
#define LATENCY_LIMIT_NS 50000u
#define OVERHEAD_LIMIT   500u /* hundredths of a percent */
#define HARMONY_LIMIT    700u /* thousandths */

/* What is measured here is worse than it should be for one of two reasons, and only the first is
 * the kernel's fault: it did so, or the machine was away meanwhile, as emulators on a busy host
 * are. */
enum verdict { PASS, FAIL, HOST };

struct check {
    struct terminal *terminal;
    struct scheduler_statistics figures;
    bool was_host_late; /* as told by interrupts that nobody kept waiting */
    bool has_failed;
    bool has_excused;
};

static const char *tell(struct check *check, enum verdict verdict)
{
    static const char *const words[] = {"PASS", "FAIL", "HOST"};
    check->has_failed |= verdict == FAIL;
    check->has_excused |= verdict == HOST;
    return words[verdict];
}

static void print_below(struct check *check, const char *key, uint64_t value, uint64_t limit,
                        enum verdict verdict)
{
    terminal_printf(check->terminal, "%s: %lu (under %lu) %s\n", key, value, limit,
                    tell(check, verdict));
}

static void check_below(struct check *check, const char *key, uint64_t value, uint64_t limit)
{
    print_below(check, key, value, limit, value < limit ? PASS : FAIL);
}

/* Of a figure that a late host makes worse: `without` is what it would be without that. */
static enum verdict judge(const struct check *check, uint64_t value, uint64_t without,
                          uint64_t limit)
{
    if (value < limit)
        return PASS;
    return check->was_host_late && without < limit ? HOST : FAIL;
}

static void check_switch(struct check *check, const struct scheduler_distribution *costs)
{
    uint64_t longest = check->figures.switch_max_ns;
    print_below(check, "switch_max_ns", longest, SWITCH_LIMIT_NS,
                judge(check, longest, costs->p50_ns, SWITCH_LIMIT_NS));
}

/*
 * Where no interrupt was ever late without somebody having had interrupts off, the longest is his.
 * Else only one who does so again and again can be told from one during whose short moment the host
 * was away.
 */
static const struct scheduler_delay *find_culprit(const struct check *check)
{
    const struct scheduler_delay *delay = check->was_host_late
                                              ? &check->figures.interrupts_off_repeatedly
                                              : &check->figures.interrupts_off;
    return delay->max_ns >= LATENCY_LIMIT_NS ? delay : NULL;
}

static void check_latency(struct check *check)
{
    uint64_t longest = check->figures.irq_latency_max_ns;
    const struct scheduler_delay *culprit = find_culprit(check);
    enum verdict excused = longest < LATENCY_LIMIT_NS ? PASS : HOST;
    print_below(check, "irq_latency_max_ns", longest, LATENCY_LIMIT_NS,
                culprit != NULL ? FAIL : excused);
    if (culprit != NULL)
        terminal_printf(check->terminal, "irq_off_max_ns: %lu\nirq_off_max_by: %s\n",
                        culprit->max_ns, culprit->culprit);
}

static uint64_t in_hundredths_of_percent(const struct check *check, uint64_t nanoseconds)
{
    return nanoseconds * 10000 / (check->figures.elapsed_ns | 1);
}

/* A single absence of the host during the timer's handler outweighs all the rest of it: without
 * such, what is left to judge are the switches. */
static void check_overhead(struct check *check, const struct scheduler_distribution *costs)
{
    const struct scheduler_statistics *figures = &check->figures;
    uint64_t switches = figures->voluntary_switches + figures->involuntary_switches;
    uint64_t overhead = in_hundredths_of_percent(check, figures->overhead_ns);
    uint64_t of_switches = in_hundredths_of_percent(check, switches * costs->p50_ns);
    terminal_printf(check->terminal, "overhead_percent: %lu.%02lu (under %u) %s\n", overhead / 100,
                    overhead % 100, OVERHEAD_LIMIT / 100,
                    tell(check, judge(check, overhead, of_switches, OVERHEAD_LIMIT)));
}

/* What the host takes while interrupts happen to be off is not known for stolen time. */
static void check_shell(struct check *check, uint64_t late_ms)
{
    uint64_t off_ms = check->figures.interrupts_off.max_ns / NS_PER_MS;
    uint64_t without = late_ms > off_ms ? late_ms - off_ms : 0;
    print_below(check, "shell_late_ms", late_ms, LATE_LIMIT_MS,
                judge(check, late_ms, without, LATE_LIMIT_MS));
}

/* A host that is away during a handler leaves its mark in the time of handlers. With much of the
 * second lost there, the rest is too short for everybody to have had a turn. */
static void check_harmony(struct check *check)
{
    unsigned harmony = harmony_average_permille();
    uint64_t in_handlers = in_hundredths_of_percent(check, check->figures.interrupt_ns);
    bool is_excused = check->was_host_late && in_handlers >= OVERHEAD_LIMIT;
    enum verdict too_low = is_excused ? HOST : FAIL;
    terminal_printf(check->terminal, "average_harmony: %u.%03u (above 0.%u) %s\n",
                    harmony / HARMONY_MAX, harmony % HARMONY_MAX, HARMONY_LIMIT / 100,
                    tell(check, harmony > HARMONY_LIMIT ? PASS : too_low));
}

static unsigned count_deadlocked(void)
{
    struct deadlock deadlock;
    unsigned count = 0;
    for (int tid = thread_next(0); tid >= 0; tid = thread_next(tid))
        count += deadlock_find(tid, &deadlock);
    return count;
}

/* How long the calling thread has been waiting for the CPU in its life. */
static uint64_t ready_ms(void)
{
    struct thread_information self = {0};
    thread_get_information(thread_self(), &self);
    return self.ready_time_ns / NS_PER_MS;
}

/* Returns whether nobody has interrupted it. `late` is how much longer it took: because others had
 * the CPU, and not because the machine was away. */
static bool measure(struct check *check, uint64_t milliseconds, uint64_t *late)
{
    uint64_t ready_before = ready_ms();
    uint64_t end = clock_ticks() + milliseconds;
    scheduler_reset_statistics();
    if (!terminal_sleep_ms(check->terminal, (int)milliseconds))
        return false;
    uint64_t ticks = clock_ticks() - end;
    uint64_t waited = ready_ms() - ready_before;
    *late = waited < ticks ? waited : ticks;
    scheduler_get_statistics(&check->figures);
    check->was_host_late =
        check->figures.stolen_ns > 0 || check->figures.machine_late_max_ns >= LATENCY_LIMIT_NS;
    return true;
}

static void judge_all(struct check *check, uint64_t late)
{
    struct scheduler_distribution costs;
    scheduler_get_switch_costs(&costs);
    check_switch(check, &costs);
    check_latency(check);
    check_overhead(check, &costs);
    check_harmony(check);
    check_shell(check, late);
    check_below(check, "starved_threads", harmony_starved_threads(), 1);
    check_below(check, "deadlocked_threads", count_deadlocked(), 1);
    terminal_printf(check->terminal, "stolen_ms: %lu\n", check->figures.stolen_ns / NS_PER_MS);
    if (check->has_excused)
        terminal_printf(check->terminal, "HOST: the machine was late by itself, or its host was "
                                         "busy; this is not judged\n");
    terminal_printf(check->terminal, "check: %s\n", check->has_failed ? "FAIL" : "PASS");
}

static int run_check(struct shell *shell, int count, char **words)
{
    struct check check = {.terminal = shell->terminal};
    uint64_t milliseconds = DEFAULT_MS;
    uint64_t late;
    if (count == 2 &&
        (parse_milliseconds(words[1], MAX_MS, &milliseconds) || milliseconds < MIN_MS))
        return command_error(shell, "'%s' is not a number of seconds from 0.1 to %u", words[1],
                             MAX_MS / 1000);
    if (!measure(&check, milliseconds, &late))
        return COMMAND_INTERRUPTED;
    judge_all(&check, late);
    return check.has_failed ? COMMAND_FAILED : COMMAND_OK;
}

COMMAND(check, .usage = "check [SECONDS]", .summary = "measure, and judge",
        .help = "Starts the figures of 'stats' anew, waits (2 seconds if not said), and judges: a\n"
                "switch takes less than 100 us, an interrupt waits less than 50 us, switching and\n"
                "ticking take less than 5 % of the time, harmony is above 0.7, this shell gets\n"
                "the CPU within 100 ms, no thread is starved, none is in a deadlock. Load the\n"
                "machine first: try it with 'spawn hog 4 for=5', and 'preempt' on and off.\n"
                "HOST: worse than it should be, but nobody in the kernel did it: the machine was\n"
                "late, or the emulator's host busy. Where it is, only who keeps interrupts off\n"
                "for milliseconds again and again can be told from that, and fails.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_check,
        .words = command_seconds);
