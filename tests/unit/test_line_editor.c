/* shell/editor/line_editor, watched on a model terminal: keys, history and completion. */
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

static void blank_lines_are_not_remembered(void **state)
{
    (void)state;
    enter("one");
    enter("   ");
    enter("");
    type(UP);
    check_line("one", 3);
    type(UP);
    check_line("one", 3);
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

/* Neither half of a word, nor the blank behind one that is not there. */
static void tab_adds_all_or_nothing(void **state)
{
    char text[LINE_EDITOR_SIZE];
    (void)state;
    memset(text, 'x', LONGEST);
    memcpy(text + LONGEST - 2, " t", 3); /* `two` has two more */
    for (unsigned room = 0; room <= 3; room++) {
        unsigned added = room < 2 ? 0 : room;
        line_editor_begin(&editor);
        burst(text + room);
        line_editor_refresh(&editor);
        terminal.bells = 0;
        type("\t");
        assert_int_equal(strlen(line_editor_text(&editor)), LONGEST - room + added);
        assert_string_equal(line_editor_text(&editor) + LONGEST - room - 1, added == 0   ? "t"
                                                                            : added == 2 ? "two"
                                                                                         : "two ");
        assert_int_equal(terminal.bells, added == 0);
        line_editor_feed(&editor, '\r');
    }
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
    const struct line_editor_operations many_operations = {.write = write_to_terminal,
                                                           .complete = many};

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
    const struct line_editor_operations no_completion = {.write = write_to_terminal};

    line_editor_init(&editor, PROMPT, TERMINAL_COLUMNS, &no_completion, &terminal);
    terminal_init(&terminal);
    type("a\t\tb");
    check_line("ab", 2);
    assert_int_equal(terminal.bells, 2);
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
        cmocka_unit_test_setup(killing_parts_of_the_line, start_editor),
        cmocka_unit_test_setup(moving_by_words, start_editor),
        cmocka_unit_test_setup(unknown_sequences_are_swallowed, start_editor),
        cmocka_unit_test_setup(a_lone_escape_takes_nothing_with_it, start_editor),
        cmocka_unit_test_setup(answers_of_a_terminal_are_not_typed, start_editor),
        cmocka_unit_test_setup(a_string_that_is_cut_ends, start_editor),
        cmocka_unit_test_setup(ctrl_c_abandons_the_line, start_editor),
        cmocka_unit_test_setup(ctrl_l_clears_the_screen, start_editor),
        cmocka_unit_test_setup(history_walks_up_and_down, start_editor),
        cmocka_unit_test_setup(blank_lines_are_not_remembered, start_editor),
        cmocka_unit_test_setup(a_line_from_the_history_can_be_changed, start_editor),
        cmocka_unit_test_setup(history_forgets_the_oldest, start_editor),
        cmocka_unit_test_setup(tab_completes_what_is_unique, start_editor),
        cmocka_unit_test_setup(tab_adds_all_or_nothing, start_editor),
        cmocka_unit_test_setup(tab_extends_what_is_common, start_editor),
        cmocka_unit_test_setup(a_second_tab_lists, start_editor),
        cmocka_unit_test_setup(a_list_has_columns, start_editor),
        cmocka_unit_test_setup(without_a_callback_tab_rings, start_editor),
    };
    return cmocka_run_group_tests_name("line_editor", tests, NULL, NULL);
}
