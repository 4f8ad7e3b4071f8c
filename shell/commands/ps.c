/* ps: all threads in a table. */
#include <stddef.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/scheduler.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/views/full_screen.h"
#include "shell/views/thread_list.h"
#include "shell/views/thread_text.h"

#define NS_PER_MS    1000000u
#define PPM_OF_TENTH 1000 /* of a percent */

#define LINE_SIZE 128u /* with the terminator, two styles, and numbers that are too long */

static void print_thread(struct shell *shell, const struct thread_information *thread)
{
    unsigned state = thread_shown_state(thread);
    char line[LINE_SIZE];
    uint32_t permille = (thread->window_run_ppm + PPM_OF_TENTH / 2) / PPM_OF_TENTH;
    char name[THREAD_NAME_SIZE];
    char priority[] = "--"; /* the idle thread stands outside of them */
    thread_name_as_word(name, thread->name);
    if (!thread->is_idle)
        format_string(priority, sizeof(priority), "%u", thread->priority);
    format_string(line, sizeof(line), "%6d %-15s %c%-9s%c %3s %3u.%u %10lu %12lu %12lu",
                  thread->tid, name, thread_shown_state_style(state),
                  thread_shown_state_name(state), STYLE_PLAIN, priority, permille / 10,
                  permille % 10, thread->run_time_ns / NS_PER_MS, thread->voluntary_switches,
                  thread->involuntary_switches);
    full_screen_print(shell->terminal, line);
}

static void print_heads(struct shell *shell)
{
    terminal_printf(shell->terminal, "%6s %-15s %-9s %3s %5s %10s %12s %12s\n", "TID", "NAME",
                    "STATE", "PRI", "CPU%", "RUN_MS", "VOLUNTARY", "INVOLUNTARY");
}

/* Who had the CPU and is no thread of the table; by numbers that no thread has. */
static void print_other(struct shell *shell, int number, const char *name, uint32_t ppm,
                        uint64_t run_ns)
{
    uint32_t permille = (ppm + PPM_OF_TENTH / 2) / PPM_OF_TENTH;
    terminal_printf(shell->terminal, "%6d %-15s %-9s %3s %3u.%u %10lu %12u %12u\n", number, name,
                    "-", "--", permille / 10, permille % 10, run_ns / NS_PER_MS, 0u, 0u);
}

static void print_others(struct shell *shell, const struct scheduler_statistics *figures)
{
    print_other(shell, -1, "interrupts", figures->second_interrupts_ppm,
                figures->interrupt_in_all_ns);
    if (figures->second_ended_ppm != 0)
        print_other(shell, -2, "ended", figures->second_ended_ppm, 0);
}

/* --- ps -v: where the time of each thread went ------------------------------------------------ */

/* In percent, with a decimal where that fits. */
static void format_life(char *text, size_t size, const struct thread_information *thread)
{
    uint64_t permille = thread->lifetime_ns ? thread->run_time_ns * 1000 / thread->lifetime_ns : 0;
    if (permille < 1000)
        format_string(text, size, "%lu.%lu", permille / 10, permille % 10);
    else
        format_string(text, size, "100");
}

static void print_accounts(struct shell *shell, const struct thread_information *thread)
{
    int stack = thread_stack_high_water(thread->tid);
    char stack_bytes[8] = "-"; /* the idle thread runs on the stack of the boot */
    char share[8] = "-";
    char life[8];
    char name[THREAD_NAME_SIZE];
    thread_name_as_word(name, thread->name);
    if (stack >= 0)
        format_string(stack_bytes, sizeof(stack_bytes), "%d", stack);
    if (thread->share_percent >= 0)
        format_string(share, sizeof(share), "%d", thread->share_percent);
    format_life(life, sizeof(life), thread);
    terminal_printf(shell->terminal, "%4d %-10s %6lu %6lu %6lu %6lu %6lu %6lu %6lu %4s %5s %4s\n",
                    thread->tid, name, thread->run_time_ns / NS_PER_MS,
                    thread->ready_time_ns / NS_PER_MS, thread->sleep_time_ns / NS_PER_MS,
                    thread->blocked_time_ns / NS_PER_MS, thread->wakeups,
                    thread->longest_run_ns / NS_PER_MS, thread->longest_wait_ns / NS_PER_MS,
                    stack_bytes, share, life);
}

