/* Walking through the history, and searching it. */
#include "shell/editor/recall.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"

/* NULL: the new line. */
static void show(struct line_editor *editor, const char *line)
{
    if (!editor->position)
        editor->draft = editor->line;
    editor->position = line;
    if (line)
        line_text_set(&editor->line, line);
    else
        editor->line = editor->draft;
}

/* The next line that begins as the present one, for `length` characters. Older ones end with NULL,
 * which the new one is to newer ones. */
static const char *next_match(const struct line_editor *editor, bool is_older, unsigned length)
{
    const char *line = editor->position;
    do
        line = is_older ? history_older(&editor->history, line)
                        : history_newer(&editor->history, line);
    while (line && strncmp(line, editor->line.text, length) != 0);
    return line;
}

static void walk(struct line_editor *editor, bool is_older, unsigned length)
{
    const char *line = next_match(editor, is_older, length);
    bool is_there = is_older ? line != NULL : editor->position != NULL;
    if (is_there)
        show(editor, line);
    else
        line_display_ring_bell(&editor->display);
}

void recall_older(struct line_editor *editor)
{
    walk(editor, true, 0);
}

void recall_newer(struct line_editor *editor)
{
    walk(editor, false, 0);
}

static void walk_matches(struct line_editor *editor, bool is_older)
{
    if (editor->last_action != ACTION_WALK)
        editor->walk_length = editor->line.cursor;
    walk(editor, is_older, editor->walk_length);
    if (editor->line.length >= editor->walk_length)
        editor->action = ACTION_WALK;
}

void recall_older_match(struct line_editor *editor)
{
    walk_matches(editor, true);
}

void recall_newer_match(struct line_editor *editor)
{
    walk_matches(editor, false);
}

void recall_last_argument(struct line_editor *editor)
{
    bool goes_on = editor->last_action == ACTION_ARGUMENT;
    const char *line =
        history_older(&editor->history, goes_on ? editor->argument : editor->position);
    unsigned length;
    unsigned start = goes_on ? editor->yank_start : editor->line.cursor;
    editor->action = goes_on ? ACTION_ARGUMENT : ACTION_OTHER;
    const char *word = line ? words_last(line, &length) : NULL;
    if (!word || !line_text_replace(&editor->line, start, editor->line.cursor, word, length)) {
        line_display_ring_bell(&editor->display);
        return;
    }
    editor->action = ACTION_ARGUMENT;
    editor->argument = line;
    editor->yank_start = start;
}

/* --- Searching -------------------------------------------------------------------------------- */

void recall_search(struct line_editor *editor)
{
    search_open(&editor->search, &editor->history, &editor->line, editor->position, false);
}

void recall_take_found(struct line_editor *editor)
{
    struct search *search = &editor->search;
    search_close(search);
    if (!search->has_found)
        return;
    if (search->line && strcmp(search->line, editor->line.text) != 0)
        undo_push(&editor->undo, &editor->line, editor->position);
    if (search->line)
        show(editor, search->line);
    editor->line.cursor = search->place;
}

bool recall_search_key(struct line_editor *editor, int key)
{
    struct search *search = &editor->search;
    bool is_done = true;
    if (key == CONTROL('R') || key == CONTROL('S'))
        is_done = search_next(search, key == CONTROL('S'));
    else if (key == '\b' || key == CONTROL_DELETE)
        is_done = search_shorten(search);
    else if (line_text_is_character(key))
        is_done = search_add(search, (char)key);
    else if (key == CONTROL('G')) {
        search_close(search);
        is_done = false;
    } else if (key == CONTROL('C')) {
        search_close(search);
        return false;
    } else if (key != CONTROL('Q')) {
        recall_take_found(editor);
        return false;
    }
    if (!is_done)
        line_display_ring_bell(&editor->display);
    return true;
}
