/* kill, suspend, resume and prio: what can be done to a thread that is there already. */
#include <stdint.h>

#include "kernel/config.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/views/thread_words.h"

/* Stores the thread named by `word`. Returns COMMAND_OK, or the status after saying what is wrong.
 */
static int find_thread(struct shell *shell, const char *word, struct thread_information *thread)
{
    uint64_t tid;
    if (parse_unsigned(word, INT32_MAX, &tid))
        return command_error(shell, "'%s' is not a thread's number", word);
    if (thread_get_information((int)tid, thread))
        return command_error(shell, "there is no thread %s", word);
    return COMMAND_OK;
}

/* Does `action` to the thread named by `word`. Returns as find_thread(). */
static int act(struct shell *shell, const char *word, int (*action)(int tid),
               struct thread_information *thread)
{
    int status = find_thread(shell, word, thread);
    if (status != COMMAND_OK)
        return status;
    int error = action(thread->tid);
    if (error == -ERROR_NOT_PERMITTED)
        return command_error(shell, "%s is protected", thread->name);
    if (error == -ERROR_INVALID)
        return command_error(shell, "%s is not suspended", thread->name);
    if (error == -ERROR_NOT_FOUND)
        return command_error(shell, "%s has ended, or is about to", thread->name);
    return error ? command_error(shell, "%s", error_text(error)) : COMMAND_OK;
}

/* Those that are protected stay. A thread may take others along, which nobody need kill any more;
 * or stay until it is joined. */
static unsigned kill_all(void)
{
    unsigned before = thread_count();
    unsigned killed = 0;
    for (int tid = thread_next(-1); tid >= 0; tid = thread_next(tid))
        killed += thread_kill(tid) == 0;
    unsigned after = thread_count();
    unsigned gone = after < before ? before - after : 0;
    return gone > killed ? gone : killed;
}

static int run_kill(struct shell *shell, int count, char **words)
{
    struct thread_information thread;
    unsigned killed = 1;
    int status = COMMAND_OK;
    (void)count;
    if (strcmp(words[1], "all") == 0)
        killed = kill_all();
    else
        status = act(shell, words[1], thread_kill, &thread);
    if (status == COMMAND_OK)
        terminal_printf(shell->terminal, "killed: %u\n", killed);
    return status;
}

static bool is_not_protected(const struct thread_information *thread)
{
    return !thread->is_protected && !thread->is_idle;
}

static void complete_unprotected(struct completion *completion)
{
    thread_words_complete(completion, is_not_protected);
}

static const struct command_word kill_words[] = {{"all", "that were spawned"}, {0}};

COMMAND(kill, .usage = "kill TID|all", .summary = "end threads",
        .help = "Ends thread TID at once, wherever it stands, or all threads that were spawned.\n"
                "The idle thread and the shells are protected.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 1, .run = run_kill,
        .words = kill_words, .complete = complete_unprotected);

static int run_suspend(struct shell *shell, int count, char **words)
{
    struct thread_information thread;
    (void)count;
    int status = act(shell, words[1], thread_suspend, &thread);
    if (status == COMMAND_OK)
        terminal_printf(shell->terminal, "tid: %d\nsuspended: yes\n", thread.tid);
    return status;
}

COMMAND(suspend, .usage = "suspend TID", .summary = "stop a thread for a while",
        .help = "Thread TID does not run until 'resume'. What it sleeps or waits for goes on\n"
                "meanwhile, and the locks it holds stay held: who wants them waits ('locks').\n"
                "The idle thread and the shells are protected.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 1,
        .run = run_suspend, .complete = complete_unprotected);

static int run_resume(struct shell *shell, int count, char **words)
{
    struct thread_information thread;
    (void)count;
    int status = act(shell, words[1], thread_resume, &thread);
    if (status == COMMAND_OK)
        terminal_printf(shell->terminal, "tid: %d\nsuspended: no\n", thread.tid);
    return status;
}

static bool is_suspended(const struct thread_information *thread)
{
    return thread->state == THREAD_SUSPENDED;
}

static void complete_suspended(struct completion *completion)
{
    thread_words_complete(completion, is_suspended);
}

COMMAND(resume, .usage = "resume TID", .summary = "let it go on",
        .help = "Thread TID goes on from where it was suspended.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 1,
        .run = run_resume, .complete = complete_suspended);

#if CONFIG_PREEMPT
#define RESCUE_HELP ";\nthe rescue key (F12, Ctrl-\\) brings it back.\n"
#else
#define RESCUE_HELP ".\n"
#endif

static int run_prio(struct shell *shell, int count, char **words)
{
    struct thread_information thread;
    uint64_t priority;
    (void)count;
    int status = find_thread(shell, words[1], &thread);
    if (status != COMMAND_OK)
        return status;
    if (parse_unsigned(words[2], THREAD_PRIORITY_HIGHEST, &priority))
        return command_error(shell, "'%s' is not a priority from 0 to %u", words[2],
                             THREAD_PRIORITY_HIGHEST);

    int error = thread_set_priority(thread.tid, (unsigned)priority);
    if (error == -ERROR_NOT_PERMITTED)
        return command_error(shell, "%s stands outside of the priorities", thread.name);
    if (error)
        return command_error(shell, "%s", error_text(error));
    terminal_printf(shell->terminal, "tid: %d\npriority: %lu\n", thread.tid, priority);
    return COMMAND_OK;
}

static bool has_priority(const struct thread_information *thread)
{
    return !thread->is_idle;
}

static void complete_prio(struct completion *completion)
{
    if (completion->argument == 1)
        thread_words_complete(completion, has_priority);
    else
        command_complete_words(completion, "", command_priorities);
}

COMMAND(
    prio, .usage = "prio TID LEVEL", .summary = "change a thread's priority",
    .help =
        "LEVEL is 0 to 63, larger is more urgent; the shells have 63. Under\n"
        "preemption the most urgent thread that is ready runs at once; in cooperative\n"
        "mode it is the next one. A shell that is made less urgent than a hog starves" RESCUE_HELP,
    .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 2, .arguments_max = 2, .run = run_prio,
    .complete = complete_prio);
