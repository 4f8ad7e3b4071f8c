/* help: all commands on one screen, or one of them at length. */
#include <stddef.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/command.h"
#include "shell/workloads/workload.h"

#define WORKLOAD_WIDTH 14u

#define USAGE_SIZE 80u
#define HEAD_SIZE  160u

/* What stands to the left of a group's first row; the list has to fit on one screen of 80x24. */
#define LABEL_WIDTH 5u
static const char *const labels[COMMAND_GROUPS] = {
    [COMMAND_GROUP_SCHEDULING] = "Sched",
    [COMMAND_GROUP_OBSERVING] = "Watch",
    [COMMAND_GROUP_SHELL] = "Shell",
    [COMMAND_GROUP_MACHINE] = "Power",
};
static const char workloads_label[] = "Spawn";

/* A group, as far as it has been printed. */
struct list {
    struct terminal *terminal;
    const char *label;
    unsigned entry_width; /* without the blank before it */
    unsigned entries_a_row;
    unsigned count;
    bool has_margin; /* for the label; else it has a row of its own */
};

static struct list begin_list(struct terminal *terminal, const char *label, unsigned entry_width)
{
    unsigned columns = terminal_size(terminal).columns;
    bool has_margin = columns >= LABEL_WIDTH + 1 + entry_width;
    unsigned room = columns - (has_margin ? LABEL_WIDTH : 0);
    return (struct list){
        .terminal = terminal,
        .label = label,
        .entry_width = entry_width,
        .entries_a_row = room / (1 + entry_width) > 0 ? room / (1 + entry_width) : 1,
        .has_margin = has_margin,
    };
}

/* Prints the blanks, and on the left the label, that stand before the next entry. */
static void begin_entry(struct list *list)
{
    bool is_first = list->count == 0;
    if (list->count % list->entries_a_row == 0) {
        if (!list->has_margin && is_first)
            terminal_printf(list->terminal, "%s:", list->label);
        terminal_printf(list->terminal, "%s%-*s", is_first && list->has_margin ? "" : "\n",
                        list->has_margin ? (int)LABEL_WIDTH : 0,
                        is_first && list->has_margin ? list->label : "");
    }
    terminal_printf(list->terminal, " ");
    list->count++;
}

static bool is_last_in_row(const struct list *list)
{
    return list->count % list->entries_a_row == 0;
}

static void print_group(struct terminal *terminal, enum command_group group)
{
    struct list list =
        begin_list(terminal, labels[group], COMMAND_NAME_MAX + 1 + COMMAND_SUMMARY_MAX);
    COMMAND_FOR_EACH(entry)
    {
        const struct command *command = *entry;
        if (command->group != group)
            continue;
        begin_entry(&list);
        terminal_printf(terminal, "%-*s %-*s", COMMAND_NAME_MAX, command->name,
                        is_last_in_row(&list) ? 0 : COMMAND_SUMMARY_MAX, command->summary);
    }
    terminal_printf(terminal, "\n");
}

static void print_workloads(struct terminal *terminal)
{
    struct list list = begin_list(terminal, workloads_label, WORKLOAD_WIDTH);
    WORKLOAD_FOR_EACH(entry)
    {
        begin_entry(&list);
        terminal_printf(terminal, "%-*s", (int)WORKLOAD_WIDTH, (*entry)->name);
    }
    terminal_printf(terminal, "\n");
}

static void print_all(struct terminal *terminal)
{
    for (unsigned group = 0; group < COMMAND_GROUPS; group++)
        print_group(terminal, (enum command_group)group);
    print_workloads(terminal);
    terminal_print_wrapped(
        terminal, "'help NAME' tells more. ';' parts commands, Tab completes, Up goes back to\n"
                  "earlier lines, Ctrl-C ends a command, Ctrl-S stops output, Ctrl-Q starts it.\n");
}

static void print_one(struct terminal *terminal, const char *usage, const char *name,
                      const char *summary, const char *help)
{
    char head[HEAD_SIZE];
    format_string(head, sizeof(head), "usage: %s\n%s: %s\n", usage, name, summary);
    terminal_print_wrapped(terminal, head);
    terminal_print_wrapped(terminal, help != NULL ? help : "");
}

static void print_workload(struct terminal *terminal, const struct workload *workload)
{
    char usage[USAGE_SIZE];
    format_string(usage, sizeof(usage), "spawn %s [COUNT] [prio=P] [for=SECONDS]", workload->name);
    print_one(terminal, usage, workload->name, workload->summary, workload->help);
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
        print_one(shell->terminal, command->usage, command->name, command->summary, command->help);
    else if (workload)
        print_workload(shell->terminal, workload);
    else
        return command_error(shell, "there is no command or workload '%s'", words[1]);
    return COMMAND_OK;
}

/* The commands, and behind them the workloads. */
static void complete_help(struct completion *completion)
{
    COMMAND_FOR_EACH(entry)
    {
        completion_add(completion, (*entry)->name, (*entry)->summary);
    }
    workload_complete(completion);
}

COMMAND(help, .usage = "help [NAME]", .summary = "list or explain commands",
        .help = "Without an argument: all commands and workloads. NAME is one of either.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = 1, .run = run_help,
        .complete = complete_help);
