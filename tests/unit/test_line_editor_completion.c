/* shell/editor/line_editor, watched on a model terminal: Tab. */
#include <stdio.h>

#include "tests/unit/edited_line.h"

static void tab_completes_what_is_unique(void **state)
{
    (void)state;
    type("sp\t");
    check_line("spawn ", 6);
    type("t\t");
    check_line("spawn two ", 10);
    type("\x15"
         "1;st" HOME RIGHT RIGHT "x\x7Fpre\t"); /* behind a semicolon, in the middle */
    check_line("1;preempt st", 10);
    type("\x01\x0Bprex" LEFT "\t"); /* only what stands before the cursor is the word */
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
    type("\t"); /* as in readline: only when one has put in nothing, the next lists */
    assert_int_equal(terminal.bells, 1);
    assert_int_equal(terminal.row, 0);
    type("\t");
    check_row(1, "stats   status");
    type("\x15zzz\t");
    check_line("zzz", 3);
    assert_int_equal(terminal.bells, 2);
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

static void behind_a_word_there_is_one_blank(void **state)
{
    (void)state;
    type("sp x" LEFT LEFT "\t");
    check_line("spawn x", 6);
    type("\x15\x0Bspawn o; x" LEFT LEFT LEFT "\t");
    check_line("spawn one ; x", 10);
}

static void separators_begin_commands(void **state)
{
    (void)state;
    type("stats|sp\t");
    check_line("stats|spawn ", 12);
    type("\x15stats & pr\t");
    check_line("stats & preempt ", 16);
    type("\x15spawn 'x;' o\t");
    check_line("spawn 'x;' one ", 15);
}

static void without_a_callback_tab_rings(void **state)
{
    (void)state;
    static const struct line_editor_operations no_completion = OPERATIONS(.redraw = NULL);

    restart_editor(TERMINAL_COLUMNS, &no_completion);
    type("a\t\tb");
    check_line("ab", 2);
    assert_int_equal(terminal.bells, 2);
}

/* --- Other words ------------------------------------------------------------------------------ */

struct word {
    const char *text;
    const char *help;
};

static const struct word *words;
static bool is_interrupted;
static unsigned told;

static void complete(void *context, struct completion *completion)
{
    (void)context;
    for (const struct word *word = words; word->text; word++, told++)
        completion_add(completion, word->text, word->help);
}

static bool ask_interrupted(void *context)
{
    (void)context;
    return is_interrupted;
}

static const struct line_editor_operations other_words =
    OPERATIONS(.completion = {complete, ask_interrupted});

static void complete_with(const struct word *with)
{
    words = with;
    is_interrupted = false;
    restart_editor(TERMINAL_COLUMNS, &other_words);
}

static void few_words_have_their_help(void **state)
{
    static const struct word few[] = {
        {"prio", "change a thread's priority"}, {"ps", "list the threads"}, {"px", NULL}, {0}};
    (void)state;
    complete_with(few);
    type("\t\t\t");
    check_row(1, "prio  change a thread's priority");
    check_row(2, "ps    list the threads");
    check_row(3, "px");
    assert_int_equal(terminal.row, 4);
    check_line("p", 1);
    line_editor_resize(&editor, 40, 12);
    terminal_init_columns(&terminal, 40);
    static const struct word wide[] = {
        {"aaaa", "this text of help is longer than what fits into the row"}, {"ab", NULL}, {0}};
    words = wide;
    burst("\x15"
          "a\t\t");
    check_row(1, "aaaa  this text of help is longer than");
    check_row(2, "ab");
}

static void many_words_have_columns(void **state)
{
    char names[30][8];
    struct word many[31] = {{0}};
    (void)state;
    for (unsigned i = 0; i < 30; i++) {
        snprintf(names[i], sizeof(names[i]), "%u-x", i + 10);
        many[i] = (struct word){names[i], "help"};
    }
    complete_with(many);
    type("\t\t");
    check_row(1, "10-x  11-x  12-x  13-x  14-x  15-x  16-x  17-x  18-x  19-x  20-x  21-x  22-x");
    check_row(3, "36-x  37-x  38-x  39-x");
    assert_int_equal(terminal.row, 4);
}

static void a_list_has_columns(void **state)
{
    static const struct word some[] = {{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0", NULL},
                                       {"b1", NULL},
                                       {"c2", NULL},
                                       {"d3", NULL},
                                       {"e4", NULL},
                                       {0}};
    (void)state;
    complete_with(some);
    type("\t\t");
    check_row(1, some[0].text);
    check_row(5, "e4");
    restart_editor(2 * TERMINAL_COLUMNS, &other_words);
    burst("\t\t"); /* 40 wide each, 3 of them in a row of 160 */
    assert_int_equal(terminal.row, 3);
}

/* --- More than the screen has room for -------------------------------------------------------- */

#define MANY 1000u

static char long_names[MANY][16];
static struct word too_many[MANY + 1];

static void start_with_too_many(unsigned columns)
{
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(long_names[i], sizeof(long_names[i]), "%u", 1000 + i);
        too_many[i].text = long_names[i];
    }
    words = too_many;
    is_interrupted = false;
    restart_editor(columns, &other_words);
}

static void too_many_are_asked_for(void **state)
{
    (void)state;
    start_with_too_many(TERMINAL_COLUMNS);
    type("1\t\t");
    check_row(0, PROMPT "1");
    check_row(1, "Display all 1000 possibilities? (y or n)");
    assert_int_equal(terminal.row, 1);
    assert_int_equal(terminal.column, 40);
    type("x\r\t"); /* no answers */
    assert_int_equal(terminal.bells, 4);
    line_editor_hide(&editor); /* a notice */
    check_row(1, "");
    write_to_terminal(&terminal, "news\r\n", 6);
    line_editor_refresh(&editor);
    check_row(2, "Display all 1000 possibilities? (y or n)");
    type("n");
    check_row(2, "Display all 1000 possibilities? (y or n)");
    assert_int_equal(terminal.row, 3);
    check_line("1", 1);
}

static void all_are_displayed_after_yes(void **state)
{
    (void)state;
    start_with_too_many(TERMINAL_COLUMNS);
    type("\t\t\ty");
    check_row(TERMINAL_ROWS - 2, "1988  1989  1990  1991  1992  1993  1994  1995  1996  1997  "
                                 "1998  1999");
    check_line("1", 1);
    told = 0;
    type("\t\t"); /* what is asked of the words does not grow with the square of their number */
    assert_true(told <= 3 * MANY);
}

static void the_question_ends_otherwise(void **state)
{
    static const char *const answers[] = {"n", "N", "\x7F", "\b", "\x07"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        start_with_too_many(TERMINAL_COLUMNS);
        type("1\t\t");
        type(answers[i]);
        assert_int_equal(terminal.row, 2);
        check_line("1", 1);
    }
    start_with_too_many(TERMINAL_COLUMNS);
    type("1\t\t");
    assert_int_equal(burst("\x03"), EDITOR_INTERRUPTED);
    check_row(2, PROMPT "1^C");
    line_editor_begin(&editor);
    check_line("", 0);
}

static void a_narrow_terminal_is_asked_shortly(void **state)
{
    (void)state;
    start_with_too_many(40);
    burst("1\t\t");
    line_editor_refresh(&editor);
    check_row(1, "Display all 1000? (y or n)");
    assert_int_equal(terminal.row, 1);
}

static void an_interrupt_ends_the_list(void **state)
{
    (void)state;
    start_with_too_many(TERMINAL_COLUMNS);
    is_interrupted = true;
    type("1\t\ty");
    assert_int_equal(terminal.row, 3);
    check_line("1", 1);
}

/* --- Words with special characters ------------------------------------------------------------ */

static void special_words_come_quoted(void **state)
{
    static const struct word special[] = {
        {"my thread", NULL}, {"my turn", NULL}, {"it's", NULL}, {"plain", NULL}, {0}};
    (void)state;
    complete_with(special);
    type("kill my\t");
    check_line("kill 'my t", 10);
    type("h\t");
    check_line("kill 'my thread' ", 17);
    type("\x15"
         "kill \"my tu\t");
    check_line("kill \"my turn\" ", 15);
    type("\x15"
         "kill my\\ tu\t");
    check_line("kill 'my turn' ", 15);
    type("\x15"
         "kill i\t");
    check_line("kill \"it's\" ", 12);
    type("\x15"
         "kill 'pl\t");
    check_line("kill 'plain' ", 13);
    type("\x15"
         "kill pl\t");
    check_line("kill plain ", 11);
}

static void a_value_comes_right_behind(void **state)
{
    static const struct word values[] = {{"prio=", NULL}, {0}};
    (void)state;
    complete_with(values);
    type("\t");
    check_line("prio=", 5);
    type("\t");
    check_line("prio=", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(tab_completes_what_is_unique, start_editor),
        cmocka_unit_test_setup(tab_adds_all_or_nothing, start_editor),
        cmocka_unit_test_setup(tab_extends_what_is_common, start_editor),
        cmocka_unit_test_setup(a_second_tab_lists, start_editor),
        cmocka_unit_test_setup(behind_a_word_there_is_one_blank, start_editor),
        cmocka_unit_test_setup(separators_begin_commands, start_editor),
        cmocka_unit_test_setup(without_a_callback_tab_rings, start_editor),
        cmocka_unit_test(few_words_have_their_help),
        cmocka_unit_test(many_words_have_columns),
        cmocka_unit_test(a_list_has_columns),
        cmocka_unit_test(too_many_are_asked_for),
        cmocka_unit_test(all_are_displayed_after_yes),
        cmocka_unit_test(the_question_ends_otherwise),
        cmocka_unit_test(a_narrow_terminal_is_asked_shortly),
        cmocka_unit_test(an_interrupt_ends_the_list),
        cmocka_unit_test(special_words_come_quoted),
        cmocka_unit_test(a_value_comes_right_behind),
    };
    return cmocka_run_group_tests_name("line_editor_completion", tests, NULL, NULL);
}
