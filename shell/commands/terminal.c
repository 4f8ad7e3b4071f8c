/* terminal: how large the terminal is that the command was typed at. */
#include <stddef.h>

#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "shell/command.h"

#define WORD_SIZE 16u

static void print_size(struct terminal *terminal)
{
    static const char *const sources[] = {
        [TERMINAL_SIZE_FIXED] = "fixed",
        [TERMINAL_SIZE_ASSUMED] = "assumed",
        [TERMINAL_SIZE_ANSWERED] = "answered",
        [TERMINAL_SIZE_SAID] = "said",
    };
    struct terminal_size size = terminal_size(terminal);
    terminal_printf(terminal,
                    "terminal: %s\nterminal_columns: %u\nterminal_rows: %u\nterminal_size: %s\n",
                    terminal->name, size.columns, size.rows, sources[terminal->size_source]);
}

static bool parse_length(const char *word, unsigned least, unsigned most, uint16_t *length)
{
    uint64_t number;
    if (parse_unsigned(word, most, &number) != 0 || number < least)
        return false;
    *length = (uint16_t)number;
    return true;
}

/* COLUMNSxROWS, as in 132x50. */
static bool parse_size(const char *word, struct terminal_size *size)
{
    char columns[WORD_SIZE];
    const char *cross = strchr(word, 'x');
    if (cross == NULL || cross - word >= (ptrdiff_t)sizeof(columns))
        return false;
    string_copy(columns, word, (size_t)(cross - word) + 1);
    return parse_length(columns, TERMINAL_COLUMNS_MIN, TERMINAL_COLUMNS_MAX, &size->columns) &&
           parse_length(cross + 1, TERMINAL_ROWS_MIN, TERMINAL_ROWS_MAX, &size->rows);
}

static int run_terminal(struct shell *shell, int count, char **words)
{
    struct terminal_size size;
    struct terminal *terminal = shell->terminal;
    if (count == 2) {
        if (terminal->size_source == TERMINAL_SIZE_FIXED)
            return command_error(shell, "the screen's size is fixed");
        if (!parse_size(words[1], &size))
            return command_error(shell, "'%s' is not a size from %ux%u to %ux%u", words[1],
                                 TERMINAL_COLUMNS_MIN, TERMINAL_ROWS_MIN, TERMINAL_COLUMNS_MAX,
                                 TERMINAL_ROWS_MAX);
        terminal_set_size(terminal, size, TERMINAL_SIZE_SAID);
    }
    print_size(terminal);
    return COMMAND_OK;
}

static const struct command_word terminal_words[] = {
    {"80x24", "a VT100"}, {"80x25", "a PC's screen"}, {"132x50", NULL}, {0}};

COMMAND(terminal, .usage = "terminal [COLUMNSxROWS]", .summary = "this terminal's size",
        .help = "Without an argument, tells how large this terminal is, and how that is known:\n"
                "fixed     it is the screen\n"
                "assumed   COM1's other end has been asked, and has not answered\n"
                "answered  it has; Ctrl-L asks again, and so do 'top' and 'gantt' now and then\n"
                "said      by this command, as in 'terminal 132x50'; it holds until Ctrl-L\n",
        .group = COMMAND_GROUP_SHELL, .arguments_max = 1, .run = run_terminal,
        .words = terminal_words);
