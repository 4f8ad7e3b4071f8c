/* shell/editor/line_editor, watched on a model terminal: the history, and searching it. */
#include <stdio.h>

#include "tests/unit/edited_line.h"

#define CTRL_N "\x0E"
#define CTRL_P "\x10"
#define SEARCH "\x12"
#define FORTH  "\x13"
#define ABORT  "\x07"

static int start_with_history(void **state)
{
    start_editor(state);
    enter("spawn hog 3");
    enter("stats");
    enter("spawn sleeper");
    enter("ps");
    return 0;
}

static void plain_steps_take_every_line(void **state)
{
    (void)state;
    type("draft" LEFT CTRL_P);
    check_line("ps", 2);
    type(CTRL_P CTRL_P);
    check_line("stats", 5);
    type(CTRL_P CTRL_P); /* the oldest stays */
    check_line("spawn hog 3", 11);
    assert_int_equal(terminal.bells, 1);
    type(CTRL_N CTRL_N CTRL_N);
    check_line("ps", 2);
    type(CTRL_N CTRL_N); /* and so does the new one, as it was left */
    check_line("draft", 4);
    assert_int_equal(terminal.bells, 2);
}

static void up_and_down_take_all_behind_nothing(void **state)
{
    (void)state;
    type(UP UP);
    check_line("spawn sleeper", 13);
    type(UP UP UP);
    check_line("spawn hog 3", 11);
    type(DOWN DOWN DOWN DOWN);
    check_line("", 0);
}

static void up_takes_what_begins_alike(void **state)
{
    (void)state;
    type("sp" UP);
    check_line("spawn sleeper", 13);
    type(UP);
    check_line("spawn hog 3", 11);
    type(UP);
    check_line("spawn hog 3", 11);
    assert_int_equal(terminal.bells, 1);
    type(DOWN);
    check_line("spawn sleeper", 13);
    type(DOWN);
    check_line("sp", 2);
    type("x" UP);
    check_line("spx", 3);
    assert_int_equal(terminal.bells, 2);
}

/* What is behind the cursor does not matter, and another key begins anew. */
static void the_cursor_says_what_is_alike(void **state)
{
    (void)state;
    type("stop" LEFT LEFT UP);
    check_line("stats", 5);
    type(HOME RIGHT UP);
    check_line("spawn hog 3", 11);
    type(HOME RIGHT RIGHT DOWN);
    check_line("spawn sleeper", 13);
    type(DOWN);
    check_line("stop", 2);
}

static void blank_lines_are_not_remembered(void **state)
{
    (void)state;
    enter("   ");
    enter("");
    type(CTRL_P);
    check_line("ps", 2);
    type(CTRL_P);
    check_line("spawn sleeper", 13);
}

static void what_comes_again_is_the_newest(void **state)
{
    (void)state;
    enter("  stats ");
    type(CTRL_P);
    check_line("stats", 5);
    type(CTRL_P CTRL_P CTRL_P CTRL_P CTRL_P);
    check_line("spawn hog 3", 11);
    assert_int_equal(terminal.bells, 2);
}

static void the_last_argument_is_yanked(void **state)
{
    (void)state;
    enter("kill 'a b'");
    type("echo " ALT("."));
    check_line("echo 'a b'", 10);
    type(ALT("."));
    check_line("echo ps", 7);
    type(ALT(".") ALT("."));
    check_line("echo stats", 10);
    type(ALT("."));
    check_line("echo 3", 6);
    type(ALT(".")); /* the oldest stays */
    check_line("echo 3", 6);
    assert_int_equal(terminal.bells, 1);
    type(" " ALT("."));
    check_line("echo 3 'a b'", 12);
    type(CTRL_P CTRL_P "-" ALT(".")); /* of the line before the one that is shown */
    check_line("ps-sleeper", 10);
    start_editor(NULL);
    type(ALT("."));
    assert_int_equal(terminal.bells, 1);
}

/* --- Searching -------------------------------------------------------------------------------- */

/* The search's prompt and line, and the cursor in the line. */
static void check_search(const char *prompt, const char *line, unsigned cursor)
{
    char row[TERMINAL_COLUMNS + 1];
    snprintf(row, sizeof(row), "%s%s", prompt, line);
    if (*line == '\0')
        row[strlen(prompt) - 1] = '\0'; /* as terminal_row() does */
    line_editor_refresh(&editor);
    check_row(terminal.row, row);
    assert_int_equal(terminal.column, strlen(prompt) + cursor);
    assert_true(line_editor_is_searching(&editor));
}

