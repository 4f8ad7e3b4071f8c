/* shell/editor/line_editor, watched on a model terminal: typing, lines that end, and what is no
 * key. */
#include "tests/unit/edited_line.h"

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
    static const char input[] = "\na\rb\nc\r\nd\r\r\n\ne\n\rf\n\r\n\r";
    static const char *const expected[] = {"", "a", "b", "c", "d", "", "", "e", "f", ""};
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

static void unknown_sequences_are_swallowed(void **state)
{
    (void)state;
    type("a\x1b[15~b\x1b[5~c\x1b[23~d\x1bOPe\x1b[[Af\x1b[1;2Pg\x1b[?1;2ch\x1b[999999999999~i");
    check_line("abcdefghi", 9);
    type("\x1b[1;2;3;4;5;6;7;8;9Z!");
    check_line("abcdefghi!", 10);
    type("\x01\x0F\x11\x1A"); /* Ctrl-A works, Ctrl-O, Q and Z mean nothing */
    check_line("abcdefghi!", 0);

    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
    line_editor_begin(&editor); /* now there is a history that F1, taken for Up, would bring back */
    type("a\x1b[[A\x1b[19~\x1b[@b");
    check_line("ab", 2);
}

static void a_lone_escape_takes_nothing_with_it(void **state)
{
    (void)state;
    type("\x1b");
    line_editor_give_up(&editor);
    type("stats");
    check_line("stats", 5);
    type("\x1b\x1b[D!");
    check_line("stat!s", 5);
    assert_int_equal(terminal.bells, 0);
    assert_int_equal(burst("\x1b[1;\r"), EDITOR_LINE_READY); /* a broken sequence neither */
    line_editor_begin(&editor);
    assert_int_equal(burst("\x1b[\x03"), EDITOR_INTERRUPTED);
}

/* As in readline: it rings, and is not taken for the letter. */
static void alt_with_a_key_that_means_nothing_rings(void **state)
{
    (void)state;
    type("a" ALT("s") ALT("Z") ALT("1") ALT("\xE4"));
    check_line("a", 1);
    assert_int_equal(terminal.bells, 4);
}

/* What a terminal answers, and what its mouse does, is not typed, and runs nothing. */
static void answers_of_a_terminal_are_not_typed(void **state)
{
    (void)state;
    type("a\x1b]11;rgb:0000/0000/0000\x1b\\b\x1b]0;x; reboot\r\n\a"
         "c\x1bP1$r0;1m\x1b\\d\x1b_x;y\x1b\\e\x1b^x;y\x1b\\f\x1bXx;y\x1b\\g");
    type("\x1b[M !!h\x1b[<0;10;20Mi\x1b[<0;10;20mj\x1b[32;10;20Mk\x1b[200~l\x1b[201~");
    check_line("abcdefghijkl", 12);
}

static void a_string_that_is_cut_ends(void **state)
{
    (void)state;
    type("a\x1b]0;title");
    assert_true(line_editor_is_waiting(&editor));
    line_editor_give_up(&editor);
    assert_false(line_editor_is_waiting(&editor));
    type("b");
    check_line("ab", 2);
    type("\x1bPxyz\x18"
         "c\x1b]x\x1b[Dd");
    check_line("abdc", 3);
    assert_int_equal(burst("\x1b]x\x03"), EDITOR_INTERRUPTED);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(typing_only_echoes, start_editor),
        cmocka_unit_test_setup(enter_ends_the_line, start_editor),
        cmocka_unit_test_setup(enter_in_the_middle_takes_the_whole_line, start_editor),
        cmocka_unit_test_setup(every_line_end_is_one, start_editor),
        cmocka_unit_test_setup(editing_in_the_middle, start_editor),
        cmocka_unit_test_setup(all_keys_for_both_ends, start_editor),
        cmocka_unit_test_setup(unknown_sequences_are_swallowed, start_editor),
        cmocka_unit_test_setup(a_lone_escape_takes_nothing_with_it, start_editor),
        cmocka_unit_test_setup(alt_with_a_key_that_means_nothing_rings, start_editor),
        cmocka_unit_test_setup(answers_of_a_terminal_are_not_typed, start_editor),
        cmocka_unit_test_setup(a_string_that_is_cut_ends, start_editor),
        cmocka_unit_test_setup(ctrl_c_abandons_the_line, start_editor),
        cmocka_unit_test_setup(ctrl_l_clears_the_screen, start_editor),
        cmocka_unit_test_setup(a_line_from_the_history_can_be_changed, start_editor),
    };
    return cmocka_run_group_tests_name("line_editor", tests, NULL, NULL);
}