static void print_account_heads(struct shell *shell)
{
    terminal_printf(shell->terminal, "%4s %-10s %6s %6s %6s %6s %6s %6s %6s %4s %5s %4s\n", "TID",
                    "NAME", "RUN_MS", "READY", "SLEEP", "BLOCK", "WAKES", "MAXRUN", "MAXRDY",
                    "STCK", "SHARE", "LIFE");
}

/* What rounding took from one row is given to the next: so the rows add up, however many there are,
 * and each is right to a tenth of a percent. */
static void round_to_tenths(uint32_t *ppm, int *carry)
{
    int wanted = (int)*ppm + *carry;
    *ppm = (uint32_t)((wanted + PPM_OF_TENTH / 2) / PPM_OF_TENTH * PPM_OF_TENTH);
    *carry = wanted - (int)*ppm;
}

static void round_shares(struct thread_list *list)
{
    int carry = 0;
    for (unsigned i = 0; i < list->count; i++)
        round_to_tenths(&list->threads[i].window_run_ppm, &carry);
    round_to_tenths(&list->figures.second_interrupts_ppm, &carry);
    round_to_tenths(&list->figures.second_ended_ppm, &carry);
}

typedef void print_row(struct shell *shell, const struct thread_information *thread);

static void print_list(struct shell *shell, print_row *print, const struct thread_list *list)
{
    for (unsigned i = 0; i < list->count && !terminal_is_interrupted(shell->terminal); i++)
        print(shell, &list->threads[i]);
}

/* Without memory for a list: each line is true when it is printed. */
static void print_one_by_one(struct shell *shell, print_row *print)
{
    struct thread_information thread;
    for (int tid = thread_next(-1); tid >= 0 && !terminal_is_interrupted(shell->terminal);
         tid = thread_next(tid)) {
        if (thread_get_information(tid, &thread) == 0)
            print(shell, &thread);
    }
}

static int run_ps(struct shell *shell, int count, char **words)
{
    bool is_verbose = count > 1;
    if (is_verbose && strcmp(words[1], "-v") != 0)
        return command_error(shell, "'%s' is not -v", words[1]);
    print_row *print = is_verbose ? print_accounts : print_thread;
    struct thread_list *list = thread_list_take();
    (is_verbose ? print_account_heads : print_heads)(shell);
    if (list != NULL) {
        round_shares(list);
        print_list(shell, print, list);
    } else {
        print_one_by_one(shell, print);
    }
    if (list != NULL && !is_verbose && !terminal_is_interrupted(shell->terminal))
        print_others(shell, &list->figures);
    kfree(list);
    return COMMAND_OK;
}

static const struct command_word ps_words[] = {{"-v", "where their time went"}, {0}};

COMMAND(ps, .usage = "ps [-v]", .summary = "list the threads",
        .help = "NAME         with an underline for each blank in it\n"
                "STATE        ready (waits for the CPU), starving (ready, for a second or more),\n"
                "             running, sleeping, blocked, suspended, ended (until it is joined)\n"
                "PRI          priority, 0 to 63, larger is more urgent\n"
                "CPU%         share of the CPU in the last second; behind the threads, what\n"
                "             interrupts had of it, and threads that have ended\n"
                "RUN_MS       time it has run, in milliseconds\n"
                "VOLUNTARY    times it gave the CPU away: it yielded, slept or waited\n"
                "INVOLUNTARY  times the CPU was taken from it: it was preempted\n"
                "With -v, where its time went, taken at every switch, in milliseconds: RUN_MS,\n"
                "READY (it waited for the CPU, or was interrupted), SLEEP and BLOCK (or it was\n"
                "suspended) add up to its lifetime, but for stolen time ('help stats'). WAKES:\n"
                "times it became ready. MAXRUN and MAXRDY: the longest run, and wait for the CPU.\n"
                "STCK: the most bytes that it used of its stack; most stacks have 8192. SHARE:\n"
                "what it had of the last second, in hundredths of its fair share: 100 is fair,\n"
                "0 is starving, and - wanted nothing. LIFE: percent of its lifetime that it has\n"
                "run.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_ps, .words = ps_words,
        .examples = "  ps -v\n");
