/* log: shows the kernel's log. */
#include "kernel/log.h"

#include "kernel/cpu/tsc.h"
#include "kernel/lib/number.h"
#include "shell/command.h"
#include "shell/terminal/notices.h"

/* All by the same `rate` of the TSC: it becomes known better meanwhile. */
static void print_entry(struct terminal *terminal, const struct log_entry *entry, uint64_t rate)
{
    uint64_t us = tsc_to_ns_at(rate, entry->tsc) / 1000;
    terminal_printf(terminal, "[%5lu.%06lu] %s%s\n", us / 1000000, us % 1000000,
                    notice_prefix(entry->level), entry->message);
}

static int run_log(struct shell *shell, int count, char **words)
{
    uint64_t end = log_end();
    uint64_t lines = end;
    uint64_t rate = tsc_rate();
    if (count == 2 && parse_unsigned(words[1], UINT64_MAX, &lines))
        return command_error(shell, "'%s' is not a number of lines", words[1]);

    struct log_entry entry;
    uint64_t sequence = lines < end ? end - lines : 0;
    for (; sequence < end && log_get(sequence, &entry); sequence = entry.sequence + 1) {
        if (terminal_is_interrupted(shell->terminal))
            break;
        print_entry(shell->terminal, &entry, rate);
    }
    return COMMAND_OK;
}

static const struct command_word log_words[] = {{"20", "the last lines"}, {0}};

COMMAND(log, .usage = "log [LINES]", .summary = "the kernel's log",
        .help = "The messages of the boot and since, with the seconds since the machine was\n"
                "switched on; the last LINES of them if said. The log keeps the latest 128.\n"
                "Errors, warnings and notices also show up at the prompt when they come.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_log, .words = log_words);
