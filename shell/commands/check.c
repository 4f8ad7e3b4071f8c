/* check: whether the machine schedules as well as it should, as measured for some seconds. */
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

static const char *verdict(bool holds)
{
    return holds ? "PASS" : "FAIL";
}

static bool check_below(struct terminal *terminal, const char *key, uint64_t value, uint64_t limit)
{
    bool holds = value < limit;
    terminal_printf(terminal, "%s: %lu (under %lu) %s\n", key, value, limit, verdict(holds));
    return holds;
}

static bool check_overhead(struct terminal *terminal, const struct scheduler_statistics *figures)
{
    uint64_t overhead = figures->overhead_ns * 10000 / (figures->elapsed_ns | 1);
    bool holds = overhead < OVERHEAD_LIMIT;
    terminal_printf(terminal, "overhead_percent: %lu.%02lu (under %u) %s\n", overhead / 100,
                    overhead % 100, OVERHEAD_LIMIT / 100, verdict(holds));
    return holds;
}

static bool check_harmony(struct terminal *terminal)
{
    unsigned harmony = harmony_average_permille();
    bool holds = harmony > HARMONY_LIMIT;
    terminal_printf(terminal, "average_harmony: %u.%03u (above 0.%u) %s\n", harmony / HARMONY_MAX,
                    harmony % HARMONY_MAX, HARMONY_LIMIT / 100, verdict(holds));
    return holds;
}

/* Threads that have been waiting for the CPU for `elapsed_ns` or longer. */
static unsigned count_starved(uint64_t elapsed_ns)
{
    unsigned starved = 0;
    uint64_t elapsed_ms = elapsed_ns / NS_PER_MS;
    struct thread_information thread;
    for (int tid = thread_next(0); tid >= 0; tid = thread_next(tid))
        if (thread_get_information(tid, &thread) == 0)
            starved += thread.state == THREAD_READY && thread.waiting_ticks >= elapsed_ms;
    return starved;
}

static unsigned count_deadlocked(void)
{
    struct deadlock deadlock;
    unsigned count = 0;
    for (int tid = thread_next(0); tid >= 0; tid = thread_next(tid))
        count += deadlock_find(tid, &deadlock);
    return count;
}

static int run_check(struct shell *shell, int count, char **words)
{
    struct terminal *terminal = shell->terminal;
    struct scheduler_statistics figures;
    uint64_t milliseconds = DEFAULT_MS;
    if (count == 2 &&
        (parse_milliseconds(words[1], MAX_MS, &milliseconds) || milliseconds < MIN_MS))
        return command_error(shell, "'%s' is not a number of seconds from 0.1 to %u", words[1],
                             MAX_MS / 1000);
    uint64_t end = clock_ticks() + milliseconds;
    scheduler_reset_statistics();
    if (!terminal_sleep_ms(terminal, (int)milliseconds))
        return COMMAND_INTERRUPTED;
    uint64_t late = clock_ticks() - end;
    scheduler_get_statistics(&figures);

    bool holds = check_below(terminal, "switch_max_ns", figures.switch_max_ns, SWITCH_LIMIT_NS);
    holds &=
        check_below(terminal, "irq_latency_max_ns", figures.irq_latency_max_ns, LATENCY_LIMIT_NS);
    holds &= check_overhead(terminal, &figures);
    holds &= check_harmony(terminal);
    holds &= check_below(terminal, "shell_late_ms", late, LATE_LIMIT_MS);
    holds &= check_below(terminal, "starved_threads", count_starved(figures.elapsed_ns), 1);
    holds &= check_below(terminal, "deadlocked_threads", count_deadlocked(), 1);
    terminal_printf(terminal, "check: %s\n", verdict(holds));
    return holds ? COMMAND_OK : COMMAND_FAILED;
}

COMMAND(check, .usage = "check [SECONDS]", .summary = "measure, and judge",
        .help = "Starts the figures of 'stats' anew, waits (2 seconds if not said), and judges: a\n"
                "switch takes less than 100 us, an interrupt waits less than 50 us, switching and\n"
                "ticking take less than 5 % of the time, harmony is above 0.7, this shell comes\n"
                "back within 100 ms, no thread waited for the CPU all the time, none is in a\n"
                "deadlock. Load the machine first: try it with 'spawn hog 4 for=5', and 'preempt'\n"
                "on and off. In an emulator a busy host makes interrupts late.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_check);
