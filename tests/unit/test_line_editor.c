/* shell/editor/line_editor, watched on a model terminal. */
#include "kernel/lib/string.h"
#include "shell/editor/line_editor.h"
#include "tests/unit/model_terminal.h"
#include "tests/unit/unit_test.h"

#define PROMPT        "aethel> "
#define PROMPT_LENGTH 8u
#define WIDTH         (TERMINAL_COLUMNS - PROMPT_LENGTH - 1)
#define LONGEST       (LINE_EDITOR_SIZE - 1)

#define LEFT       "\x1b[D"
#define RIGHT      "\x1b[C"
#define UP         "\x1b[A"
#define DOWN       "\x1b[B"
#define HOME       "\x1b[H"
#define END        "\x1b[F"
#define DELETE     "\x1b[3~"
#define WORD_LEFT  "\x1b[1;5D"
#define WORD_RIGHT "\x1b[1;5C"

static struct model_terminal terminal;
static struct line_editor editor;

static void write_to_terminal(void *context, const char *text, size_t length)
{
    terminal_write(context, text, length);
}

static const char *const commands[] = {"spawn", "stats", "status", "preempt", "poweroff"};

/* Commands for the first word, numbers in words for all others. */
static const char *complete(void *context, const char *text, size_t word_start, unsigned index)
{
    static const char *const numbers[] = {"one", "two"};
    const char *const *words = word_start ? numbers : commands;
    size_t count = word_start ? COUNT_OF(numbers) : COUNT_OF(commands);
    size_t length = strlen(text + word_start);

    assert_ptr_equal(context, &terminal);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(words[i], text + word_start, length) == 0 && index-- == 0)
            return words[i];
    }
    return NULL;
}

static const struct line_editor_operations operations = {
    .write = write_to_terminal,
    .complete = complete,
};

static int start(void **state)
{
    (void)state;
    terminal_init(&terminal);
    line_editor_init(&editor, PROMPT, TERMINAL_COLUMNS, &operations, &terminal);
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bytes, PROMPT_LENGTH); /* the prompt, and nothing else */
    return 0;
}

/* Feeds what comes in one burst; the result must be EDITOR_CONTINUE until the last byte. */
static enum line_editor_result burst(const char *input)
{
    enum line_editor_result result = EDITOR_CONTINUE;

    for (; *input; input++) {
        assert_int_equal(result, EDITOR_CONTINUE);
        result = line_editor_feed(&editor, (uint8_t)*input);
    }
    return result;
}

/* Types: every byte is followed by a refresh. */
static void type(const char *input)
{
    for (; *input; input++) {
        assert_int_equal(line_editor_feed(&editor, (uint8_t)*input), EDITOR_CONTINUE);
        line_editor_refresh(&editor);
    }
}

static void check_row(unsigned row, const char *expected)
{
    assert_string_equal(terminal_row(&terminal, row), expected);
}

/* The line and the cursor in it, both in the editor and on the screen. */
static void check_line(const char *text, unsigned cursor)
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

/* Enters a line, and begins the next. */
static void enter(const char *text)
{
    burst(text);
    assert_int_equal(line_editor_feed(&editor, '\r'), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), text);
    line_editor_begin(&editor);
    line_editor_refresh(&editor);
}

static void typing_only_echoes(void **state)
{
    (void)state;
    check_line("", 0);
    terminal.bytes = 0;
    type("echo hello");
    assert_int_equal(terminal.bytes, 10);
    check_line("echo hello", 10);
    assert_int_equal(terminal.bytes, 10); /* nothing changed: nothing written */
    type("\b");
    assert_int_equal(terminal.bytes, 10 + 1 + 3); /* back, erase to the end of the row */
    check_line("echo hell", 9);
}

static void enter_ends_the_line(void **state)
{
    (void)state;
    type("stats");
    assert_int_equal(line_editor_feed(&editor, '\r'), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), "stats");
    check_row(0, PROMPT "stats");
    assert_int_equal(terminal.row, 1);
    assert_int_equal(terminal.column, 0);
    line_editor_begin(&editor);
    check_line("", 0);
}

static void enter_in_the_middle_takes_the_whole_line(void **state)
{
    (void)state;
    type("stats" LEFT LEFT);
    assert_int_equal(line_editor_feed(&editor, '\r'), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), "stats");
    check_row(0, PROMPT "stats");
    assert_int_equal(terminal.row, 1);
}

