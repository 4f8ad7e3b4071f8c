/* The keys that edit, as readline has them in its emacs mode. */
#include "shell/editor/editing.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"
#include "shell/editor/recall.h"

static void ring_bell(struct line_editor *editor)
{
    line_display_ring_bell(&editor->display);
}

/* --- Moving ----------------------------------------------------------------------------------- */

static void move_home(struct line_editor *editor)
{
    editor->line.cursor = 0;
}

static void move_to_end(struct line_editor *editor)
{
    editor->line.cursor = editor->line.length;
}

static void move_left(struct line_editor *editor)
{
    editor->line.cursor -= editor->line.cursor > 0;
}

static void move_right(struct line_editor *editor)
{
    editor->line.cursor += editor->line.cursor < editor->line.length;
}

static void move_word_left(struct line_editor *editor)
{
    editor->line.cursor = line_text_word_left(&editor->line);
}

static void move_word_right(struct line_editor *editor)
{
    editor->line.cursor = line_text_word_right(&editor->line);
}

/* --- Characters ------------------------------------------------------------------------------- */

/* One that does not fit rings the bell for the first time only: pasted text has many. */
static void refuse_character(struct line_editor *editor)
{
    if (!editor->is_full_told)
        ring_bell(editor);
    editor->is_full_told = true;
    editor->line.lacks_characters = true;
}

static void type(struct line_editor *editor, char character)
{
    struct line_text *line = &editor->line;
    unsigned replaced = editor->overwrites && line->cursor < line->length ? 1 : 0;
    if (!line_text_replace(line, line->cursor, line->cursor + replaced, &character, 1))
        refuse_character(editor);
    editor->action = ACTION_TYPE;
}

static void delete_right(struct line_editor *editor)
{
    struct line_text *line = &editor->line;
    line_text_erase(line, line->cursor, line->cursor + (line->cursor < line->length));
}

/* What is overwritten does not move: a blank takes the place. */
static void delete_left(struct line_editor *editor)
{
    struct line_text *line = &editor->line;
    if (line->cursor == 0)
        return;
    bool leaves_blank = editor->overwrites && line->cursor < line->length;
    line_text_replace(line, line->cursor - 1, line->cursor, " ", leaves_blank);
    line->cursor -= leaves_blank;
}

static void transpose(struct line_editor *editor)
{
    if (!line_text_transpose(&editor->line))
        ring_bell(editor);
}

static void toggle_overwriting(struct line_editor *editor)
{
    editor->overwrites = !editor->overwrites;
}

/* --- Killing and yanking ---------------------------------------------------------------------- */

/* What is killed key by key becomes one text. */
static void kill(struct line_editor *editor, unsigned from, unsigned to)
{
    struct line_text *line = &editor->line;
    bool is_before = from < line->cursor;
    editor->action = ACTION_KILL;
    if (from == to) {
        editor->action = editor->last_action == ACTION_KILL ? ACTION_KILL : ACTION_OTHER;
        return;
    }
    if (editor->last_action == ACTION_KILL)
        kill_ring_join(&editor->kills, line->text + from, to - from, is_before);
    else
        kill_ring_add(&editor->kills, line->text + from, to - from);
    line_text_erase(line, from, to);
}

static void kill_to_end(struct line_editor *editor)
{
    kill(editor, editor->line.cursor, editor->line.length);
}

static void kill_from_home(struct line_editor *editor)
{
    kill(editor, 0, editor->line.cursor);
}

static void kill_word_right(struct line_editor *editor)
{
    kill(editor, editor->line.cursor, line_text_word_right(&editor->line));
}

static void kill_word_left(struct line_editor *editor)
{
    kill(editor, line_text_word_left(&editor->line), editor->line.cursor);
}

static void kill_blank_word_left(struct line_editor *editor)
{
    kill(editor, line_text_blank_left(&editor->line), editor->line.cursor);
}

/* Puts `text`, which may be NULL, between `start` and the cursor. */
static void put_back(struct line_editor *editor, unsigned start, const char *text)
{
    struct line_text *line = &editor->line;
    editor->yank_start = start;
    editor->action = ACTION_YANK;
    if (text && line_text_replace(line, start, line->cursor, text, (unsigned)strlen(text)))
        return;
    editor->action = editor->last_action == ACTION_YANK ? ACTION_YANK : ACTION_OTHER;
    ring_bell(editor);
}

static void yank(struct line_editor *editor)
{
    editor->last_action = ACTION_OTHER;
    put_back(editor, editor->line.cursor, kill_ring_current(&editor->kills));
}

static void yank_another(struct line_editor *editor)
{
    if (editor->last_action == ACTION_YANK)
        put_back(editor, editor->yank_start, kill_ring_rotate(&editor->kills));
    else
        ring_bell(editor);
}

/* --- Undoing ---------------------------------------------------------------------------------- */

static void undo(struct line_editor *editor)
{
    editor->action = ACTION_UNDO;
    if (!undo_pop(&editor->undo, &editor->line, &editor->position))
        ring_bell(editor);
}

static void begin_prefix(struct line_editor *editor)
{
    editor->action = ACTION_PREFIX;
}

/* --- Completing ------------------------------------------------------------------------------- */

static void find_completions(struct line_editor *editor, struct completion *completion)
{
    completion_find(completion, &editor->operations->completion, editor->context, editor->line.text,
                    editor->line.cursor);
}