static void a_search_goes_back_and_forth(void **state)
{
    (void)state;
    type(SEARCH);
    check_search("(reverse-i-search)`': ", "", 0);
    type("s");
    check_search("(reverse-i-search)`s': ", "ps", 1);
    type("p");
    check_search("(reverse-i-search)`sp': ", "spawn sleeper", 0);
    type(SEARCH);
    check_search("(reverse-i-search)`sp': ", "spawn hog 3", 0);
    assert_int_equal(terminal.bells, 0);
    type(SEARCH);
    check_search("(failed reverse-i-search)`sp': ", "spawn hog 3", 0);
    assert_int_equal(terminal.bells, 1);
    type(FORTH);
    check_search("(i-search)`sp': ", "spawn sleeper", 0);
    type(FORTH);
    check_search("(failed i-search)`sp': ", "spawn sleeper", 0);
    type("\x7F\x7F");
    check_search("(i-search)`': ", "spawn sleeper", 0);
    type("\x7F");
    assert_int_equal(terminal.bells, 3);
    type("l");
    check_search("(i-search)`l': ", "spawn sleeper", 7);
}

static void a_search_goes_from_place_to_place(void **state)
{
    (void)state;
    enter("aXbXcX");
    type(SEARCH "X");
    check_search("(reverse-i-search)`X': ", "aXbXcX", 5);
    type(SEARCH SEARCH);
    check_search("(reverse-i-search)`X': ", "aXbXcX", 1);
    type(FORTH);
    check_search("(i-search)`X': ", "aXbXcX", 3);
}

static void other_keys_take_what_was_found(void **state)
{
    static const struct {
        const char *key;
        const char *line;
        unsigned cursor;
    } keys[] = {
        {HOME, "spawn hog 3", 0},  {"\x05", "spawn hog 3", 11}, {LEFT, "spawn hog 3", 5},
        {"\x0B", "spawn ", 6},     {"\x04", "spawn og 3", 6},   {CTRL_N, "stats", 5},
        {ALT("d"), "spawn  3", 6}, {"\x14", "spawnh og 3", 7},  {RIGHT, "spawn hog 3", 7},
        {UP, "spawn hog 3", 6},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        start_with_history(NULL);
        type("draft" SEARCH "hog");
        type(keys[i].key);
        assert_false(line_editor_is_searching(&editor));
        check_line(keys[i].line, keys[i].cursor);
    }
    start_with_history(NULL);
    type("draft" SEARCH "hog\x1b"); /* ESC takes it, and does nothing else */
    line_editor_give_up(&editor);
    check_line("spawn hog 3", 6);
    type(CTRL_N CTRL_N CTRL_N CTRL_N);
    check_line("draft", 5);
}

static void enter_runs_what_was_found(void **state)
{
    (void)state;
    type(SEARCH "ta");
    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), "stats");
    check_row(terminal.row - 1, PROMPT "stats");
    line_editor_begin(&editor);
    type(CTRL_P CTRL_P);
    check_line("ps", 2);
}

static void a_search_can_be_given_up(void **state)
{
    (void)state;
    type("draft" LEFT SEARCH "hog" ABORT);
    assert_false(line_editor_is_searching(&editor));
    assert_int_equal(terminal.bells, 1);
    check_line("draft", 4);
    type(SEARCH "hog\x11"); /* Ctrl-Q that comes late changes nothing */
    assert_int_equal(burst("\x03"), EDITOR_INTERRUPTED);
    check_row(terminal.row - 1, PROMPT "draft^C");
    line_editor_begin(&editor);
    check_line("", 0);
}

static void nothing_found_leaves_the_line(void **state)
{
    (void)state;
    type("draft" LEFT SEARCH "hogs");
    check_search("(failed reverse-i-search)`hogs': ", "spawn hog 3", 6);
    type(ABORT SEARCH "zz");
    check_search("(failed reverse-i-search)`zz': ", "draft", 4);
    type(RIGHT);
    check_line("draft", 5);
    type("\x1F"); /* nor is there anything to be undone but the typing */
    check_line("", 0);
}

static void the_line_itself_is_searched_first(void **state)
{
    (void)state;
    type("spawn two" SEARCH "sp");
    check_search("(reverse-i-search)`sp': ", "spawn two", 0);
    type(SEARCH);
    check_search("(reverse-i-search)`sp': ", "spawn sleeper", 0);
    type(FORTH);
    check_search("(i-search)`sp': ", "spawn two", 0);
    type(END);
    check_line("spawn two", 9);
}

static void searching_again_uses_the_last_pattern(void **state)
{
    (void)state;
    type(SEARCH SEARCH); /* there is none */
    check_search("(reverse-i-search)`': ", "", 0);
    type("hog" END SEARCH SEARCH);
    check_search("(reverse-i-search)`hog': ", "spawn hog 3", 6);
    type(ABORT "\x15" SEARCH "x\x7F" SEARCH); /* what was typed since is gone */
    check_search("(reverse-i-search)`': ", "", 0);
}