static void every_line_end_is_one(void **state)
{
    (void)state;
    static const char input[] = "\na\rb\nc\r\nd\r\r\n\n";
    static const char *const expected[] = {"", "a", "b", "c", "d", "", ""};
    unsigned lines = 0;

    for (const char *at = input; *at; at++) {
        if (line_editor_feed(&editor, (uint8_t)*at) == EDITOR_CONTINUE)
            continue;
        assert_true(lines < COUNT_OF(expected));
        assert_string_equal(line_editor_text(&editor), expected[lines++]);
        line_editor_begin(&editor);
    }
    assert_int_equal(lines, COUNT_OF(expected));
}

static void editing_in_the_middle(void **state)
{
    (void)state;
    type("ecxo" LEFT LEFT);
    check_line("ecxo", 2);
    type("h" DELETE);
    check_line("echo", 3);
    type("\x7F");
    check_line("eco", 2);
    type("h" RIGHT "!");
    check_line("echo!", 5);
    type(RIGHT DELETE "\x04"); /* nothing is right of the end */
    check_line("echo!", 5);
    type(HOME LEFT "\b\x7F");
    check_line("echo!", 0);
    type(DELETE "\x04");
    check_line("ho!", 0);
}

static void all_keys_for_both_ends(void **state)
{
    (void)state;
    static const char *const homes[] = {"\x01", "\x1b[H", "\x1b[1~", "\x1b[7~", "\x1bOH"};
    static const char *const ends[] = {"\x05", "\x1b[F", "\x1b[4~", "\x1b[8~", "\x1bOF"};

    type("abc");
    for (size_t i = 0; i < COUNT_OF(homes); i++) {
        type(homes[i]);
        check_line("abc", 0);
        type(ends[i]);
        check_line("abc", 3);
    }
    type("\x02");
    check_line("abc", 2);
    type("\x06");
    check_line("abc", 3);
    type("\x1bOD\x1bOD\x1bOC"); /* the keypad's application mode */
    check_line("abc", 2);
}

static void killing_parts_of_the_line(void **state)
{
    (void)state;
    type("one two three" WORD_LEFT "\x0B");
    check_line("one two ", 8);
    type("\x17");
    check_line("one ", 4);
    type("more  "
         "\x17");
    check_line("one ", 4);
    type(LEFT LEFT "\x15");
    check_line("e ", 0);
    type("\x0B\x15\x17\x0B");
    check_line("", 0);
}

static void moving_by_words(void **state)
{
    (void)state;
    type("one  two three");
    type(WORD_LEFT);
    check_line("one  two three", 9);
    type("\x1b"
         "b");
    check_line("one  two three", 5);
    type(WORD_LEFT WORD_LEFT);
    check_line("one  two three", 0);
    type(WORD_RIGHT);
    check_line("one  two three", 3);
    type("\x1b"
         "f");
    check_line("one  two three", 8);
    type(WORD_RIGHT WORD_RIGHT);
    check_line("one  two three", 14);
}

static void unknown_sequences_are_swallowed(void **state)
{
    (void)state;
    type("a\x1b[15~b\x1b[5~c\x1b[2~d\x1bOPe\x1b[[Af\x1b[1;2Pg\x1b[?1;2ch\x1b[999999999999~i");
    check_line("abcdefghi", 9);
    type("\x1b[1;2;3;4;5;6;7;8;9Z!");
    check_line("abcdefghi!", 10);
    type("\x01\x10\x0E\x13"); /* Ctrl-A works, Ctrl-P, N and S mean nothing */
    check_line("abcdefghi!", 0);

    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
    line_editor_begin(&editor); /* now there is a history that F1, taken for Up, would bring back */
    type("a\x1b[[A\x1b[19~\x1b[@b");
    check_line("ab", 2);
}

static void a_lone_escape_takes_nothing_with_it(void **state)
{
    (void)state;
    type("\x1bstats");
    check_line("stats", 5);
    type("\x1b\x1b[D!");
    check_line("stat!s", 5);
    type("\x1b\x7F");
    check_line("stats", 4);
    type("\x15\x0B\x1bxb");
    check_line("xb", 2);
    type("\x1b[\x7F\x1b"
         "b"
         "bf");
    check_line("bfx", 2);
    assert_int_equal(burst("\x1b[1;\r"), EDITOR_LINE_READY); /* a broken sequence neither */
    line_editor_begin(&editor);
    assert_int_equal(burst("\x1b[\x03"), EDITOR_INTERRUPTED);
}

