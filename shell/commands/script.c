/* echo, clear and sleep: what scripts need. */
#include <stdint.h>

#include "kernel/lib/number.h"
#include "shell/command.h"

#define SLEEP_MS_MAX (24u * 3600 * 1000)

_Static_assert(SLEEP_MS_MAX <= INT32_MAX, "a timeout is an int");

static int run_echo(struct shell *shell, int count, char **words)
{
    for (int i = 1; i < count; i++)
        terminal_printf(shell->terminal, i > 1 ? " %s" : "%s", words[i]);
    terminal_printf(shell->terminal, "\n");
    return COMMAND_OK;
}

COMMAND(echo, .usage = "echo [WORD]...", .summary = "print words",
        .help = "Prints its arguments. The word $? is the status of the last command: 0 if all\n"
                "went well.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = PARSER_WORDS, .run = run_echo);

static int run_clear(struct shell *shell, int count, char **words)
{
    (void)count;
    (void)words;
    terminal_printf(shell->terminal, "\033[H\033[2J");
    return COMMAND_OK;
}

COMMAND(clear, .usage = "clear", .summary = "clear the screen",
        .help = "Ctrl-L does the same, and keeps the line; on COM1 it asks the terminal for its\n"
                "size, too ('help terminal').\n",
        .group = COMMAND_GROUP_SHELL, .run = run_clear);

static int run_sleep(struct shell *shell, int count, char **words)
{
    uint64_t milliseconds;
    (void)count;
    if (parse_milliseconds(words[1], SLEEP_MS_MAX, &milliseconds))
        return command_error(shell, "'%s' is not a number of seconds from 0 to %u", words[1],
                             SLEEP_MS_MAX / 1000);
    return terminal_sleep_ms(shell->terminal, (int)milliseconds) ? COMMAND_OK : COMMAND_INTERRUPTED;
}

COMMAND(sleep, .usage = "sleep SECONDS", .summary = "wait",
        .help = "Waits; decimals are allowed, as in 'sleep 0.25'. Ctrl-C ends it.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_min = 1, .arguments_max = 1, .run = run_sleep,
        .words = command_seconds);
