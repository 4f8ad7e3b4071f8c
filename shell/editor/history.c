/* The history's lines, packed: the oldest begins the text, and each ends with its terminator. */
#include "shell/editor/history.h"

#include <stddef.h>

#include "kernel/lib/string.h"

void history_clear(struct history *history)
{
    history->count = 0;
    history->used = 0;
}

/* Where `line` begins behind its first blanks; stores how long it is without the last ones. A
 * backslash before one of these makes it a part of the last word. */
static const char *trim(const char *line, size_t *length)
{
    while (*line == ' ')
        line++;
    size_t end = strlen(line);
    while (end > 0 && line[end - 1] == ' ' && !(end > 1 && line[end - 2] == '\\'))
        end--;
    *length = end;
    return line;
}

static const char *find(const struct history *history, const char *text, size_t length)
{
    const char *line = NULL;
    while ((line = history_older(history, line)) != NULL)
        if (strncmp(line, text, length) == 0 && line[length] == '\0')
            break;
    return line;
}

static void forget(struct history *history, const char *line)
{
    size_t place = (size_t)(line - history->text);
    size_t size = strlen(line) + 1;
    memmove(history->text + place, line + size, history->used - place - size);
    history->used -= (unsigned)size;
    history->count--;
}

void history_add(struct history *history, const char *line)
{
    size_t length;
    const char *text = trim(line, &length);
    if (length == 0)
        return;
    const char *same = find(history, text, length);
    if (same)
        forget(history, same);
    while (history->count == HISTORY_LINES || history->used + length + 1 > HISTORY_SIZE)
        forget(history, history->text);
    string_copy(history->text + history->used, text, length + 1);
    history->used += (unsigned)length + 1;
    history->count++;
}

const char *history_older(const struct history *history, const char *line)
{
    const char *end = line ? line : history->text + history->used;
    if (end == history->text)
        return NULL;
    const char *older = end - 1; /* its terminator */
    while (older > history->text && older[-1] != '\0')
        older--;
    return older;
}

const char *history_newer(const struct history *history, const char *line)
{
    const char *newer = line ? line + strlen(line) + 1 : NULL;
    return newer && newer < history->text + history->used ? newer : NULL;
}