static void ctrl_c_abandons_the_line(void **state)
{
    (void)state;
    type("spawn hog" LEFT LEFT);
    assert_int_equal(line_editor_feed(&editor, 0x03), EDITOR_INTERRUPTED);
    check_row(0, PROMPT "spawn hog^C");
    assert_int_equal(terminal.row, 1);
    assert_int_equal(terminal.column, 0);
    line_editor_begin(&editor);
    check_line("", 0);
    type(UP); /* not remembered */
    check_line("", 0);

    enter("one");
    enter("two");
    type(UP UP);
    assert_int_equal(line_editor_feed(&editor, 0x03), EDITOR_INTERRUPTED);
    line_editor_begin(&editor);
    type(UP); /* the walk begins anew */
    check_line("two", 3);
}

static void ctrl_l_clears_the_screen(void **state)
{
    (void)state;
    enter("one");
    enter("two");
    type("abc" LEFT "\x0C");
    assert_int_equal(terminal.row, 0);
    check_line("abc", 2);
    check_row(1, "");
    check_row(2, "");
    terminal.bytes = 0;
    type(RIGHT "d"); /* it was cleared once and for all */
    assert_true(terminal.bytes < PROMPT_LENGTH);
}

static void history_walks_up_and_down(void **state)
{
    (void)state;
    type(UP DOWN);
    check_line("", 0);
    enter("one");
    enter("two");
    enter("two"); /* a repetition is remembered once */
    enter("");    /* an empty line is not */
    enter("three");

    type("draft" LEFT);
    type(UP);
    check_line("three", 5);
    type(UP);
    check_line("two", 3);
    type(UP);
    check_line("one", 3);
    type(UP); /* the oldest stays */
    check_line("one", 3);
    type(DOWN DOWN DOWN);
    check_line("draft", 5);
    type(DOWN);
    check_line("draft", 5);
}

static void a_line_from_the_history_can_be_changed(void **state)
{
    (void)state;
    enter("one");
    enter("two");
    type(UP UP "!");
    assert_int_equal(line_editor_feed(&editor, '\r'), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), "one!");
    line_editor_begin(&editor);
    type(UP);
    check_line("one!", 4);
    type(UP UP);
    check_line("one", 3); /* as it was entered */
}

static void history_forgets_the_oldest(void **state)
{
    (void)state;
    char line[] = "line ?";

    for (unsigned i = 0; i < HISTORY_LINES + 3; i++) {
        line[5] = (char)('0' + i);
        enter(line);
    }
    for (unsigned i = 0; i < HISTORY_LINES + 10; i++)
        type(UP);
    check_line("line 3", 6);
    for (unsigned i = 0; i < HISTORY_LINES - 1; i++)
        type(DOWN);
    check_line(line, 6);
}

static void tab_completes_what_is_unique(void **state)
{
    (void)state;
    type("sp\t");
    check_line("spawn ", 6);
    type("t\t");
    check_line("spawn two ", 10);
    type("\x15"
         "1;st" HOME RIGHT RIGHT "x\x7Fpre\t"); /* behind a semicolon, in the middle */
    assert_int_equal(terminal.bells, 1);        /* not the first word: no command fits */
    type("\x01\x0Bprex" LEFT "\t");             /* only what stands before the cursor is the word */
    check_line("preempt x", 8);
}

static void tab_extends_what_is_common(void **state)
{
    (void)state;
    type("s");
    terminal.bells = 0;
    type("t\t");
    check_line("stat", 4);
    assert_int_equal(terminal.bells, 0);
    type("\x15zzz\t");
    check_line("zzz", 3);
    assert_int_equal(terminal.bells, 1);
}

static void a_second_tab_lists(void **state)
{
    (void)state;
    type("p");
    type("\t");
    assert_int_equal(terminal.bells, 1);
    check_line("p", 1);
    type("\t");
    check_row(0, PROMPT "p");
    check_row(1, "preempt   poweroff");
    assert_int_equal(terminal.row, 2);
    check_line("p", 1);
    type("\t"); /* and a third one again */
    check_row(3, "preempt   poweroff");
    type("\x15\t"); /* another key between: a first one again */
    assert_int_equal(terminal.row, 4);
    assert_int_equal(terminal.bells, 2);
}

