/* compare: one mix of jobs under each policy, in a table. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "sched/scheduler.h"
#include "sched/sync/mutex.h"
#include "shell/command.h"
#include "shell/mixes/mix_run.h"
#include "shell/mixes/mix_table.h"

#define DEFAULT_MS 1000u
#define MIN_MS     100u
#define MAX_MS     60000u

#define SENTENCE_SIZE 128u

/* First come, first served: what cooperative mode does with equals. */
static const char fcfs[] = "fcfs";

/* What is to be as it was when all is over. */
struct settings {
    const char *policy;
    uint64_t seed;
    bool preemption;
    bool auto_quantum;
    unsigned quantum_ms;
};

struct comparison {
    struct shell *shell;
    const struct mix *mix;
    uint32_t milliseconds;
    unsigned others; /* that wanted the CPU when it began */
    bool has_fcfs;   /* it can be tried without danger */
    struct mix_result result;
};

/* The settings are everybody's: one comparison at a time. */
static struct mutex running = MUTEX("compare");

static struct settings take_settings(void)
{
    return (struct settings){
        .policy = policy_name(),
        .seed = policy_seed(),
        .preemption = preemption_is_on(),
        .auto_quantum = harmony_has_auto_quantum(),
        .quantum_ms = quantum_get_ms(),
    };
}

static void put_settings_back(const struct settings *settings)
{
    if (settings->preemption != preemption_is_on())
        preemption_set(settings->preemption);
    if (policy_choose_seeded(settings->policy, settings->seed) != 0)
        policy_choose(settings->policy);
    quantum_set_ms(settings->quantum_ms);
    if (settings->auto_quantum)
        harmony_set_auto_quantum(true);
}

static const struct mix *find_mix(const char *name)
{
    MIX_FOR_EACH(entry)
    {
        if (strcmp((*entry)->name, name) == 0)
            return *entry;
    }
    return NULL;
}

/* --- The runs -------------------------------------------------------------------------------- */

/* Somebody on the other terminal, or the rescue key, may turn the same switches. */
static const char *find_disturbance(const struct comparison *comparison, uint32_t changes)
{
    if (comparison->result.disturbance != NULL)
        return comparison->result.disturbance;
    if (scheduler_settings_changes() != changes)
        return "policy, quantum or preemption changed";
    if (comparison->others == 0 && comparison->result.others != 0)
        return "others had some of the CPU";
    if (comparison->result.stolen != 0)
        return "the machine was away";
    return NULL;
}

static void print_disturbance(const struct comparison *comparison, uint32_t changes)
{
    const char *disturbance = find_disturbance(comparison, changes);
    if (disturbance == NULL)
        return;
    char line[SENTENCE_SIZE];
    format_string(line, sizeof(line), "the row above is disturbed: %s meanwhile\n", disturbance);
    terminal_print_wrapped(comparison->shell->terminal, line);
}

/* What was before must not count. Returns whether nobody has interrupted it. */
static bool let_it_forget(struct terminal *terminal, const char *policy_name)
{
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++) {
        if (strcmp(policy->name, policy_name) == 0 && policy->looks_back_ms != 0)
            return terminal_sleep_ms(terminal, (int)policy->looks_back_ms);
    }
    return true;
}

/* Runs the mix under `policy`, which is one of policy_at()'s, or fcfs. */
static int run_under(struct comparison *comparison, const char *policy, unsigned quantum_ms)
{
    bool is_cooperative = policy == fcfs;
    struct terminal *terminal = comparison->shell->terminal;
    if (preemption_is_built_in())
        preemption_set(!is_cooperative);
    policy_choose("prio"); /* so that a policy comes into force, and knows nothing of before */
    if (!is_cooperative)
        policy_choose(policy);
    quantum_set_ms(quantum_ms);
    if (!let_it_forget(terminal, policy))
        return COMMAND_INTERRUPTED;
    uint32_t changes = scheduler_settings_changes();
    int error = mix_run(comparison->mix, comparison->milliseconds, terminal, &comparison->result);
    if (error == -ERROR_KILLED)
        return COMMAND_INTERRUPTED;
    if (error != 0)
        return command_error(comparison->shell, "%s", error_text(error));
    mix_table_row(terminal, policy, quantum_ms, comparison->mix, &comparison->result);
    print_disturbance(comparison, changes);
    return COMMAND_OK;
}

static int run_with_each_quantum(struct comparison *comparison, const char *policy)
{
    const uint32_t *quanta = comparison->mix->quanta_ms;
    int status = run_under(comparison, policy, quanta[0]);
    bool is_round_robin = strcmp(policy, "rr") == 0;
    for (unsigned i = 1; is_round_robin && i < MIX_QUANTA_MAX && quanta[i] != 0; i++) {
        if (status == COMMAND_OK)
            status = run_under(comparison, policy, quanta[i]);
    }
    return status;
}

static int run_under_each(struct comparison *comparison)
{
    const struct policy_information *policy;
    mix_table_heads(comparison->shell->terminal);
    int status = COMMAND_OK;
    if (comparison->has_fcfs)
        status = run_under(comparison, fcfs, comparison->mix->quanta_ms[0]);
    if (!preemption_is_built_in())
        return status;
    for (unsigned i = 0; status == COMMAND_OK && (policy = policy_at(i)) != NULL; i++)
        status = run_with_each_quantum(comparison, policy->name);
    return status;
}

