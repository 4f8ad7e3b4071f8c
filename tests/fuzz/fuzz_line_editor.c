/*
 * The line editor on a model of a terminal: whatever is typed, the cursor stands in the line, the
 * line is text, and the screen shows it. The first byte says how wide the terminal is.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/edited_line.h"

/* Bytes that no terminal types, and what happens instead. */
enum happening {
    SILENCE = 0x90, /* nothing comes for a while */
    PAUSE,          /* no input waits: the screen is brought up to date */
    NOTICE,         /* something else is written in between */
    RESIZE,         /* the terminal becomes as wide as the next byte says */
    INTERRUPT,      /* Ctrl-C waits, or not any more: lists end early */
};

#define COLUMNS_MIN 40u

static bool is_interrupted;

static bool ask_interrupted(void *context)
{
    (void)context;
    return is_interrupted;
}

/* Commands, and behind them more words than fit a screen, some of which need quotes. */
static void complete(void *context, struct completion *completion)
{
    static const char *const words[] = {"spawn",       "stats", "status", "my thread",
                                        "my \"turn\"", "it's",  ""};
    char number[16];
    (void)context;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        completion_add(completion, words[i], i % 2 == 0 ? "help" : NULL);
    for (unsigned i = 0; completion->argument > 0 && i < 400; i++) {
        snprintf(number, sizeof(number), i % 2 == 0 ? "prio=%u" : "%u", i);
        completion_add(completion, number, "a number");
    }
}

static const struct line_editor_operations fuzz_operations =
    OPERATIONS(.completion = {complete, ask_interrupted});

static bool is_text(uint8_t character)
{
    return character >= ' ' && character != 0x7F && (character < 0x80 || character >= 0xA0);
}

static void check_state(void)
{
    const struct line_text *line = &editor.line;
    REQUIRE(line->length < LINE_EDITOR_SIZE);
    REQUIRE(line->cursor <= line->length);
    REQUIRE(strlen(line->text) == line->length);
    for (unsigned i = 0; i < line->length; i++)
        REQUIRE(is_text((uint8_t)line->text[i]));
}

/* What is to be seen: the line, what a search has found, or nothing behind a question. */
static const char *shown_text(unsigned *cursor)
{
    *cursor = editor.asked > 0 ? 0 : editor.line.cursor;
    if (editor.search.is_open)
        *cursor = search_cursor(&editor.search);
    if (editor.search.is_open)
        return search_text(&editor.search);
    return editor.asked > 0 ? "" : editor.line.text;
}

/* How long the prompt is, which says what is being done. */
static unsigned check_prompt(const char *row)
{
    const char *prompt = editor.display.prompt;
    unsigned length = (unsigned)strlen(prompt);
    REQUIRE(memcmp(row, prompt, length) == 0);
    REQUIRE(length + LINE_DISPLAY_MIN_WIDTH <= terminal.columns);
    if (editor.asked > 0)
        REQUIRE(strncmp(prompt, "Display all ", 12) == 0);
    else if (editor.search.is_open)
        REQUIRE(prompt[0] == '(' && strcmp(prompt + length - 3, "': ") == 0);
    else
        REQUIRE(strcmp(prompt, PROMPT) == 0);
    return length;
}

/* The row shows the prompt, a piece of the text that has the character at the cursor, and nothing
 * else; the cursor is where it belongs. */
static void check_row_shown(void)
{
    const char *row = terminal.cells[terminal.row];
    unsigned cursor;
    const char *text = shown_text(&cursor);
    unsigned length = (unsigned)strlen(text);
    unsigned prompt = check_prompt(row);
    unsigned width = terminal.columns - prompt - 1;
    REQUIRE(terminal.column >= prompt && terminal.column < terminal.columns);
    REQUIRE(terminal.column - prompt <= cursor);

    unsigned begin = cursor - (terminal.column - prompt);
    unsigned visible = length - begin < width ? length - begin : width;
    REQUIRE(begin == 0 || length > width);
    REQUIRE(memcmp(row + prompt, text + begin, visible) == 0);
    for (unsigned i = prompt + visible; i < terminal.columns; i++)
        REQUIRE(row[i] == ' ');
    REQUIRE(cursor == length || cursor < begin + visible);
}

static void refresh(void)
{
    line_editor_refresh(&editor);
    REQUIRE(terminal.row < TERMINAL_ROWS);
    check_row_shown();
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

/* As the terminal was drawn wider or narrower: what it showed of the line is gone. */
static void resize(unsigned columns)
{
    line_editor_hide(&editor);
    terminal.columns = columns;
    line_editor_resize(&editor, columns, TERMINAL_ROWS - 1);
    refresh();
}

/* No line is there twice, or blank; the newest is `text`, but for the blanks around it. */
static void check_history(const char *text)
{
    const struct history *history = &editor.history;
    const char *newest = history_older(history, NULL);
    while (*text == ' ')
        text++;
    if (*text != '\0') {
        REQUIRE(newest != NULL);
        REQUIRE(strncmp(text, newest, strlen(newest)) == 0);
    }
    REQUIRE(history->count <= HISTORY_LINES);
    for (const char *line = newest; line; line = history_older(history, line)) {
        REQUIRE(line[0] != '\0' && line[0] != ' ');
        REQUIRE(line == newest || strcmp(line, newest) != 0);
    }
}

/* The line has ended: the whole of it is to be seen, and a new one begins in the first column. */
static void end_line(enum line_editor_result result)
{
    check_state();
    REQUIRE(terminal.column == 0);
    REQUIRE(!line_editor_is_searching(&editor) && editor.asked == 0);
    check_history(result == EDITOR_LINE_READY ? line_editor_text(&editor) : "");
    line_editor_begin(&editor);
    REQUIRE(editor.line.length == 0);
}

static unsigned columns_of(uint8_t byte)
{
    return COLUMNS_MIN + byte % (MODEL_COLUMNS_MAX - COLUMNS_MIN + 1);
}

static void feed(uint8_t byte)
{
    enum line_editor_result result = line_editor_feed(&editor, byte);
    if (result != EDITOR_CONTINUE)
        end_line(result);
}

static void take(struct fuzz_input *input)
{
    uint8_t byte = fuzz_take(input);
    switch (byte) {
    case SILENCE:
        line_editor_give_up(&editor);
        REQUIRE(!line_editor_is_waiting(&editor));
        break;
    case PAUSE:
        refresh();
        break;
    case NOTICE:
        write_notice();
        break;
    case RESIZE:
        resize(columns_of(fuzz_take(input)));
        break;
    case INTERRUPT:
        is_interrupted = !is_interrupted;
        break;
    default:
        feed(byte);
        break;
    }
    check_state();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = fuzz_input_of(data, size);
    is_interrupted = false;
    restart_editor(columns_of(fuzz_take(&input)), &fuzz_operations);
    while (fuzz_has_more(&input))
        take(&input);
    refresh();
    feed(0x03);
    for (const char *line = "stats"; *line; line++)
        feed((uint8_t)*line);
    refresh();
    REQUIRE(strcmp(line_editor_text(&editor), "stats") == 0);
    return 0;
}
