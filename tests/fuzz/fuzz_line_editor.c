/*
 * The line editor on a model of a terminal: whatever is typed, the cursor stands in the line, the
 * line is text, and the screen shows it.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/edited_line.h"

/* Bytes that no terminal types, and what happens instead. */
enum happening {
    SILENCE = 0x90, /* nothing comes for a while */
    PAUSE,          /* no input waits: the screen is brought up to date */
    NOTICE,         /* something else is written in between */
};

static bool is_text(uint8_t character)
{
    return character >= ' ' && character != 0x7F && (character < 0x80 || character >= 0xA0);
}

static void check_state(void)
{
    const char *text = line_editor_text(&editor);
    REQUIRE(editor.length < LINE_EDITOR_SIZE);
    REQUIRE(editor.cursor <= editor.length);
    REQUIRE(strlen(text) == editor.length);
    for (unsigned i = 0; i < editor.length; i++)
        REQUIRE(is_text((uint8_t)text[i]));
}

static void refresh(void)
{
    line_editor_refresh(&editor);
    check_window(line_editor_text(&editor), editor.cursor);
    REQUIRE(terminal.row < TERMINAL_ROWS && terminal.column < TERMINAL_COLUMNS);
}

/* Something else takes the row: the line is off the screen then, and comes back below. */
static void write_notice(void)
{
    line_editor_hide(&editor);
    REQUIRE(terminal.column == 0);
    REQUIRE(*terminal_row(&terminal, terminal.row) == '\0');
    write_to_terminal(&terminal, "notice\r\n", 8);
    refresh();
}

static bool is_blank(const char *line)
{
    while (*line == ' ')
        line++;
    return *line == '\0';
}

/* The line has ended: the whole of it is to be seen, and a new one begins in the first column. */
static void end_line(enum line_editor_result result)
{
    check_state();
    REQUIRE(terminal.column == 0);
    if (result == EDITOR_LINE_READY && !is_blank(line_editor_text(&editor))) {
        struct history *history = &editor.history;
        REQUIRE(history->end > 0);
        REQUIRE(strcmp(history->lines[(history->end - 1) % HISTORY_LINES],
                       line_editor_text(&editor)) == 0);
    }
    line_editor_begin(&editor);
    REQUIRE(editor.length == 0);
}

static void take(uint8_t byte)
{
    if (byte == SILENCE) {
        line_editor_give_up(&editor);
        REQUIRE(!line_editor_is_waiting(&editor));
    } else if (byte == PAUSE) {
        refresh();
    } else if (byte == NOTICE) {
        write_notice();
    } else {
        enum line_editor_result result = line_editor_feed(&editor, byte);
        if (result != EDITOR_CONTINUE)
            end_line(result);
    }
    check_state();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = fuzz_input_of(data, size);
    terminal_init(&terminal);
    line_editor_init(&editor, PROMPT, TERMINAL_COLUMNS, &operations, &terminal);
    while (fuzz_has_more(&input))
        take(fuzz_take(&input));
    refresh();
    take(0x03);
    for (const char *line = "stats"; *line; line++)
        take((uint8_t)*line);
    refresh();
    REQUIRE(strcmp(line_editor_text(&editor), "stats") == 0);
    return 0;
}
