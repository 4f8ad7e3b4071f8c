/* An editor, and what is fed to it and expected of it. */
#include "tests/unit/edited_line.h"

struct model_terminal terminal;
struct line_editor editor;

void write_to_terminal(void *context, const char *text, size_t length)
{
    terminal_write(context, text, length);
}

static const char *const commands[] = {"spawn", "stats", "status", "preempt", "poweroff"};

/* Commands for the first word, numbers in words for all others. */
static void complete(void *context, struct completion *completion)
{
    static const char *const numbers[] = {"one", "two"};
    const char *const *words = completion->argument > 0 ? numbers : commands;
    size_t count = completion->argument > 0 ? COUNT_OF(numbers) : COUNT_OF(commands);

    assert_ptr_equal(context, &terminal);
    for (size_t i = 0; i < count; i++)
        completion_add(completion, words[i], NULL);
}

const struct line_editor_operations operations = OPERATIONS(.completion = {.complete = complete});

void restart_editor(unsigned columns, const struct line_editor_operations *with)
{
    terminal_init_columns(&terminal, columns);
    line_editor_init(&editor, PROMPT, columns, TERMINAL_ROWS - 1, with, &terminal);
}

int start_editor(void **state)
{
    (void)state;
    restart_editor(TERMINAL_COLUMNS, &operations);
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bytes, PROMPT_LENGTH); /* the prompt, and nothing else */
    return 0;
}

enum line_editor_result burst(const char *input)
{
    enum line_editor_result result = EDITOR_CONTINUE;

    for (; *input; input++) {
        assert_int_equal(result, EDITOR_CONTINUE);
        result = line_editor_feed(&editor, (uint8_t)*input);
    }
    return result;
}

void type(const char *input)
{
    for (; *input; input++) {
        assert_int_equal(line_editor_feed(&editor, (uint8_t)*input), EDITOR_CONTINUE);
        line_editor_refresh(&editor);
    }
}

void check_row(unsigned row, const char *expected)
{
    assert_string_equal(terminal_row(&terminal, row), expected);
}

void check_line(const char *text, unsigned cursor)
{
    char row[TERMINAL_COLUMNS + 1] = PROMPT;

    assert_string_equal(line_editor_text(&editor), text);
    line_editor_refresh(&editor);
    unsigned end = PROMPT_LENGTH +
                   (unsigned)string_copy(row + PROMPT_LENGTH, text, sizeof(row) - PROMPT_LENGTH);
    while (row[end - 1] == ' ') /* as terminal_row() does */
        end--;
    row[end] = '\0';
    check_row(terminal.row, row);
    assert_int_equal(terminal.column, PROMPT_LENGTH + cursor);
}

void enter(const char *text)
{
    burst(text);
    assert_int_equal(line_editor_feed(&editor, '\r'), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), text);
    line_editor_begin(&editor);
    line_editor_refresh(&editor);
}

void check_window(const char *text, unsigned cursor)
{
    unsigned length = (unsigned)strlen(text);
    const char *row = terminal.cells[terminal.row];

    assert_string_equal(line_editor_text(&editor), text);
    assert_true(memcmp(row, PROMPT, PROMPT_LENGTH) == 0);
    assert_true(terminal.column >= PROMPT_LENGTH);
    assert_true(terminal.column - PROMPT_LENGTH <= cursor);

    unsigned begin = cursor - (terminal.column - PROMPT_LENGTH);
    unsigned visible = length - begin < WIDTH ? length - begin : WIDTH;
    if (length <= WIDTH)
        assert_int_equal(begin, 0);
    assert_true(memcmp(row + PROMPT_LENGTH, text + begin, visible) == 0);
    for (unsigned i = PROMPT_LENGTH + visible; i < TERMINAL_COLUMNS; i++)
        assert_int_equal(row[i], ' ');
    /* The character under the cursor is to be seen. */
    assert_true(cursor == length || cursor < begin + visible);
}
