/* The line editor's input: what each key does to the line. */
#include "shell/editor/line_editor.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"
#include "shell/editor/completion.h"

/* Of Latin-1; from 80h to 9Fh it has controls that nobody uses. */
#define FIRST_BEYOND_ASCII 0x80
#define FIRST_LATIN        0xA0

/* --- Editing: `text` stays terminated, and 0 <= cursor <= length < LINE_EDITOR_SIZE ------------
 */

/* Returns whether it fits. */
static bool insert(struct line_editor *editor, const char *text, unsigned length)
{
    if (length >= LINE_EDITOR_SIZE - editor->length)
        return false;

    char *at = editor->text + editor->cursor;
    memmove(at + length, at, editor->length - editor->cursor + 1);
    memcpy(at, text, length);
    editor->length += length;
    editor->cursor += length;
    return true;
}

/* A character that does not fit. The bell rings for the first one only: pasted text has many. */
static void refuse_character(struct line_editor *editor)
{
    if (!editor->is_full_told)
        line_display_ring_bell(&editor->display);
    editor->is_full_told = true;
    editor->lacks_characters = true;
}

/* Takes the characters [from, to) away and leaves the cursor there. */
static void erase(struct line_editor *editor, unsigned from, unsigned to)
{
    memmove(editor->text + from, editor->text + to, editor->length - to + 1);
    editor->length -= to - from;
    editor->cursor = from;
    editor->is_full_told &= from == to;
    editor->lacks_characters &= editor->length > 0;
}

static void replace_line(struct line_editor *editor, const char *text)
{
    if (!text)
        return;
    editor->length = (unsigned)string_copy(editor->text, text, LINE_EDITOR_SIZE);
    editor->cursor = editor->length;
    editor->is_full_told = false;
    editor->lacks_characters = false;
}

static unsigned left_of(const struct line_editor *editor)
{
    return editor->cursor ? editor->cursor - 1 : 0;
}

static unsigned right_of(const struct line_editor *editor)
{
    return editor->cursor < editor->length ? editor->cursor + 1 : editor->length;
}

/* Where the word that ends at the cursor, or before the blanks in front of it, begins. */
static unsigned word_left_of(const struct line_editor *editor)
{
    unsigned position = editor->cursor;

    while (position && editor->text[position - 1] == ' ')
        position--;
    while (position && editor->text[position - 1] != ' ')
        position--;
    return position;
}

/* Where the word ends that the cursor is in, or that comes next. */
static unsigned word_right_of(const struct line_editor *editor)
{
    unsigned position = editor->cursor;

    while (editor->text[position] == ' ')
        position++;
    while (editor->text[position] && editor->text[position] != ' ')
        position++;
    return position;
}

static struct completion_request request_of(const struct line_editor *editor)
{
    return (struct completion_request){
        .line = editor->text,
        .cursor = editor->cursor,
        .complete = editor->operations->complete,
        .context = editor->context,
    };
}

static void list_completions(struct line_editor *editor)
{
    struct completion_request request = request_of(editor);
    line_display_finish(&editor->display, editor->text, editor->length, "");
    completion_list(&request, &editor->display);
    line_display_begin(&editor->display);
}

/* Puts in what is found, and a blank behind it where it is the only completion, unless its value
 * comes next. Returns whether the word fits: half of one would be another. */
static bool insert_completion(struct line_editor *editor, const struct completion *found)
{
    if (!insert(editor, found->text, found->length))
        return false;
    if (found->candidates == 1 && editor->cursor && editor->text[editor->cursor - 1] != '=')
        insert(editor, " ", 1);
    return true;
}

static void complete(struct line_editor *editor, bool second_time)
{
    struct completion_request request = request_of(editor);
    struct completion found = completion_find(&request);
    bool is_told = false;

    if (found.length || found.candidates == 1)
        is_told = insert_completion(editor, &found);
    else if (found.candidates > 1 && second_time) {
        list_completions(editor);
        is_told = true;
    }
    if (!is_told)
        line_display_ring_bell(&editor->display);
    editor->after_tab = true;
}

/* --- Keys ------------------------------------------------------------------------------------- */

static enum line_editor_result finish(struct line_editor *editor, const char *mark,
                                      enum line_editor_result result)
{
    line_display_finish(&editor->display, editor->text, editor->length, mark);
    if (result == EDITOR_LINE_READY)
        history_add(&editor->history, editor->text);
    return result;
}

