/* shell/editor/line_display, driven by the editor: long lines, bursts, and lines that hide. */
#include "tests/unit/edited_line.h"

static void fill(char *text, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        text[i] = (char)('a' + i % 26);
    text[length] = '\0';
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
    assert_int_equal(terminal.bells, 1);
    check_window(text, LONGEST);
    type(HOME "xyz"); /* it has been told */
    assert_int_equal(terminal.bells, 1);
    check_window(text, 0);
    type(END "\b"); /* room for one more */
    burst((char[]){text[LONGEST - 1], '\0'});
    type("more");
    assert_int_equal(terminal.bells, 2);
    assert_int_equal(burst("\r"), EDITOR_TOO_LONG); /* it lacks what was typed */
    assert_string_equal(line_editor_text(&editor), text);
    line_editor_begin(&editor);
    type(HOME);
    burst(text);
    burst("more\x15"); /* all is taken away again, and with it what was lacking */
    burst(text);
    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
    line_editor_begin(&editor);
    burst(text);
    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
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

        start_editor(NULL);
        fill(text, lengths[i]);
        assert_int_equal(burst(text), EDITOR_CONTINUE);
        if (i % 2)
            line_editor_refresh(&editor); /* with and without having been shown before */
        assert_int_equal(burst("\n"), EDITOR_LINE_READY);
        for (unsigned k = 0; k < total; k++)
            assert_int_equal(terminal.cells[k / TERMINAL_COLUMNS][k % TERMINAL_COLUMNS],
                             expected[k]);
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

/* A line that is edited while the terminal is taken for wider than it is, and then not any more. */
static void a_narrower_terminal_shows_one_prompt(void **state)
{
    (void)state;
    char text[LONGEST + 1];

    for (unsigned columns = 40; columns < TERMINAL_COLUMNS; columns += 5) {
        for (unsigned length = 0; length + 6 < LONGEST; length += 7) {
            restart_editor(TERMINAL_COLUMNS, &operations);
            terminal_init_columns(&terminal, columns);
            terminal_write(&terminal, "before\r\n", 8);
            fill(text, length);
            burst(text);
            line_editor_refresh(&editor);
            line_editor_resize(&editor, columns, TERMINAL_ROWS);
            line_editor_refresh(&editor);
            check_row(0, "before");
            assert_int_equal(terminal.row, 1);
            assert_true(strncmp(terminal_row(&terminal, 1), PROMPT, PROMPT_LENGTH - 1) == 0);
            check_row(2, "");
            type(HOME "spawn ");
            check_row(2, "");
            assert_int_equal(terminal.column, PROMPT_LENGTH + 6);
        }
    }
}

static void a_wider_terminal_shows_more(void **state)
{
    (void)state;
    char text[LONGEST + 1];
    char row[MODEL_COLUMNS_MAX + 1] = PROMPT;

    restart_editor(TERMINAL_COLUMNS, &operations);
    terminal_init_columns(&terminal, 132);
    fill(text, 120);
    type(text);
    line_editor_resize(&editor, 132, TERMINAL_ROWS);
    line_editor_refresh(&editor);
    string_copy(row + PROMPT_LENGTH, text, sizeof(row) - PROMPT_LENGTH);
    check_row(0, row);
    assert_int_equal(terminal.column, PROMPT_LENGTH + 120);
}

static void the_same_size_writes_nothing(void **state)
{
    (void)state;
    type("echo");
    terminal.bytes = 0;
    line_editor_resize(&editor, TERMINAL_COLUMNS, TERMINAL_ROWS);
    line_editor_refresh(&editor);
    assert_int_equal(terminal.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(long_lines_scroll_sideways, start_editor),
        cmocka_unit_test_setup(steady_typing_seldom_redraws, start_editor),
        cmocka_unit_test_setup(a_line_that_is_full_refuses_more, start_editor),
        cmocka_unit_test_setup(takes_latin_1, start_editor),
        cmocka_unit_test_setup(a_long_line_is_seen_whole, start_editor),
        cmocka_unit_test_setup(long_lines_in_one_burst_have_their_prompts, start_editor),
        cmocka_unit_test_setup(a_pasted_burst_loses_nothing_and_costs_little, start_editor),
        cmocka_unit_test_setup(a_hidden_line_comes_back, start_editor),
        cmocka_unit_test_setup(a_long_hidden_line_comes_back, start_editor),
        cmocka_unit_test_setup(hiding_nothing_writes_nothing, start_editor),
        cmocka_unit_test_setup(a_narrower_terminal_shows_one_prompt, start_editor),
        cmocka_unit_test_setup(a_wider_terminal_shows_more, start_editor),
        cmocka_unit_test_setup(the_same_size_writes_nothing, start_editor),
    };
    return cmocka_run_group_tests_name("line_display", tests, NULL, NULL);
}
