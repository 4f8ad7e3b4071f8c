/* The line editor's input: what each key does to the line. */
#include "shell/line_editor.h"

#include "kernel/lib/string.h"
#include "shell/completion.h"

#define CONTROL(letter)    ((letter) - '@')
#define CONTROL_ESCAPE     0x1B
#define CONTROL_DELETE     0x7F
#define FIRST_PRINTABLE    0x20
#define FIRST_BEYOND_ASCII 0x80

enum input_state {
    INPUT_PLAIN,    /* outside any escape sequence */
    INPUT_ESCAPE,   /* behind ESC */
    INPUT_SEQUENCE, /* behind ESC [ or ESC O */
    INPUT_FUNCTION, /* behind ESC [ [: the Linux console's function keys have one letter more */
};

/* The second parameter of a cursor key's sequence, when Ctrl is held (xterm). */
#define PARAMETER_CTRL 5

#define MAX_PARAMETER 999u

/* The first parameter of a sequence that ends in ~ (DEC VT220; 1 and 4, 7 and 8 for the ends). */
enum edit_key {
    EDIT_KEY_HOME = 1,
    EDIT_KEY_DELETE = 3,
    EDIT_KEY_END = 4,
    EDIT_KEY_HOME_RXVT = 7,
    EDIT_KEY_END_RXVT = 8,
};

/* --- Editing: `text` stays terminated, and 0 <= cursor <= length < LINE_EDITOR_SIZE ------------
 */

static void insert(struct line_editor *editor, const char *text, unsigned length)
{
    if (length >= LINE_EDITOR_SIZE - editor->length) {
        line_display_ring_bell(&editor->display);
        return;
    }

    char *at = editor->text + editor->cursor;
    memmove(at + length, at, editor->length - editor->cursor + 1);
    memcpy(at, text, length);
    editor->length += length;
    editor->cursor += length;
}

/* Takes the characters [from, to) away and leaves the cursor there. */
static void erase(struct line_editor *editor, unsigned from, unsigned to)
{
    memmove(editor->text + from, editor->text + to, editor->length - to + 1);
    editor->length -= to - from;
    editor->cursor = from;
}