/* Keys that change the line or the place in it. */
static void edit(struct line_editor *editor, int key, bool after_tab)
{
    switch (key) {
    case TERMINAL_KEY_UP:
        replace_line(editor, history_previous(&editor->history, editor->text));
        break;
    case TERMINAL_KEY_DOWN:
        replace_line(editor, history_next(&editor->history));
        break;
    case TERMINAL_KEY_HOME:
    case CONTROL('A'):
        editor->cursor = 0;
        break;
    case TERMINAL_KEY_LEFT:
    case CONTROL('B'):
        editor->cursor = left_of(editor);
        break;
    case TERMINAL_KEY_DELETE:
    case CONTROL('D'):
        erase(editor, editor->cursor, right_of(editor));
        break;
    case TERMINAL_KEY_END:
    case CONTROL('E'):
        editor->cursor = editor->length;
        break;
    case TERMINAL_KEY_RIGHT:
    case CONTROL('F'):
        editor->cursor = right_of(editor);
        break;
    case TERMINAL_KEY_WORD_LEFT:
        editor->cursor = word_left_of(editor);
        break;
    case TERMINAL_KEY_WORD_RIGHT:
        editor->cursor = word_right_of(editor);
        break;
    case CONTROL('K'):
        erase(editor, editor->cursor, editor->length);
        break;
    case CONTROL('L'):
        line_display_clear(&editor->display);
        if (editor->operations->redraw)
            editor->operations->redraw(editor->context);
        break;
    case CONTROL('U'):
        erase(editor, 0, editor->cursor);
        break;
    case CONTROL('W'):
        erase(editor, word_left_of(editor), editor->cursor);
        break;
    case '\b':
    case CONTROL_DELETE:
        erase(editor, left_of(editor), editor->cursor);
        break;
    case '\t':
        complete(editor, after_tab);
        break;
    default:
        if (key >= FIRST_BEYOND_ASCII && key < FIRST_LATIN)
            line_display_ring_bell(&editor->display);
        else if (key >= FIRST_PRINTABLE && key < TERMINAL_KEY_NONE &&
                 !insert(editor, &(char){(char)key}, 1))
            refuse_character(editor);
        break;
    }
}

/* --- The public functions --------------------------------------------------------------------- */

void line_editor_init(struct line_editor *editor, const char *prompt, unsigned columns,
                      const struct line_editor_operations *operations, void *context)
{
    editor->operations = operations;
    editor->context = context;
    key_decoder_init(&editor->decoder);
    editor->line_end = '\0';
    line_display_init(&editor->display, prompt, columns, operations->write, context);
    history_init(&editor->history);
    line_editor_begin(editor);
}

void line_editor_begin(struct line_editor *editor)
{
    editor->text[0] = '\0';
    editor->length = 0;
    editor->cursor = 0;
    editor->after_tab = false;
    editor->is_full_told = false;
    editor->lacks_characters = false;
    history_rewind(&editor->history);
    line_display_begin(&editor->display);
}

/* Whether the key is the second half of a line's end that takes two, be it \r\n or \n\r. */
static bool ends_line_again(struct line_editor *editor, int key)
{
    bool is_end = key == '\r' || key == '\n';
    bool is_second = is_end && editor->line_end != '\0' && key != editor->line_end;
    editor->line_end = is_end && !is_second ? (char)key : '\0';
    return is_second;
}

enum line_editor_result line_editor_feed(struct line_editor *editor, uint8_t byte)
{
    bool after_tab = editor->after_tab;
    int key = key_decoder_feed(&editor->decoder, byte);

    editor->after_tab = false;
    if (ends_line_again(editor, key))
        return EDITOR_CONTINUE;
    if (key == '\r' || key == '\n')
        return finish(editor, "", editor->lacks_characters ? EDITOR_TOO_LONG : EDITOR_LINE_READY);
    if (key == CONTROL('C'))
        return finish(editor, "^C", EDITOR_INTERRUPTED);
    edit(editor, key, after_tab);
    return EDITOR_CONTINUE;
}

bool line_editor_is_waiting(const struct line_editor *editor)
{
    return key_decoder_is_waiting(&editor->decoder);
}

void line_editor_give_up(struct line_editor *editor)
{
    key_decoder_give_up(&editor->decoder);
}

void line_editor_resize(struct line_editor *editor, unsigned columns)
{
    line_display_resize(&editor->display, columns);
}

void line_editor_was_interrupted(struct line_editor *editor)
{
    line_display_begin(&editor->display);
}

void line_editor_refresh(struct line_editor *editor)
{
    line_display_update(&editor->display, editor->text, editor->length, editor->cursor);
}

void line_editor_hide(struct line_editor *editor)
{
    line_display_hide(&editor->display);
}

const char *line_editor_text(const struct line_editor *editor)
{
    return editor->text;
}
