/* kernel/lib/wrap: text in rows of each width. */
#include "kernel/lib/wrap.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static char rows[4096];

/* The rows of `text`, each with a newline. */
static const char *wrapped(const char *text, unsigned columns)
{
    struct wrap wrap;
    struct wrapped_row row;
    rows[0] = '\0';
    wrap_init(&wrap, text, columns);
    while (wrap_next(&wrap, &row)) {
        assert_true(row.indent + row.length <= columns);
        snprintf(rows + strlen(rows), sizeof(rows) - strlen(rows), "%*s%.*s\n", (int)row.indent, "",
                 (int)row.length, row.text);
    }
    return rows;
}

static void what_fits_stays_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(wrapped("", 10), "");
    assert_string_equal(wrapped("one", 10), "one\n");
    assert_string_equal(wrapped("one\n", 10), "one\n");
    assert_string_equal(wrapped("one\n\n  two  \n", 10), "one\n\n  two  \n");
    assert_string_equal(wrapped("0123456789\n", 10), "0123456789\n");
}

static void lines_break_at_blanks(void **state)
{
    (void)state;
    assert_string_equal(wrapped("one two three four", 9), "one two\nthree\nfour\n");
    assert_string_equal(wrapped("0123456789 x", 10), "0123456789\nx\n");
    assert_string_equal(wrapped("012345678 x", 10), "012345678\nx\n");
    assert_string_equal(wrapped("  one two three", 9), "  one two\n  three\n");
    assert_string_equal(wrapped("one two      \nx", 8), "one two\nx\n");
}

static void a_word_longer_than_a_row_is_cut(void **state)
{
    (void)state;
    assert_string_equal(wrapped("0123456789abc d", 10), "0123456789\nabc d\n");
    assert_string_equal(wrapped("   0123456789", 8), "   01234\n   56789\n");
}

static void columns_of_text_go_on_below_themselves(void **state)
{
    (void)state;
    assert_string_equal(wrapped("on   A thread loses the CPU\noff  It keeps it\n", 16),
                        "on   A thread\n     loses the\n     CPU\noff  It keeps it\n");
    assert_string_equal(wrapped("a long head of it  text that goes on", 18),
                        "a long head of it\ntext that goes on\n");
}

static void no_character_is_lost_at_any_width(void **state)
{
    (void)state;
    static const char text[] = "TURN_MS  from arrival to end, WAIT_MS: of that, waiting   for it\n"
                               "         (of the first 1000)\n\nq, Esc, Ctrl-C      quit\n";
    for (unsigned columns = 2; columns < 100; columns++) {
        const char *expected = text;
        for (const char *next = wrapped(text, columns); *next != '\0'; next++) {
            if (*next == ' ' || *next == '\n')
                continue;
            expected += strspn(expected, " \n");
            assert_int_equal(*next, *expected++);
        }
        assert_int_equal(strspn(expected, " \n"), strlen(expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_as_it_is),
        cmocka_unit_test(lines_break_at_blanks),
        cmocka_unit_test(a_word_longer_than_a_row_is_cut),
        cmocka_unit_test(columns_of_text_go_on_below_themselves),
        cmocka_unit_test(no_character_is_lost_at_any_width),
    };
    return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
