/* spawn: starts workloads. All of them are started, or none. */
#include <stdint.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "sched/thread.h"
#include "shell/command.h"
#include "shell/options.h"
#include "shell/workloads/workload.h"

#define COUNT_MAX  10000u
#define FOR_MS_MAX (24u * 3600 * 1000)

struct request {
    const struct workload *workload;
    uint64_t count;       /* 0: not said */
    uint64_t priority;    /* UINT64_MAX: not said */
    uint64_t duration_ms; /* 0: not said */
};

static int parse_priority(struct shell *shell, const char *value, struct request *request)
{
    if (request->priority != UINT64_MAX)
        return command_error(shell, "prio= stands there twice");
    if (parse_unsigned(value, THREAD_PRIORITY_HIGHEST, &request->priority))
        return command_error(shell, "'%s' is not a priority from 0 to %u", value,
                             THREAD_PRIORITY_HIGHEST);
    return COMMAND_OK;
}

static int parse_duration(struct shell *shell, const char *value, struct request *request)
{
    if (request->duration_ms != 0)
        return command_error(shell, "for= stands there twice");
    if (parse_milliseconds(value, FOR_MS_MAX, &request->duration_ms) || !request->duration_ms)
        return command_error(shell, "'%s' is not a number of seconds from 0.001 to %u", value,
                             FOR_MS_MAX / 1000);
    return COMMAND_OK;
}

static int parse_count(struct shell *shell, const char *word, struct request *request)
{
    if (request->count != 0)
        return command_error(shell, "'%s' is one argument too many", word);
    if (parse_unsigned(word, COUNT_MAX, &request->count) || !request->count)
        return command_error(shell, "'%s' is not a count from 1 to %u", word, COUNT_MAX);
    return COMMAND_OK;
}

/* An option, or the count alone. Puts *word on its last word. */
static int parse_argument(struct shell *shell, char **words, char ***word, struct request *request)
{
    int argument = (int)(*word - words);
    const char *value = option_value(word, "prio", '\0');
    if (value)
        return parse_priority(shell, value, request);
    value = option_value(word, "for", '\0');
    if (value)
        return parse_duration(shell, value, request);
    value = option_value(word, "count", 'n');
    if (!value && (**word)[0] >= 'A')
        return command_refuse(shell, words, argument, "there is no option");
    return parse_count(shell, value ? value : **word, request);
}

static int parse_request(struct shell *shell, char **words, struct request *request)
{
    *request = (struct request){.priority = UINT64_MAX};
    request->workload = workload_find(words[1]);
    if (!request->workload)
        return command_refuse(shell, words, 1, "there is no workload");
    for (char **word = words + 2; *word; word++) {
        int status = parse_argument(shell, words, &word, request);
        if (status != COMMAND_OK)
            return status;
    }
    if (request->count == 0)
        request->count = 1;
    if (request->priority == UINT64_MAX)
        request->priority = THREAD_PRIORITY_DEFAULT;
    return COMMAND_OK;
}

/* Starts the threads and stores their tids. Returns 0, or the error that stopped it: then those
 * that were started are gone again. */
static int start_all(const struct request *request, struct terminal *terminal, int *tids)
{
    uint64_t deadline = WORKLOAD_FOREVER;
    if (request->duration_ms)
        deadline = clock_ticks() + request->duration_ms * TICK_HZ / 1000;
    for (uint64_t i = 0; i < request->count; i++) {
        tids[i] =
            workload_start(request->workload, terminal, (unsigned)request->priority, deadline);
        if (tids[i] < 0) {
            int error = tids[i];
            while (i-- > 0)
                thread_kill(tids[i]);
            return error;
        }
    }
    return 0;
}

static int run_spawn(struct shell *shell, int count, char **words)
{
    struct request request;
    (void)count;
    int status = parse_request(shell, words, &request);
    if (status != COMMAND_OK)
        return status;

    unsigned free = thread_limit() - thread_count();
    if (request.count > free)
        return command_error(shell, "there is room for %u more threads", free);
    int *tids = kmalloc(request.count * sizeof(*tids));
    int error = tids ? start_all(&request, shell->terminal, tids) : -ERROR_NO_MEMORY;
    if (error)
        status = command_error(shell, "%s", error_text(error));
    else
        terminal_printf(shell->terminal, "spawned: %lu\nfirst_tid: %d\nlast_tid: %d\n",
                        request.count, tids[0], tids[request.count - 1]);
    kfree(tids);
    return status;
}

static void complete_option(struct completion *completion)
{
    static const struct command_word options[] = {
        {"for=", "seconds until they end"}, {"prio=", "their priority, 0 to 63"}, {0}};
    char **word = (char *[]){(char *)completion->word, NULL};
    if (option_value(&word, "for", '\0'))
        command_complete_words(completion, "for=", command_seconds);
    else if (option_value(&word, "prio", '\0'))
        command_complete_words(completion, "prio=", command_priorities);
    else
        command_complete_words(completion, "", options);
}

static void complete_spawn(struct completion *completion)
{
    if (completion->argument == 1)
        workload_complete(completion);
    else
        complete_option(completion);
}

COMMAND(spawn, .usage = "spawn WORKLOAD [COUNT] [prio=LEVEL] [for=SECONDS]",
        .summary = "start workloads",
        .help = "Starts COUNT threads (1 to 10000; 1 if not said), all of them or none. COUNT may\n"
                "also be spelled count=COUNT or -n COUNT.\n"
                "prio=LEVEL   their priority, 0 to 63, larger is more urgent (31 if not said);\n"
                "             at 63 they take turns with the shells\n"
                "for=SECONDS  they end by themselves after that time\n"
                "'help WORKLOAD' tells what to watch; 'kill' ends them, and what they started.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_min = 1, .arguments_max = 5, .run = run_spawn,
        .complete = complete_spawn,
        .examples = "  spawn hog 3\n"
                    "  spawn hog 2 prio=40 for=2.5\n");
