/* shell/editor/history: what is kept, in which order, and how much of it. */
#include "shell/editor/history.h"

#include <stdio.h>

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

static struct history history;

static int start(void **state)
{
    (void)state;
    history_clear(&history);
    return 0;
}

/* The lines from the oldest to the newest, parted by commas, in both directions. */
static void check(const char *expected)
{
    char text[256] = "";
    const char *line = NULL, *older;
    unsigned count = 0;
    while ((older = history_older(&history, line)) != NULL)
        line = older;
    for (; line != NULL; line = history_newer(&history, line), count++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s,", line);
    assert_string_equal(text, expected);
    assert_int_equal(history.count, count);
}

static void lines_are_kept_in_order(void **state)
{
    (void)state;
    check("");
    assert_null(history_newer(&history, NULL));
    history_add(&history, "one");
    history_add(&history, "two");
    history_add(&history, "three");
    check("one,two,three,");
}

static void a_line_that_comes_again_moves(void **state)
{
    (void)state;
    history_add(&history, "one");
    history_add(&history, "two");
    history_add(&history, "one");
    check("two,one,");
    history_add(&history, "  two ");
    check("one,two,");
    history_add(&history, "tw");
    history_add(&history, "two2");
    check("one,two,tw,two2,");
}

static void blanks_are_no_line_and_part_of_none(void **state)
{
    (void)state;
    history_add(&history, "");
    history_add(&history, "    ");
    check("");
    history_add(&history, "  a  b   ");
    check("a  b,");
    history_add(&history, "echo \\ ");
    history_add(&history, "echo \\   ");
    history_add(&history, "\\ ");
    check("a  b,echo \\ ,\\ ,");
}

static void the_oldest_are_forgotten(void **state)
{
    char text[16];
    (void)state;
    for (unsigned i = 0; i < HISTORY_LINES + 3; i++) {
        snprintf(text, sizeof(text), "line %u", i);
        history_add(&history, text);
    }
    assert_int_equal(history.count, HISTORY_LINES);
    const char *line = NULL;
    for (unsigned i = 0; i < HISTORY_LINES; i++)
        line = history_older(&history, line);
    assert_string_equal(line, "line 3");
    assert_null(history_older(&history, line));
}

static void long_lines_make_room_for_each_other(void **state)
{
    char text[256];
    unsigned length = sizeof(text) - 1;
    (void)state;
    for (unsigned i = 0; i < HISTORY_LINES; i++) {
        snprintf(text, sizeof(text), "%0*u", (int)length, i);
        history_add(&history, text);
        assert_string_equal(history_older(&history, NULL), text);
    }
    assert_int_equal(history.count, HISTORY_SIZE / sizeof(text));
    const char *line = NULL, *older;
    for (unsigned i = HISTORY_LINES; (older = history_older(&history, line)) != NULL;
         line = older) {
        snprintf(text, sizeof(text), "%0*u", (int)length, --i);
        assert_string_equal(older, text);
    }
}

static void all_is_forgotten(void **state)
{
    (void)state;
    history_add(&history, "one");
    history_clear(&history);
    check("");
    assert_null(history_older(&history, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lines_are_kept_in_order, start),
        cmocka_unit_test_setup(a_line_that_comes_again_moves, start),
        cmocka_unit_test_setup(blanks_are_no_line_and_part_of_none, start),
        cmocka_unit_test_setup(the_oldest_are_forgotten, start),
        cmocka_unit_test_setup(long_lines_make_room_for_each_other, start),
        cmocka_unit_test_setup(all_is_forgotten, start),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
