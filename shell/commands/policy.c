/* policy: who is next, by which rule. */
#include "sched/policy.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "shell/command.h"

static void print_name(struct shell *shell)
{
    terminal_printf(shell->terminal, "policy: %s\n", policy_name());
}

static void print_table(struct shell *shell)
{
    const struct policy_information *policy;
    terminal_printf(shell->terminal, "%-8s %-36s %s\n", "NAME", "SHARING", "PRIORITY");
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++)
        terminal_printf(shell->terminal, "%-8s %-36s %s\n", policy->name, policy->summary,
                        policy->priority);
}

static int run_policy(struct shell *shell, int count, char **words)
{
    uint64_t seed;
    int error = 0;
    if (count == 3 && parse_unsigned(words[2], UINT64_MAX, &seed))
        return command_error(shell, "'%s' is not a number below 2^64", words[2]);
    if (count == 3)
        error = policy_choose_seeded(words[1], seed);
    else if (count == 2)
        error = policy_choose(words[1]);
    if (error == -ERROR_NOT_FOUND)
        return command_error(shell, "there is no policy '%s'; 'policy' lists them", words[1]);
    if (error)
        return command_error(shell, "'%s' draws no lots, and takes no seed", words[1]);
    print_name(shell);
    if (count == 1)
        print_table(shell);
    return COMMAND_OK;
}

static void complete_policy(struct completion *completion)
{
    if (completion->argument == 1)
        command_complete_policies(completion);
}

COMMAND(policy, .usage = "policy [NAME [SEED]]", .summary = "who is next, by which rule",
        .help = "Without NAME, prints which policy is in force and which there are; with it,\n"
                "switches. Threads of priority 63, as the shells, stand above every policy.\n"
                "lottery repeats its draws each time it is chosen; another SEED gives others.\n",
        .group = COMMAND_GROUP_SCHEDULING, .arguments_max = 2, .run = run_policy,
        .complete = complete_policy);