static int run_under_one(struct comparison *comparison, const char *policy)
{
    mix_table_heads(comparison->shell->terminal);
    int status = run_under(comparison, policy, comparison->mix->quanta_ms[0]);
    if (status == COMMAND_OK)
        mix_table_jobs(comparison->shell->terminal, comparison->mix, &comparison->result);
    return status;
}

static unsigned count_others(void)
{
    struct scheduler_statistics figures;
    scheduler_get_statistics(&figures);
    return figures.ready_threads;
}

static void tell_of_others(const struct comparison *comparison)
{
    char line[SENTENCE_SIZE];
    format_string(line, sizeof(line), "other threads that want the CPU, and disturb this: %u%s\n",
                  comparison->others, comparison->has_fcfs ? "" : " (so fcfs is left out)");
    terminal_print_wrapped(comparison->shell->terminal, line);
}

static int run_comparison(struct comparison *comparison, const char *policy)
{
    unsigned others = comparison->others = count_others();
    /* What lets a shell run in cooperative mode gives the CPU away. Under preemption it may be a
     * hog, and keep it from the jobs and the shell for ever. */
    comparison->has_fcfs = others == 0 || !preemption_is_on();
    if (policy == fcfs && !comparison->has_fcfs)
        return command_error(comparison->shell, "fcfs: others want the CPU, and would keep it");
    if (others > 0)
        tell_of_others(comparison);
    return policy != NULL ? run_under_one(comparison, policy) : run_under_each(comparison);
}

static int compare(struct shell *shell, const struct mix *mix, uint32_t milliseconds,
                   const char *policy)
{
    if (mutex_lock(&running, 0) != 0)
        return command_error(shell, "it runs on the other terminal");
    int status;
    struct comparison *comparison = kmalloc(sizeof(*comparison));
    if (comparison == NULL) {
        status = command_error(shell, "%s", error_text(-ERROR_NO_MEMORY));
    } else {
        struct settings settings = take_settings();
        comparison->shell = shell;
        comparison->mix = mix;
        comparison->milliseconds = milliseconds;
        status = run_comparison(comparison, policy);
        put_settings_back(&settings);
    }
    kfree(comparison);
    mutex_unlock(&running);
    return status;
}

/* --- The command ----------------------------------------------------------------------------- */

static const char *find_policy(const char *name)
{
    const struct policy_information *policy;
    if (strcmp(name, fcfs) == 0)
        return fcfs;
    for (unsigned i = 0; preemption_is_built_in() && (policy = policy_at(i)) != NULL; i++)
        if (strcmp(policy->name, name) == 0)
            return policy->name;
    return NULL;
}

static int list_mixes(struct terminal *terminal)
{
    MIX_FOR_EACH(entry)
    {
        terminal_printf(terminal, "%-9s %s\n", (*entry)->name, (*entry)->summary);
    }
    return COMMAND_OK;
}

static int run_compare(struct shell *shell, int count, char **words)
{
    uint64_t milliseconds = DEFAULT_MS;
    const char *policy = NULL;
    if (count == 1)
        return list_mixes(shell->terminal);
    const struct mix *mix = find_mix(words[1]);
    if (mix == NULL)
        return command_error(shell, "there is no mix '%s'; 'compare' lists them", words[1]);
    if (count > 2 && (parse_milliseconds(words[2], MAX_MS, &milliseconds) || milliseconds < MIN_MS))
        return command_error(shell, "'%s' is not a number of seconds from 0.1 to %u", words[2],
                             MAX_MS / 1000);
    if (count > 3) {
        policy = find_policy(words[3]);
        if (policy == NULL)
            return command_error(shell, "there is no policy '%s'%s", words[3],
                                 preemption_is_built_in() ? "" : " without preemption");
    }
    return compare(shell, mix, (uint32_t)milliseconds, policy);
}

static void complete_mix(struct completion *completion)
{
    MIX_FOR_EACH(entry)
    {
        completion_add(completion, (*entry)->name, (*entry)->summary);
    }
}

static void complete_compare(struct completion *completion)
{
    if (completion->argument == 1) {
        complete_mix(completion);
    } else if (completion->argument == 2) {
        command_complete_words(completion, "", command_seconds);
    } else {
        completion_add(completion, fcfs, "first come, first served");
        if (preemption_is_built_in())
            command_complete_policies(completion);
    }
}

COMMAND(compare, .usage = "compare [MIX [SECONDS [POLICY]]]", .summary = "a mix under each policy",
        .help = "Runs a mix of jobs under first come, first served (cooperative mode) and under\n"
                "each policy; SECONDS (1 if not said) is for jobs that never end by themselves.\n"
                "With POLICY: under that one only, and each job by itself. 'compare' lists mixes.\n"
                "Q_MS     the quantum       JOBS/S  bursts of work that were completed\n"
                "TURN_MS  from arrival to end, WAIT_MS: of that, waiting for the CPU, RESP_MS:\n"
                "         from arrival to the first run; averages of all jobs\n"
                "P50, P99 percentiles of the response, also to each wakeup of jobs that think\n"
                "         (of the first 1000)\n"
                "FAIR     Jain's index of what those had that always want the CPU\n"
                "OVER%    share of the time that switches and the timer's handler took\n"
                "A row is called disturbed if the jobs or the settings were meddled with.\n"
                "Everything is set back in the end; Ctrl-C ends it early.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_max = 3, .run = run_compare,
        .complete = complete_compare);