static void replace_line(struct line_editor *editor, const char *text)
{
    if (!text)
        return;
    editor->length = (unsigned)string_copy(editor->text, text, LINE_EDITOR_SIZE);
    editor->cursor = editor->length;
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

static void list_completions(struct line_editor *editor)
{
    line_display_finish(&editor->display, editor->text, editor->length, "");
    completion_list(editor);
    line_display_begin(&editor->display);
}

static void complete(struct line_editor *editor, bool second_time)
{
    struct completion found = completion_find(editor);

    if (found.length)
        insert(editor, found.text, found.length);
    else if (found.candidates > 1 && second_time)
        list_completions(editor);
    else if (found.candidates != 1)
        line_display_ring_bell(&editor->display);
    if (found.candidates == 1 && editor->text[editor->cursor - 1] != '=')
        insert(editor, " ", 1);
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

static void edit_key(struct line_editor *editor)
{
    switch (editor->parameters[0]) {
    case EDIT_KEY_HOME:
    case EDIT_KEY_HOME_RXVT:
        editor->cursor = 0;
        break;
    case EDIT_KEY_END:
    case EDIT_KEY_END_RXVT:
        editor->cursor = editor->length;
        break;
    case EDIT_KEY_DELETE:
        erase(editor, editor->cursor, right_of(editor));
        break;
    default:
        break;
    }
}

static void sequence_key(struct line_editor *editor, uint8_t final)
{
    bool by_word = editor->parameters[1] == PARAMETER_CTRL;

    switch (final) {
    case 'A':
        replace_line(editor, history_previous(&editor->history, editor->text));
        break;
    case 'B':
        replace_line(editor, history_next(&editor->history));
        break;
    case 'C':
        editor->cursor = by_word ? word_right_of(editor) : right_of(editor);
        break;
    case 'D':
        editor->cursor = by_word ? word_left_of(editor) : left_of(editor);
        break;
    case 'H':
        editor->cursor = 0;
        break;
    case 'F':
        editor->cursor = editor->length;
        break;
    case '~':
        edit_key(editor);
        break;
    default:
        break;
    }
}

/* Keys that change the line or the place in it. */
static void plain_key(struct line_editor *editor, uint8_t byte, bool after_tab)
{
    switch (byte) {
    case CONTROL('A'):
        editor->cursor = 0;
        break;
    case CONTROL('B'):
        editor->cursor = left_of(editor);
        break;
    case CONTROL('D'):
        erase(editor, editor->cursor, right_of(editor));
        break;
    case CONTROL('E'):
        editor->cursor = editor->length;
        break;
    case CONTROL('F'):
        editor->cursor = right_of(editor);
        break;
    case CONTROL('K'):
        erase(editor, editor->cursor, editor->length);
        break;
    case CONTROL('L'):
        line_display_clear(&editor->display);
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
        if (byte >= FIRST_BEYOND_ASCII)
            line_display_ring_bell(&editor->display);
        else if (byte >= FIRST_PRINTABLE)
            insert(editor, &(char){(char)byte}, 1);
        break;
    }
}

/* --- Escape sequences ------------------------------------------------------------------------- */

static void begin_sequence(struct line_editor *editor)
{
    editor->input_state = INPUT_SEQUENCE;
    editor->parameter_index = 0;
    memset(editor->parameters, 0, sizeof(editor->parameters));
}

/* Returns false for a byte that is not part of the sequence but a key of its own. */
static bool after_escape(struct line_editor *editor, uint8_t byte)
{
    editor->input_state = INPUT_PLAIN;
    switch (byte) {
    case '[':
    case 'O':
        begin_sequence(editor);
        return true;
    case 'b':
        editor->cursor = word_left_of(editor);
        return true;
    case 'f':
        editor->cursor = word_right_of(editor);
        return true;
    default:
        return false;
    }
}

static void add_parameter_byte(struct line_editor *editor, uint8_t byte)
{
    if (byte == ';' && editor->parameter_index < LINE_EDITOR_PARAMETERS)
        editor->parameter_index++;
    if (byte < '0' || byte > '9' || editor->parameter_index == LINE_EDITOR_PARAMETERS)
        return;

    unsigned value = editor->parameters[editor->parameter_index] * 10u + (byte - '0');
    editor->parameters[editor->parameter_index] =
        (uint16_t)(value < MAX_PARAMETER ? value : MAX_PARAMETER);
}

static void in_sequence(struct line_editor *editor, uint8_t byte)
{
    if (byte < '@') {
        add_parameter_byte(editor, byte);
    } else if (byte == '[') {
        editor->input_state = INPUT_FUNCTION;
    } else {
        editor->input_state = INPUT_PLAIN;
        sequence_key(editor, byte);
    }
}

/* Returns whether the byte is part of an escape sequence. A control character never is: it ends a
 * sequence that is not complete, so that neither Enter nor Ctrl-C can be lost in one. */
static bool take_escape(struct line_editor *editor, uint8_t byte)
{
    if (byte == CONTROL_ESCAPE) {
        editor->input_state = INPUT_ESCAPE;
        return true;
    }
    if (byte < FIRST_PRINTABLE || byte >= CONTROL_DELETE)
        editor->input_state = INPUT_PLAIN;

    switch (editor->input_state) {
    case INPUT_ESCAPE:
        return after_escape(editor, byte);
    case INPUT_SEQUENCE:
        in_sequence(editor, byte);
        return true;
    case INPUT_FUNCTION:
        editor->input_state = INPUT_PLAIN;
        return true;
    default:
        return false;
    }
}

/* --- The public functions --------------------------------------------------------------------- */

void line_editor_init(struct line_editor *editor, const char *prompt, unsigned columns,
                      const struct line_editor_operations *operations, void *context)
{
    editor->operations = operations;
    editor->context = context;
    editor->input_state = INPUT_PLAIN;
    editor->after_return = false;
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
    history_rewind(&editor->history);
    line_display_begin(&editor->display);
}

enum line_editor_result line_editor_feed(struct line_editor *editor, uint8_t byte)
{
    bool after_return = editor->after_return;
    bool after_tab = editor->after_tab;

    editor->after_return = byte == '\r';
    if (byte == '\n' && after_return)
        return EDITOR_CONTINUE;

    editor->after_tab = false;
    if (take_escape(editor, byte))
        return EDITOR_CONTINUE;
    if (byte == '\r' || byte == '\n')
        return finish(editor, "", EDITOR_LINE_READY);
    if (byte == CONTROL('C'))
        return finish(editor, "^C", EDITOR_INTERRUPTED);
    plain_key(editor, byte, after_tab);
    return EDITOR_CONTINUE;
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
