/* history: the lines that were entered at this terminal. */
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "shell/command.h"

static void print_lines(struct shell *shell, const struct history *history, uint64_t lines)
{
    const char *line = NULL, *older;
    uint64_t number = history->count + 1ul;
    for (; lines > 0 && (older = history_older(history, line)) != NULL; lines--, number--)
        line = older;
    for (; line && !terminal_is_interrupted(shell->terminal);
         line = history_newer(history, line), number++)
        terminal_printf(shell->terminal, "%5lu  %s\n", number, line);
}

static int run_history(struct shell *shell, int count, char **words)
{
    uint64_t lines = HISTORY_LINES;
    struct history *history = line_editor_history(&shell->editor);
    if (count == 2 && strcmp(words[1], "clear") == 0) {
        history_clear(history);
        return COMMAND_OK;
    }
    if (count == 2 && parse_unsigned(words[1], UINT64_MAX, &lines))
        return command_error(shell, "'%s' is neither clear nor a number", words[1]);
    print_lines(shell, history, lines);
    return COMMAND_OK;
}

static const struct command_word history_words[] = {
    {"20", "the last lines"}, {"clear", "forget all"}, {0}};

COMMAND(history, .usage = "history [COUNT|clear]", .summary = "lines entered before",
        .help = "The lines that were entered at this terminal, the last COUNT of them if said.\n"
                "The latest 500 are kept (32 KiB), one that is entered again as the newest. Up\n"
                "goes back to them, among those that begin as the line does; Ctrl-R searches them\n"
                "for what is typed, and Ctrl-S in the other direction (docs/terminals.md).\n"
                "clear  Forgets them.\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = 1, .run = run_history,
        .words = history_words);