static const char *many(void *context, const char *text, size_t word_start, unsigned index)
{
    static const char *const words[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0", "b1", "c2", "d3", "e4",
    };
    (void)context;
    (void)text;
    (void)word_start;
    return index < COUNT_OF(words) ? words[index] : NULL;
}

static void a_list_has_columns(void **state)
{
    (void)state;
    const struct line_editor_operations many_operations = {write_to_terminal, many};

    line_editor_init(&editor, PROMPT, TERMINAL_COLUMNS, &many_operations, &terminal);
    terminal_init(&terminal);
    type("\t\t");
    check_row(1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0");
    check_row(5, "e4");
    line_editor_init(&editor, PROMPT, 2 * TERMINAL_COLUMNS, &many_operations, &terminal);
    terminal_init(&terminal);
    burst("\t\t"); /* 40 wide each, 3 of them in a row of 160 */
    assert_int_equal(terminal.row, 4);
}

static void without_a_callback_tab_rings(void **state)
{
    (void)state;
    const struct line_editor_operations no_completion = {write_to_terminal, NULL};

    line_editor_init(&editor, PROMPT, TERMINAL_COLUMNS, &no_completion, &terminal);
    terminal_init(&terminal);
    type("a\t\tb");
    check_line("ab", 2);
    assert_int_equal(terminal.bells, 2);
}

static void fill(char *text, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        text[i] = (char)('a' + i % 26);
    text[length] = '\0';
}

/* What the screen shows must be a piece of the line, with the cursor where it belongs. */
static void check_window(const char *text, unsigned cursor)
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

static void long_lines_scroll_sideways(void **state)
{
    (void)state;
    char text[LINE_EDITOR_SIZE];

    for (unsigned length = 1; length <= LONGEST; length++) {
        fill(text, length);
        type((char[]){text[length - 1], '\0'});
        check_window(text, length);
    }
    for (unsigned cursor = LONGEST; cursor > 0; cursor--) {
        check_window(text, cursor);
        type(LEFT);
    }
    check_window(text, 0);
    type(END);
    check_window(text, LONGEST);
    type(HOME);
    check_window(text, 0);
    assert_int_equal(terminal.row, 0);
}

static void steady_typing_seldom_redraws(void **state)
{
    (void)state;
    char text[LINE_EDITOR_SIZE];

    fill(text, LONGEST);
    terminal.bytes = 0;
    type(text);
    assert_true(terminal.bytes < 2 * LONGEST);
}

static void a_line_that_is_full_refuses_more(void **state)
{
    (void)state;
    char text[LINE_EDITOR_SIZE];

    fill(text, LONGEST);
    burst(text);
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bells, 0);
    burst("overflow");
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bells, 1); /* one for the burst */
    check_window(text, LONGEST);
    burst(HOME "x");
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bells, 2);
    check_window(text, 0);
    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), text);
}

static void takes_latin_1(void **state)
{
    (void)state;
    burst("a\xE4\xA0\xFFz");
    check_line("a\xE4\xA0\xFFz", 5);
    assert_int_equal(terminal.bells, 0);
    burst("\x80\x9F");
    check_line("a\xE4\xA0\xFFz", 5);
    assert_int_equal(terminal.bells, 1);
}

/* At its end a long line is shown whole, over as many rows as it takes. */
static void a_long_line_is_seen_whole(void **state)
{
    (void)state;
    char expected[PROMPT_LENGTH + LINE_EDITOR_SIZE] = PROMPT;
    const unsigned lengths[] = {WIDTH, WIDTH + 1, WIDTH + 2, LONGEST};

    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        char *text = expected + PROMPT_LENGTH;
        unsigned total = PROMPT_LENGTH + lengths[i];
        unsigned rows = (total + TERMINAL_COLUMNS - 1) / TERMINAL_COLUMNS;

        start(NULL);
        fill(text, lengths[i]);
        assert_int_equal(burst(text), EDITOR_CONTINUE);
        if (i % 2)
            line_editor_refresh(&editor); /* with and without having been shown before */
        assert_int_equal(burst("\n"), EDITOR_LINE_READY);
        assert_true(memcmp(terminal.cells, expected, total) == 0);
        assert_int_equal(terminal.row, rows);
        assert_int_equal(terminal.column, 0);
    }
}