static void a_search_is_undone_in_one(void **state)
{
    (void)state;
    type("draft" SEARCH "hog" END "s");
    check_line("spawn hog 3s", 12);
    type("\x1F");
    check_line("spawn hog 3", 11);
    type("\x1F");
    check_line("draft", 5);
    type(CTRL_P);
    check_line("ps", 2);
}

static void a_search_survives_notices_and_resizes(void **state)
{
    char line[LONGEST + 1];
    (void)state;
    memset(line, '.', LONGEST);
    memcpy(line + 200, "needle", 6);
    line[LONGEST] = '\0';
    enter(line);
    for (unsigned columns = 40; columns <= MODEL_COLUMNS_MAX; columns += 35) {
        line_editor_was_interrupted(&editor); /* the terminal is another one */
        terminal_init_columns(&terminal, columns);
        line_editor_resize(&editor, columns, TERMINAL_ROWS);
        type(SEARCH "needle" SEARCH);
        const char *row = terminal_row(&terminal, 0);
        assert_true(strncmp(row, "(failed reverse-i-search)`", 26) == 0);
        assert_int_equal(terminal.row, 0);
        unsigned seen = columns - terminal.column - 1;
        assert_true(seen >= 4);
        assert_true(strncmp(row + terminal.column, "needle", seen < 6 ? seen : 6) == 0);
        line_editor_hide(&editor);
        check_row(0, "");
        write_to_terminal(&terminal, "notice\r\n", 8);
        line_editor_refresh(&editor);
        assert_true(strncmp(terminal_row(&terminal, 1), "(failed reverse-i-search)`", 26) == 0);
        type(ABORT);
        check_row(1, "aethel>");
    }
}

static void a_narrower_terminal_shows_one_row_of_the_search(void **state)
{
    (void)state;
    restart_editor(TERMINAL_COLUMNS, &operations);
    enter("echo something that is rather long, longer than forty columns");
    terminal_init_columns(&terminal, 40);
    line_editor_was_interrupted(&editor);
    burst(SEARCH "s"); /* taken for 80 columns */
    line_editor_refresh(&editor);
    assert_int_equal(terminal.row, 1);
    line_editor_resize(&editor, 40, TERMINAL_ROWS);
    line_editor_refresh(&editor);
    assert_int_equal(terminal.row, 0);
    assert_true(strncmp(terminal_row(&terminal, 0), "(reverse-i-search)`", 19) == 0);
    check_row(1, "");
}

static void a_long_pattern_rings(void **state)
{
    (void)state;
    type(SEARCH);
    for (unsigned i = 0; i < SEARCH_SIZE + 5; i++)
        type("z");
    assert_int_equal(terminal.bells, SEARCH_SIZE + 5);
    assert_true(line_editor_is_searching(&editor));
    type(ABORT);
    check_line("", 0);
}

static void keys_in_one_burst_do_the_same(void **state)
{
    (void)state;
    assert_int_equal(burst("draft" SEARCH "sp" SEARCH FORTH ABORT SEARCH "hog\r"),
                     EDITOR_LINE_READY);
    assert_string_equal(line_editor_text(&editor), "spawn hog 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(plain_steps_take_every_line, start_with_history),
        cmocka_unit_test_setup(up_and_down_take_all_behind_nothing, start_with_history),
        cmocka_unit_test_setup(up_takes_what_begins_alike, start_with_history),
        cmocka_unit_test_setup(the_cursor_says_what_is_alike, start_with_history),
        cmocka_unit_test_setup(blank_lines_are_not_remembered, start_with_history),
        cmocka_unit_test_setup(what_comes_again_is_the_newest, start_with_history),
        cmocka_unit_test_setup(the_last_argument_is_yanked, start_with_history),
        cmocka_unit_test_setup(a_search_goes_back_and_forth, start_with_history),
        cmocka_unit_test_setup(a_search_goes_from_place_to_place, start_with_history),
        cmocka_unit_test_setup(other_keys_take_what_was_found, start_with_history),
        cmocka_unit_test_setup(enter_runs_what_was_found, start_with_history),
        cmocka_unit_test_setup(a_search_can_be_given_up, start_with_history),
        cmocka_unit_test_setup(nothing_found_leaves_the_line, start_with_history),
        cmocka_unit_test_setup(the_line_itself_is_searched_first, start_with_history),
        cmocka_unit_test_setup(searching_again_uses_the_last_pattern, start_with_history),
        cmocka_unit_test_setup(a_search_is_undone_in_one, start_with_history),
        cmocka_unit_test_setup(a_search_survives_notices_and_resizes, start_with_history),
        cmocka_unit_test_setup(a_narrower_terminal_shows_one_row_of_the_search, start_with_history),
        cmocka_unit_test_setup(a_long_pattern_rings, start_with_history),
        cmocka_unit_test_setup(keys_in_one_burst_do_the_same, start_with_history),
    };
    return cmocka_run_group_tests_name("line_editor_recall", tests, NULL, NULL);
}
