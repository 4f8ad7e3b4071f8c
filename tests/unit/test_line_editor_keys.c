/* shell/editor/line_editor, watched on a model terminal: the keys that edit, as readline has them.
 */
#include "tests/unit/edited_line.h"

#define BACKSPACE   "\x7F"
#define YANK        "\x19"
#define UNDO        "\x1F"
#define TRANSPOSE   "\x14"
#define KILL_END    "\x0B"
#define KILL_HOME   "\x15"
#define KILL_BLANKS "\x17"

static void moving_by_words(void **state)
{
    (void)state;
    type("one  two-three");
    type(WORD_LEFT);
    check_line("one  two-three", 9);
    type(ALT("b"));
    check_line("one  two-three", 5);
    type("\x1b[1;3D" WORD_LEFT);
    check_line("one  two-three", 0);
    type(WORD_RIGHT);
    check_line("one  two-three", 3);
    type(ALT("f"));
    check_line("one  two-three", 8);
    type(ALT("F") "\x1b[1;3C");
    check_line("one  two-three", 14);
    type(KILL_HOME "na\xEFve a_b\xD7" ALT("b"));
    check_line("na\xEFve a_b\xD7", 8);
    type(ALT("b") ALT("b"));
    check_line("na\xEFve a_b\xD7", 0);
}

static void killing_parts_of_the_line(void **state)
{
    (void)state;
    type("one two three" WORD_LEFT KILL_END);
    check_line("one two ", 8);
    type(KILL_BLANKS);
    check_line("one ", 4);
    type("more  " KILL_BLANKS);
    check_line("one ", 4);
    type(LEFT LEFT KILL_HOME);
    check_line("e ", 0);
    type("a.b" KILL_BLANKS);
    check_line("e ", 0);
    type(END KILL_END KILL_HOME KILL_BLANKS KILL_END);
    check_line("", 0);
    type("run a.b c" ALT("\x7F"));
    check_line("run a.b ", 8);
    type(ALT("\b"));
    check_line("run a.", 6);
    type(HOME RIGHT ALT("d"));
    check_line("r a.", 1);
    type(ALT("D"));
    check_line("r.", 1);
    type(ALT("d"));
    check_line("r", 1);
    assert_int_equal(terminal.bells, 0);
}

static void yanking_brings_back(void **state)
{
    (void)state;
    type(YANK);
    assert_int_equal(terminal.bells, 1);
    check_line("", 0);
    type("abc def" KILL_BLANKS "x" YANK);
    check_line("abc xdef", 8);
    type(HOME YANK);
    check_line("defabc xdef", 3);
}

static void kills_in_a_row_are_one(void **state)
{
    (void)state;
    type("one two three" KILL_BLANKS KILL_BLANKS KILL_BLANKS YANK);
    check_line("one two three", 13);
    type(HOME ALT("d") ALT("d") END YANK);
    check_line(" threeone two", 13);
    type(HOME RIGHT RIGHT KILL_END KILL_HOME YANK); /* both sides of the cursor */
    check_line(" threeone two", 13);
    type(KILL_END KILL_BLANKS KILL_END KILL_BLANKS YANK); /* nothing is killed in between */
    check_line(" threeone two", 13);
    type(KILL_BLANKS LEFT KILL_HOME YANK); /* another key is */
    check_line(" threeone ", 9);
    type(KILL_HOME KILL_END "\x0C" /* Ctrl-L */ YANK);
    check_line(" threeone ", 10);
}

static void yank_pop_goes_back(void **state)
{
    (void)state;
    type("one" KILL_HOME "two" KILL_HOME "three" KILL_HOME ALT("y"));
    assert_int_equal(terminal.bells, 1); /* not behind a yank */
    type("<>" LEFT YANK);
    check_line("<three>", 6);
    type(ALT("y"));
    check_line("<two>", 4);
    type(ALT("Y"));
    check_line("<one>", 4);
    type(ALT("y"));
    check_line("<three>", 6);
    type(ALT("y") YANK); /* what was chosen stays chosen */
    check_line("<twotwo>", 7);
    type(LEFT ALT("y"));
    check_line("<twotwo>", 6);
    assert_int_equal(terminal.bells, 2);
    type("x" KILL_BLANKS YANK); /* the newest again */
    check_line("<twotwxo>", 7);
}

