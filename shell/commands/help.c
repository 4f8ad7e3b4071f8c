/* help: all commands on one screen, or one of them at length. */
#include "kernel/lib/string.h"
#include "shell/command.h"
#include "shell/workloads/workload.h"

#define COLUMNS 2u

#define WORKLOAD_COLUMNS 5u
#define WORKLOAD_WIDTH   14

/* What stands to the left of a group's first row; the list has to fit on one screen. */
#define LABEL_WIDTH 5
static const char *const labels[COMMAND_GROUPS] = {
    [COMMAND_GROUP_SCHEDULING] = "Sched",
    [COMMAND_GROUP_OBSERVING] = "Watch",
    [COMMAND_GROUP_SHELL] = "Shell",
    [COMMAND_GROUP_MACHINE] = "Power",
};
static const char workloads_label[] = "Spawn";

/* Begins a new row before entry number `index` of a group, if it is due. */
static void begin_entry(struct terminal *terminal, const char *label, unsigned index,
                        unsigned columns)
{
    if (index % columns == 0)
        terminal_printf(terminal, "%s%-*s", index == 0 ? "" : "\n", LABEL_WIDTH,
                        index == 0 ? label : "");
}

static void print_group(struct terminal *terminal, enum command_group group)
{
    unsigned count = 0;
    COMMAND_FOR_EACH(entry)
    {
        const struct command *command = *entry;
        if (command->group != group)
            continue;
        begin_entry(terminal, labels[group], count, COLUMNS);
        bool is_last_column = count++ % COLUMNS == COLUMNS - 1;
        terminal_printf(terminal, " %-*s %-*s", COMMAND_NAME_MAX, command->name,
                        is_last_column ? 0 : COMMAND_SUMMARY_MAX, command->summary);
    }
    terminal_printf(terminal, "\n");
}

static void print_workloads(struct terminal *terminal)
{
    unsigned count = 0;
    WORKLOAD_FOR_EACH(entry)
    {
        begin_entry(terminal, workloads_label, count++, WORKLOAD_COLUMNS);
        terminal_printf(terminal, " %-*s", WORKLOAD_WIDTH, (*entry)->name);
    }
    terminal_printf(terminal, "\n");
}

static void print_all(struct terminal *terminal)
{
    for (unsigned group = 0; group < COMMAND_GROUPS; group++)
        print_group(terminal, (enum command_group)group);
    print_workloads(terminal);
    terminal_printf(terminal, "'help NAME' tells more. ';' parts commands, Tab completes, Up goes "
                              "back to\nearlier lines, Ctrl-C ends a command.\n");
}

static int run_help(struct shell *shell, int count, char **words)
{
    if (count == 1) {
        print_all(shell->terminal);
        return COMMAND_OK;
    }
    const struct command *command = command_find(words[1]);
    const struct workload *workload = workload_find(words[1]);
    if (command)
        terminal_printf(shell->terminal, "usage: %s\n%s: %s\n%s", command->usage, command->name,
                        command->summary, command->help ? command->help : "");
    else if (workload)
        terminal_printf(shell->terminal,
                        "usage: spawn %s [COUNT] [prio=P] [for=SECONDS]\n%s: %s\n%s",
                        workload->name, workload->name, workload->summary,
                        workload->help ? workload->help : "");
    else
        return command_error(shell, "there is no command or workload '%s'", words[1]);
    return COMMAND_OK;
}

/* The commands, and behind them the workloads. */
static const char *help_candidate(unsigned argument, unsigned index)
{
    unsigned commands = (unsigned)(__commands_end - __commands_start);
    if (argument != 1)
        return NULL;
    return index < commands ? __commands_start[index]->name : workload_name(index - commands);
}

COMMAND(help, .usage = "help [NAME]", .summary = "list or explain commands",
        .help = "Without an argument: all commands and workloads. NAME is one of either.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = 1, .run = run_help,
        .candidate = help_candidate);
