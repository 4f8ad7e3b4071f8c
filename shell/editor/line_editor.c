/* The line editor's input and output: which part of it a key is for, and what the terminal shows.
 */
#include "shell/editor/line_editor.h"

#include <stddef.h>

#include "kernel/lib/ascii.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/editor/editing.h"
#include "shell/editor/recall.h"

void line_editor_init(struct line_editor *editor, const char *prompt, unsigned columns,
                      unsigned rows, const struct line_editor_operations *operations, void *context)
{
    memset(editor, 0, offsetof(struct line_editor, undo));
    history_clear(&editor->history);
    editor->operations = operations;
    editor->context = context;
    editor->prompt = prompt;
    editor->rows = rows;
    key_decoder_init(&editor->decoder);
    line_display_init(&editor->display, prompt, columns, operations->write, context);
    line_editor_begin(editor);
}

void line_editor_begin(struct line_editor *editor)
{
    line_text_set(&editor->line, "");
    undo_clear(&editor->undo);
    editor->position = NULL;
    editor->action = ACTION_OTHER;
    editor->overwrites = false;
    editor->is_full_told = false;
    line_display_begin(&editor->display);
}

/* --- What is shown ---------------------------------------------------------------------------- */

/* What stands in the prompt's place, with room for some characters behind it. */
static void show_prompt(struct line_editor *editor)
{
    char prompt[LINE_DISPLAY_PROMPT_SIZE];
    unsigned columns = editor->display.columns - LINE_DISPLAY_MIN_WIDTH;
    unsigned size = columns < sizeof(prompt) ? columns : sizeof(prompt);
    string_copy(prompt, editor->prompt, sizeof(prompt));
    if (editor->search.is_open)
        search_format_prompt(&editor->search, prompt, size);
    if (editor->asked > 0 && format_string(prompt, size, "Display all %u possibilities? (y or n)",
                                           editor->asked) >= size)
        format_string(prompt, size, "Display all %u? (y or n)", editor->asked);
    line_display_set_prompt(&editor->display, prompt);
}

void line_editor_refresh(struct line_editor *editor)
{
    const struct line_text *line = &editor->line;
    show_prompt(editor);
    if (editor->search.is_open) {
        const char *text = search_text(&editor->search);
        line_display_update(&editor->display, text, (unsigned)strlen(text),
                            search_cursor(&editor->search));
    } else if (editor->asked > 0) {
        line_display_update(&editor->display, "", 0, 0);
    } else {
        line_display_update(&editor->display, line->text, line->length, line->cursor);
    }
}

void line_editor_resize(struct line_editor *editor, unsigned columns, unsigned rows)
{
    editor->rows = rows;
    line_display_resize(&editor->display, columns);
}

void line_editor_was_interrupted(struct line_editor *editor)
{
    line_display_begin(&editor->display);
}

void line_editor_hide(struct line_editor *editor)
{
    line_display_hide(&editor->display);
}

/* --- Keys ------------------------------------------------------------------------------------- */

static enum line_editor_result finish(struct line_editor *editor, const char *mark,
                                      enum line_editor_result result)
{
    show_prompt(editor);
    line_display_finish(&editor->display, editor->line.text, editor->line.length, mark);
    if (result == EDITOR_LINE_READY)
        history_add(&editor->history, editor->line.text);
    return result;
}

/* Ends the question with its own row. */
static void end_question(struct line_editor *editor)
{
    show_prompt(editor);
    line_display_finish(&editor->display, "", 0, "");
    line_display_begin(&editor->display);
    editor->asked = 0;
    show_prompt(editor);
}

/* Returns whether the key was an answer; Ctrl-C is one, and more. */
static bool answer(struct line_editor *editor, int key)
{
    switch (key) {
    case 'y':
    case 'Y':
    case ' ':
        end_question(editor);
        editing_list_completions(editor);
        return true;
    case 'n':
    case 'N':
    case '\b':
    case CONTROL_DELETE:
    case CONTROL('G'):
        end_question(editor);
        return true;
    case CONTROL('C'):
        end_question(editor);
        return false;
    default:
        line_display_ring_bell(&editor->display);
        return true;
    }
}

/* Whether the key is the second half of a line's end that takes two, be it \r\n or \n\r. */
static bool ends_line_again(struct line_editor *editor, int key)
{
    bool is_end = key == '\r' || key == '\n';
    bool is_second = is_end && editor->line_end != '\0' && key != editor->line_end;
    editor->line_end = is_end && !is_second ? (char)key : '\0';
    return is_second;
}

static enum line_editor_result take_key(struct line_editor *editor, int key)
{
    if (editor->asked > 0 && answer(editor, key))
        return EDITOR_CONTINUE;
    if (editor->search.is_open && recall_search_key(editor, key))
        return EDITOR_CONTINUE;
    if (key == '\r' || key == '\n')
        return finish(editor, "",
                      editor->line.lacks_characters ? EDITOR_TOO_LONG : EDITOR_LINE_READY);
    if (key == CONTROL('C'))
        return finish(editor, "^C", EDITOR_INTERRUPTED);
    editing_do(editor, key);
    return EDITOR_CONTINUE;
}

enum line_editor_result line_editor_feed(struct line_editor *editor, uint8_t byte)
{
    int key = key_decoder_feed(&editor->decoder, byte);
    if (ends_line_again(editor, key) || key == TERMINAL_KEY_NONE)
        return EDITOR_CONTINUE;
    return take_key(editor, key);
}

bool line_editor_is_waiting(const struct line_editor *editor)
{
    return key_decoder_is_waiting(&editor->decoder);
}

void line_editor_give_up(struct line_editor *editor)
{
    if (key_decoder_give_up(&editor->decoder) == CONTROL_ESCAPE && editor->search.is_open)
        recall_take_found(editor);
}

bool line_editor_is_searching(const struct line_editor *editor)
{
    return editor->search.is_open;
}

struct history *line_editor_history(struct line_editor *editor)
{
    return &editor->history;
}

const char *line_editor_text(const struct line_editor *editor)
{
    return editor->line.text;
}