static void the_kill_ring_keeps_ten(void **state)
{
    (void)state;
    for (char letter = 'a'; letter <= 'k'; letter++)
        type((char[]){letter, *KILL_HOME, '\0'});
    type(YANK);
    for (unsigned i = 1; i < KILL_RING_TEXTS; i++)
        type(ALT("y"));
    check_line("b", 1);
    type(ALT("y"));
    check_line("k", 1);
}

static void what_does_not_fit_is_not_yanked(void **state)
{
    char text[LINE_EDITOR_SIZE];
    (void)state;
    memset(text, 'x', LONGEST);
    text[LONGEST] = '\0';
    burst(text);
    type(KILL_HOME "ab" YANK);
    check_line("ab", 2);
    assert_int_equal(terminal.bells, 1);
    type(KILL_HOME YANK ALT("y") YANK); /* and what was yanked stays when the next does not fit */
    check_window(text, LONGEST);
}

static void transposing(void **state)
{
    (void)state;
    type(TRANSPOSE "a" TRANSPOSE);
    check_line("a", 1);
    assert_int_equal(terminal.bells, 2);
    type("bc" TRANSPOSE);
    check_line("acb", 3);
    type(LEFT LEFT TRANSPOSE);
    check_line("cab", 2);
    type(TRANSPOSE);
    check_line("cba", 3);
    type(HOME TRANSPOSE);
    check_line("cba", 0);
    assert_int_equal(terminal.bells, 3);
}

static void insert_overwrites(void **state)
{
    (void)state;
    type("abcdef" HOME INSERT "xy");
    check_line("xycdef", 2);
    type(BACKSPACE);
    check_line("x cdef", 1);
    type(INSERT "z" BACKSPACE);
    check_line("x cdef", 1);
    type(INSERT END "gh" BACKSPACE);
    check_line("x cdefg", 7);
    burst("\r");
    line_editor_begin(&editor);
    type("ab" HOME "c"); /* each line begins with inserting */
    check_line("cab", 1);
}

static void a_full_line_can_be_overwritten(void **state)
{
    char text[LINE_EDITOR_SIZE];
    (void)state;
    memset(text, 'x', LONGEST);
    text[LONGEST] = '\0';
    burst(text);
    type(HOME INSERT "a");
    text[0] = 'a';
    check_window(text, 1);
    assert_int_equal(terminal.bells, 0);
}

static void undo_takes_back_change_by_change(void **state)
{
    (void)state;
    type("echo one" KILL_BLANKS "two");
    type(BACKSPACE BACKSPACE);
    check_line("echo t", 6);
    type(UNDO);
    check_line("echo tw", 7);
    type("\x18\x15"); /* Ctrl-X Ctrl-U */
    check_line("echo two", 8);
    type(UNDO);
    check_line("echo ", 5);
    type(UNDO);
    check_line("echo one", 8);
    type(UNDO);
    check_line("", 0);
    assert_int_equal(terminal.bells, 0);
    type(UNDO);
    assert_int_equal(terminal.bells, 1);
}

/* Moving ends a run of typed characters; what was undone is not a change. */
static void runs_are_undone_as_one(void **state)
{
    (void)state;
    type("ac" LEFT "b" UNDO);
    check_line("ac", 1);
    type("xy" UNDO UNDO);
    check_line("", 0);
    type("b" YANK TRANSPOSE UNDO);
    check_line("", 0);
}

