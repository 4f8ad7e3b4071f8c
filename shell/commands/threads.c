/* kill, suspend, resume and prio: what can be done to threads that are there already. */
#include <stdint.h>

#include "kernel/config.h"
#include "kernel/lib/number.h"
#include "sched/thread.h"
#include "shell/commands/threads_named.h"

/* After those served, whom it was: one, or how many. */
static void print_served(struct shell *shell, const struct threads_served *served)
{
    bool is_one = served->count == 1;
    terminal_printf(shell->terminal, "%s: %u\n", is_one ? "tid" : "threads",
                    is_one ? (unsigned)served->tid : served->count);
}

static int kill(struct shell *shell, const struct thread_information *thread, unsigned value)
{
    (void)shell;
    (void)value;
    return thread_kill(thread->tid);
}

static const struct thread_action killing = {.is_meant = thread_is_unprotected, .act = kill};

/* A thread may take others along, which nobody need kill any more; or stay until it is joined. */
static int run_kill(struct shell *shell, int count, char **words)
{
    struct threads_served killed;
    unsigned before = thread_count();
    int status = threads_named_serve(shell, (unsigned)count - 1, words + 1, &killing, 0, &killed);
    unsigned after = thread_count();
    unsigned gone = killed.count > 0 && after < before ? before - after : 0;
    if (status == COMMAND_OK || killed.count > 0)
        terminal_printf(shell->terminal, "killed: %u\n", gone > killed.count ? gone : killed.count);
    return status;
}

static void complete_kill(struct completion *completion)
{
    threads_named_complete(completion, &killing);
}

COMMAND(kill, .usage = "kill THREAD...", .summary = "end threads",
        .help = "Ends threads at once, wherever they stand. A THREAD is a TID, a range (5-9), a\n"
                "name, a pattern (* is any characters, ? any one), or all. Ranges, patterns and\n"
                "all leave out the idle thread and the shells, which are protected.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1,
        .arguments_max = COMMAND_ARGUMENTS_ANY, .run = run_kill, .complete = complete_kill,
        .examples = "  kill hog*\n"
                    "  kill 5-9 hog1\n"
                    "  kill all\n");

static int suspend(struct shell *shell, const struct thread_information *thread, unsigned value)
{
    (void)shell;
    (void)value;
    return thread_suspend(thread->tid);
}

static const struct thread_action suspending = {.is_meant = thread_is_unprotected, .act = suspend};

static int resume(struct shell *shell, const struct thread_information *thread, unsigned value)
{
    (void)shell;
    (void)value;
    return thread_resume(thread->tid);
}

static bool is_suspended(const struct thread_information *thread)
{
    return thread->state == THREAD_SUSPENDED;
}

static const struct thread_action resuming = {.is_meant = is_suspended, .act = resume};

static int suspend_or_resume(struct shell *shell, int count, char **words,
                             const struct thread_action *action)
{
    struct threads_served served;
    int status = threads_named_serve(shell, (unsigned)count - 1, words + 1, action, 0, &served);
    if (status != COMMAND_OK && served.count == 0)
        return status;
    print_served(shell, &served);
    terminal_printf(shell->terminal, "suspended: %s\n", action == &suspending ? "yes" : "no");
    return status;
}

static int run_suspend(struct shell *shell, int count, char **words)
{
    return suspend_or_resume(shell, count, words, &suspending);
}

static void complete_suspend(struct completion *completion)
{
    threads_named_complete(completion, &suspending);
}

COMMAND(suspend, .usage = "suspend THREAD...", .summary = "stop threads for a while",
        .help = "They do not run until 'resume'. What they sleep or wait for goes on meanwhile,\n"
                "and the locks they hold stay held: who wants them waits ('locks'). THREAD is\n"
                "as in 'help kill'.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1,
        .arguments_max = COMMAND_ARGUMENTS_ANY, .run = run_suspend, .complete = complete_suspend,
        .examples = "  suspend hog1\n");

static int run_resume(struct shell *shell, int count, char **words)
{
    return suspend_or_resume(shell, count, words, &resuming);
}

static void complete_resume(struct completion *completion)
{
    threads_named_complete(completion, &resuming);
}

COMMAND(resume, .usage = "resume THREAD...", .summary = "let them go on",
        .help = "They go on from where they were suspended. THREAD is as in 'help kill'; of a\n"
                "range, a pattern and all, those are meant that are suspended.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1,
        .arguments_max = COMMAND_ARGUMENTS_ANY, .run = run_resume, .complete = complete_resume,
        .examples = "  resume all\n");

#if CONFIG_PREEMPT
#define RESCUE_HELP ";\nthe rescue key (F12, Ctrl-\\) brings it back.\n"
#else
#define RESCUE_HELP ".\n"
#endif

static int set_priority(struct shell *shell, const struct thread_information *thread,
                        unsigned value)
{
    (void)shell;
    return thread_set_priority(thread->tid, value);
}

static const struct thread_action prioritizing = {.is_meant = thread_is_unprotected,
                                                  .act = set_priority};

static int run_prio(struct shell *shell, int count, char **words)
{
    struct threads_served served;
    uint64_t priority;
    const char *level = words[count - 1];
    if (parse_unsigned(level, THREAD_PRIORITY_HIGHEST, &priority))
        return command_error(shell, "'%s' is not a priority from 0 to %u", level,
                             THREAD_PRIORITY_HIGHEST);
    int status = threads_named_serve(shell, (unsigned)count - 2, words + 1, &prioritizing,
                                     (unsigned)priority, &served);
    if (status != COMMAND_OK && served.count == 0)
        return status;
    print_served(shell, &served);
    terminal_printf(shell->terminal, "priority: %lu\n", priority);
    return status;
}

static void complete_prio(struct completion *completion)
{
    threads_named_complete(completion, &prioritizing);
    if (completion->argument > 1)
        command_complete_words(completion, "", command_priorities);
}

COMMAND(
    prio, .usage = "prio THREAD... LEVEL", .summary = "change priorities",
    .help =
        "THREAD is as in 'help kill'. LEVEL is 0 to 63, larger is more urgent; the\n"
        "shells have 63. Under preemption the most urgent ready thread runs at once;\n"
        "else it is the next one. A shell that is made less urgent than a hog starves" RESCUE_HELP,
    .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 2, .arguments_max = COMMAND_ARGUMENTS_ANY,
    .run = run_prio, .complete = complete_prio, .examples = "  prio hog* 40\n");
