/* The history's ring of lines. */
#include "shell/editor/history.h"

#include <stdbool.h>

#include "kernel/lib/string.h"

static char *line_at(struct history *history, uint32_t number)
{
    return history->lines[number % HISTORY_LINES];
}

void history_init(struct history *history)
{
    history->end = 0;
    history_rewind(history);
}

static bool is_blank(const char *line)
{
    while (*line == ' ')
        line++;
    return *line == '\0';
}

void history_add(struct history *history, const char *line)
{
    bool repeated = history->end && strcmp(line, line_at(history, history->end - 1)) == 0;

    if (!is_blank(line) && !repeated)
        string_copy(line_at(history, history->end++), line, HISTORY_LINE_SIZE);
    history_rewind(history);
}

void history_rewind(struct history *history)
{
    history->position = history->end;
}

const char *history_previous(struct history *history, const char *current)
{
    uint32_t oldest = history->end > HISTORY_LINES ? history->end - HISTORY_LINES : 0;

    if (history->position == oldest)
        return NULL;
    if (history->position == history->end)
        string_copy(history->draft, current, HISTORY_LINE_SIZE);
    return line_at(history, --history->position);
}

const char *history_next(struct history *history)
{
    if (history->position == history->end)
        return NULL;
    history->position++;
    return history->position == history->end ? history->draft : line_at(history, history->position);
}
