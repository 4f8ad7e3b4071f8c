/* The history's list of lines. */
#include "shell/editor/history.h"

#include "kernel/lib/string.h"

static struct history_line *line_of(struct list_node *node)
{
    return LIST_ENTRY(node, struct history_line, node);
}

void history_init(struct history *history, const struct editor_memory *memory)
{
    history->memory = memory;
    history->count = 0;
    list_init(&history->lines);
}

static void forget(struct history *history, struct list_node *node)
{
    list_remove(node);
    history->memory->free(line_of(node));
    history->count--;
}

void history_clear(struct history *history)
{
    while (history->count > 0)
        forget(history, history->lines.next);
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

static struct list_node *find(struct history *history, const char *text, size_t length)
{
    LIST_FOR_EACH(node, &history->lines)
    {
        const char *other = line_of(node)->text;
        if (strncmp(other, text, length) == 0 && other[length] == '\0')
            return node;
    }
    return NULL;
}

/* Returns NULL if there is no memory even for this line alone. */
static struct list_node *create(struct history *history, const char *text, size_t length)
{
    struct history_line *line;
    if (history->count == HISTORY_LINES)
        forget(history, history->lines.next);
    while (!(line = history->memory->allocate(sizeof(*line) + length + 1))) {
        if (history->count == 0)
            return NULL;
        forget(history, history->lines.next);
    }
    string_copy(line->text, text, length + 1);
    history->count++;
    return &line->node;
}

void history_add(struct history *history, const char *line)
{
    size_t length;
    const char *text = trim(line, &length);
    if (length == 0)
        return;
    struct list_node *node = find(history, text, length);
    if (node)
        list_remove(node);
    else
        node = create(history, text, length);
    if (node)
        list_insert_before(&history->lines, node);
}

const struct history_line *history_older(const struct history *history,
                                         const struct history_line *line)
{
    struct list_node *node = line ? line->node.previous : history->lines.previous;
    return node != &history->lines ? line_of(node) : NULL;
}

const struct history_line *history_newer(const struct history *history,
                                         const struct history_line *line)
{
    struct list_node *node = line ? line->node.next : NULL;
    return node && node != &history->lines ? line_of(node) : NULL;
}