static void long_lines_in_one_burst_have_their_prompts(void **state)
{
    (void)state;
    char expected[PROMPT_LENGTH + LINE_EDITOR_SIZE] = PROMPT;

    fill(expected + PROMPT_LENGTH, WIDTH + 1);
    for (unsigned row = 0; row < 4; row++) {
        burst(expected + PROMPT_LENGTH);
        assert_int_equal(burst("\n"), EDITOR_LINE_READY);
        line_editor_begin(&editor);
        check_row(row, expected);
    }
}

static void a_pasted_burst_loses_nothing_and_costs_little(void **state)
{
    (void)state;
    enum { BURST = 4096, LINE = 32 };
    unsigned lines = 0;
    char expected[PROMPT_LENGTH + LINE] = PROMPT;

    fill(expected + PROMPT_LENGTH, LINE - 1);
    terminal.bytes = 0;
    for (unsigned i = 0; i < BURST; i++) {
        bool at_end = i % LINE == LINE - 1;
        char byte = at_end ? '\n' : expected[PROMPT_LENGTH + i % LINE];
        enum line_editor_result result = line_editor_feed(&editor, (uint8_t)byte);
        assert_int_equal(result, at_end ? EDITOR_LINE_READY : EDITOR_CONTINUE);
        if (!at_end)
            continue;
        assert_string_equal(line_editor_text(&editor), expected + PROMPT_LENGTH);
        check_row(terminal.row - 1, expected);
        lines++;
        line_editor_begin(&editor);
    }
    assert_int_equal(lines, BURST / LINE);
    /* The text, a prompt and a newline for each line, and nothing else. */
    assert_int_equal(terminal.bytes, BURST - lines + (lines - 1) * PROMPT_LENGTH + lines * 2);
}

/* --- Against a model: the same keys applied to a plain string ----------------------------------
 */

struct model {
    char text[LINE_EDITOR_SIZE];
    unsigned cursor;
};

static void model_erase(struct model *model, unsigned from, unsigned to)
{
    memmove(model->text + from, model->text + to, strlen(model->text + to) + 1);
    model->cursor = from;
}

static unsigned model_word_left(const struct model *model)
{
    unsigned at = model->cursor;
    while (at > 0 && model->text[at - 1] == ' ')
        at--;
    while (at > 0 && model->text[at - 1] != ' ')
        at--;
    return at;
}

/* Applies a random key to both. */
static void random_key(struct model *model, uint64_t *random)
{
    unsigned length = (unsigned)strlen(model->text);
    unsigned key = random_below(random, 40);

    if (key == 0) {
        burst(HOME);
        model->cursor = 0;
    } else if (key == 1) {
        burst(END);
        model->cursor = length;
    } else if (key < 6) {
        burst(LEFT);
        model->cursor -= model->cursor > 0;
    } else if (key < 9) {
        burst(RIGHT);
        model->cursor += model->cursor < length;
    } else if (key < 12) {
        burst("\b");
        if (model->cursor)
            model_erase(model, model->cursor - 1, model->cursor);
    } else if (key < 14) {
        burst(DELETE);
        if (model->cursor < length)
            model_erase(model, model->cursor, model->cursor + 1);
    } else if (key == 14) {
        burst("\x17");
        model_erase(model, model_word_left(model), model->cursor);
    } else if (key == 15) {
        burst(WORD_LEFT);
        model->cursor = model_word_left(model);
    } else if (key == 16 && random_below(random, 8) == 0) {
        burst("\x0B");
        model_erase(model, model->cursor, length);
    } else if (key == 17 && random_below(random, 8) == 0) {
        burst("\x15");
        model_erase(model, 0, model->cursor);
    } else if (key == 18 && random_below(random, 8) == 0) {
        burst("\x0C");
    } else if (length < LONGEST) {
        char character = "ab \x7E"[random_below(random, 4)];
        burst((char[]){character, '\0'});
        memmove(model->text + model->cursor + 1, model->text + model->cursor,
                length - model->cursor + 1);
        model->text[model->cursor++] = character;
    }
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    struct model model = {.cursor = 0};
    uint64_t random = 10;

    for (unsigned round = 0; round < 50000; round++) {
        random_key(&model, &random);
        if (random_below(&random, 3))
            continue; /* a burst goes on */
        line_editor_refresh(&editor);
        check_window(model.text, model.cursor);
    }
}

/* Something else is written in between: the line comes back below it, the cursor where it was. */
static void a_hidden_line_comes_back(void **state)
{
    (void)state;
    type("echo hello" LEFT LEFT LEFT);
    line_editor_hide(&editor);
    check_row(terminal.row, "");
    assert_int_equal(terminal.column, 0);
    write_to_terminal(&terminal, "news\r\n", 6);
    check_line("echo hello", 7);
    check_row(terminal.row - 1, "news");
    type("X");
    check_line("echo heXllo", 8);
}