static void every_change_can_be_undone(void **state)
{
    static const struct {
        const char *keys;
        const char *line;
    } changes[] = {
        {TRANSPOSE, "abc"}, {KILL_END, "b"},   {KILL_HOME, "ac"},   {YANK, "bkac"},
        {DELETE, "bc"},     {ALT("d"), "b"},   {INSERT "x", "bxc"}, {BACKSPACE, "ac"},
        {UP, "older"},      {"\x10", "older"}, {ALT("\x7F"), "ac"}, {ALT("."), "bolderac"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        start_editor(NULL);
        enter("older");
        type("k" KILL_HOME "bac" LEFT LEFT);
        if (strcmp(changes[i].keys, UP) == 0)
            type(HOME);
        unsigned cursor = editor.line.cursor;
        type(changes[i].keys);
        assert_string_equal(line_editor_text(&editor), changes[i].line);
        type(UNDO);
        check_line("bac", cursor);
        type(UNDO UNDO UNDO);
        check_line("", 0);
    }
}

static void a_line_that_was_cut_stays_cut(void **state)
{
    char text[LINE_EDITOR_SIZE + 1];
    (void)state;
    memset(text, 'x', LINE_EDITOR_SIZE);
    text[LINE_EDITOR_SIZE] = '\0';
    enter("ok");
    burst(text);
    type("\x10");
    check_line("ok", 2);
    type(UNDO);
    assert_int_equal(burst("\r"), EDITOR_TOO_LONG);
    line_editor_begin(&editor);
    burst(text);
    type("\x10\x0E");
    assert_int_equal(burst("\r"), EDITOR_TOO_LONG);
    line_editor_begin(&editor);
    burst(text);
    type("\x10");
    assert_int_equal(burst("\r"), EDITOR_LINE_READY);
}

/* However much was changed, the last step is the empty line. */
static void undo_ends_at_the_empty_line(void **state)
{
    (void)state;
    type("xx" LEFT);
    for (unsigned i = 0; i < UNDO_STEPS; i++)
        type("a" BACKSPACE);
    for (unsigned i = 0; i < UNDO_STEPS; i++)
        type(UNDO);
    check_line("xx", 1);
    type(UNDO);
    check_line("", 0);
    type(UNDO);
    assert_int_equal(terminal.bells, 1);
}

static void control_x_needs_a_second_key(void **state)
{
    (void)state;
    type("abc\x18"
         "d");
    check_line("abc", 3);
    assert_int_equal(terminal.bells, 1);
    type("d\x18\x01");
    check_line("abcd", 4);
    assert_int_equal(burst("\x18\r"), EDITOR_LINE_READY);
}

static unsigned stops;

static void stop_output(void *context)
{
    assert_ptr_equal(context, &terminal);
    stops++;
}

static void asking_for_the_output_to_stop(void **state)
{
    static const struct line_editor_operations with_stop = OPERATIONS(.stop_output = stop_output);
    (void)state;
    restart_editor(TERMINAL_COLUMNS, &with_stop);
    stops = 0;
    type("a\x13"
         "b");
    assert_int_equal(stops, 1);
    check_line("ab", 2);
    type("\x12\x13"); /* goes on with the search */
    assert_int_equal(stops, 1);
    type("\x07\x13");
    assert_int_equal(stops, 2);
    restart_editor(TERMINAL_COLUMNS, &operations);
    type("\x13"
         "c"); /* where nobody stops it */
    check_line("c", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(moving_by_words, start_editor),
        cmocka_unit_test_setup(killing_parts_of_the_line, start_editor),
        cmocka_unit_test_setup(yanking_brings_back, start_editor),
        cmocka_unit_test_setup(kills_in_a_row_are_one, start_editor),
        cmocka_unit_test_setup(yank_pop_goes_back, start_editor),
        cmocka_unit_test_setup(the_kill_ring_keeps_ten, start_editor),
        cmocka_unit_test_setup(what_does_not_fit_is_not_yanked, start_editor),
        cmocka_unit_test_setup(transposing, start_editor),
        cmocka_unit_test_setup(insert_overwrites, start_editor),
        cmocka_unit_test_setup(a_full_line_can_be_overwritten, start_editor),
        cmocka_unit_test_setup(undo_takes_back_change_by_change, start_editor),
        cmocka_unit_test_setup(runs_are_undone_as_one, start_editor),
        cmocka_unit_test_setup(every_change_can_be_undone, start_editor),
        cmocka_unit_test_setup(a_line_that_was_cut_stays_cut, start_editor),
        cmocka_unit_test_setup(undo_ends_at_the_empty_line, start_editor),
        cmocka_unit_test_setup(control_x_needs_a_second_key, start_editor),
        cmocka_unit_test_setup(asking_for_the_output_to_stop, start_editor),
    };
    return cmocka_run_group_tests_name("line_editor_keys", tests, NULL, NULL);
}