void editing_list_completions(struct line_editor *editor)
{
    struct completion completion;
    find_completions(editor, &completion);
    completion_list(&completion, &editor->display, editor->rows);
    line_display_begin(&editor->display);
}

/* Below the line: at once, or a question first. */
static void list(struct line_editor *editor, struct completion *completion)
{
    line_display_finish(&editor->display, editor->line.text, editor->line.length, "");
    if (completion_is_long(completion, &editor->display, editor->rows))
        editor->asked = completion->count;
    else
        completion_list(completion, &editor->display, editor->rows);
    line_display_begin(&editor->display);
}

static void complete(struct line_editor *editor)
{
    struct completion completion;
    find_completions(editor, &completion);
    if (completion_insert(&completion, &editor->line))
        return;
    editor->action = ACTION_COMPLETE;
    if (editor->last_action != ACTION_COMPLETE || completion.count < 2)
        ring_bell(editor);
    else
        list(editor, &completion);
}

/* --- The terminal ----------------------------------------------------------------------------- */

static void clear_screen(struct line_editor *editor)
{
    line_display_clear(&editor->display);
    if (editor->operations->redraw)
        editor->operations->redraw(editor->context);
}

static void stop_output(struct line_editor *editor)
{
    if (editor->operations->stop_output)
        editor->operations->stop_output(editor->context);
}

/* --- The keys --------------------------------------------------------------------------------- */

static const struct binding {
    void (*act)(struct line_editor *editor);
    uint16_t keys[3]; /* 0: there are no more */
} bindings[] = {
    {move_home, {TERMINAL_KEY_HOME, CONTROL('A')}},
    {move_to_end, {TERMINAL_KEY_END, CONTROL('E')}},
    {move_left, {TERMINAL_KEY_LEFT, CONTROL('B')}},
    {move_right, {TERMINAL_KEY_RIGHT, CONTROL('F')}},
    {move_word_left, {TERMINAL_KEY_WORD_LEFT, TERMINAL_KEY_ALT('b')}},
    {move_word_right, {TERMINAL_KEY_WORD_RIGHT, TERMINAL_KEY_ALT('f')}},
    {delete_left, {'\b', CONTROL_DELETE}},
    {delete_right, {TERMINAL_KEY_DELETE, CONTROL('D')}},
    {transpose, {CONTROL('T')}},
    {toggle_overwriting, {TERMINAL_KEY_INSERT}},
    {kill_to_end, {CONTROL('K')}},
    {kill_from_home, {CONTROL('U')}},
    {kill_blank_word_left, {CONTROL('W')}},
    {kill_word_right, {TERMINAL_KEY_ALT('d')}},
    {kill_word_left, {TERMINAL_KEY_ALT('\b'), TERMINAL_KEY_ALT(CONTROL_DELETE)}},
    {yank, {CONTROL('Y')}},
    {yank_another, {TERMINAL_KEY_ALT('y')}},
    {undo, {CONTROL('_')}},
    {begin_prefix, {CONTROL('X')}},
    {recall_older_match, {TERMINAL_KEY_UP}},
    {recall_newer_match, {TERMINAL_KEY_DOWN}},
    {recall_older, {CONTROL('P')}},
    {recall_newer, {CONTROL('N')}},
    {recall_search, {CONTROL('R')}},
    {recall_last_argument, {TERMINAL_KEY_ALT('.')}},
    {complete, {'\t'}},
    {clear_screen, {CONTROL('L')}},
    {stop_output, {CONTROL('S')}},
    {ring_bell, {CONTROL('G')}},
};

#define BINDINGS (sizeof(bindings) / sizeof(bindings[0]))

/* NULL: it is for nothing. */
static const struct binding *find_binding(int key)
{
    for (unsigned i = 0; i < BINDINGS; i++)
        for (unsigned k = 0; k < 3 && bindings[i].keys[k] != 0; k++)
            if (bindings[i].keys[k] == key)
                return &bindings[i];
    return NULL;
}

/* A key that nothing has a use for is told where it could have been taken for another. */
static bool is_mistaken(int key)
{
    return key >= TERMINAL_KEY_ALT(0) || (key > CONTROL_DELETE && key < TERMINAL_KEY_NONE);
}

static void act(struct line_editor *editor, int key)
{
    const struct binding *binding = find_binding(key);
    if (editor->last_action == ACTION_PREFIX)
        (key == CONTROL('U') ? undo : ring_bell)(editor);
    else if (line_text_is_character(key))
        type(editor, (char)key);
    else if (binding)
        binding->act(editor);
    else if (is_mistaken(key))
        ring_bell(editor);
}

/* Whatever has changed the line can be undone, a run of typed characters as one. */
void editing_do(struct line_editor *editor, int key)
{
    struct line_text before = editor->line;
    const char *position = editor->position;
    editor->last_action = editor->action;
    editor->action = ACTION_OTHER;
    act(editor, key);
    bool goes_on = editor->action == ACTION_TYPE && editor->last_action == ACTION_TYPE;
    if (!goes_on && editor->action != ACTION_UNDO && strcmp(before.text, editor->line.text) != 0)
        undo_push(&editor->undo, &before, position);
    editor->is_full_told &= editor->line.length >= before.length;
    editor->line.lacks_characters &= editor->line.length > 0;
}