static void a_long_hidden_line_comes_back(void **state)
{
    char text[LONGEST + 1];
    char row[TERMINAL_COLUMNS + 1];

    (void)state;
    fill(text, LONGEST);
    burst(text);
    type(LEFT LEFT LEFT);
    unsigned column = terminal.column;
    string_copy(row, terminal_row(&terminal, terminal.row), sizeof(row));
    line_editor_hide(&editor);
    check_row(terminal.row, "");
    line_editor_refresh(&editor);
    check_row(terminal.row, row);
    assert_int_equal(terminal.column, column);
}

/* Without a line on the terminal there is nothing to be erased. */
static void hiding_nothing_writes_nothing(void **state)
{
    (void)state;
    enter("echo");
    line_editor_hide(&editor);
    terminal.bytes = 0;
    line_editor_hide(&editor);
    assert_int_equal(terminal.bytes, 0);
    check_line("", 0);
}

/* Any bytes at all: no crash, no overrun, and the next line is taken as it should be. */
static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 11;

    for (unsigned round = 0; round < 200000; round++) {
        uint8_t byte = (uint8_t)random_below(&random, 256);
        if (random_below(&random, 4) == 0)
            byte = (uint8_t) "\x1b[O;15~\t\r"[random_below(&random, 9)];
        if (line_editor_feed(&editor, byte) != EDITOR_CONTINUE)
            line_editor_begin(&editor);
        assert_true(strlen(line_editor_text(&editor)) < LINE_EDITOR_SIZE);
        if (random_below(&random, 8) == 0)
            line_editor_refresh(&editor);
    }
    burst("\x03");
    line_editor_begin(&editor);
    enter("stats");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(typing_only_echoes, start),
        cmocka_unit_test_setup(enter_ends_the_line, start),
        cmocka_unit_test_setup(enter_in_the_middle_takes_the_whole_line, start),
        cmocka_unit_test_setup(every_line_end_is_one, start),
        cmocka_unit_test_setup(editing_in_the_middle, start),
        cmocka_unit_test_setup(all_keys_for_both_ends, start),
        cmocka_unit_test_setup(killing_parts_of_the_line, start),
        cmocka_unit_test_setup(moving_by_words, start),
        cmocka_unit_test_setup(unknown_sequences_are_swallowed, start),
        cmocka_unit_test_setup(a_lone_escape_takes_nothing_with_it, start),
        cmocka_unit_test_setup(ctrl_c_abandons_the_line, start),
        cmocka_unit_test_setup(ctrl_l_clears_the_screen, start),
        cmocka_unit_test_setup(history_walks_up_and_down, start),
        cmocka_unit_test_setup(a_line_from_the_history_can_be_changed, start),
        cmocka_unit_test_setup(history_forgets_the_oldest, start),
        cmocka_unit_test_setup(tab_completes_what_is_unique, start),
        cmocka_unit_test_setup(tab_extends_what_is_common, start),
        cmocka_unit_test_setup(a_second_tab_lists, start),
        cmocka_unit_test_setup(a_list_has_columns, start),
        cmocka_unit_test_setup(without_a_callback_tab_rings, start),
        cmocka_unit_test_setup(long_lines_scroll_sideways, start),
        cmocka_unit_test_setup(steady_typing_seldom_redraws, start),
        cmocka_unit_test_setup(a_line_that_is_full_refuses_more, start),
        cmocka_unit_test_setup(takes_latin_1, start),
        cmocka_unit_test_setup(a_long_line_is_seen_whole, start),
        cmocka_unit_test_setup(long_lines_in_one_burst_have_their_prompts, start),
        cmocka_unit_test_setup(a_pasted_burst_loses_nothing_and_costs_little, start),
        cmocka_unit_test_setup(a_hidden_line_comes_back, start),
        cmocka_unit_test_setup(a_long_hidden_line_comes_back, start),
        cmocka_unit_test_setup(hiding_nothing_writes_nothing, start),
        cmocka_unit_test_setup(agrees_with_a_model, start),
        cmocka_unit_test_setup(survives_junk, start),
    };
    return cmocka_run_group_tests_name("line_editor", tests, NULL, NULL);
}
