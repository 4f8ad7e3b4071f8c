/* shell/editor/history: what is kept, in which order, and with how much memory. */
#include "shell/editor/history.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

static struct history history;
static unsigned blocks, blocks_max;

static void *allocate(size_t size)
{
    if (blocks == blocks_max)
        return NULL;
    blocks++;
    return malloc(size);
}

static void release(void *block)
{
    blocks--;
    free(block);
}

static const struct editor_memory memory = {allocate, release};

static int start(void **state)
{
    (void)state;
    blocks_max = 10000;
    history_init(&history, &memory);
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_clear(&history);
    assert_int_equal(blocks, 0);
    assert_null(history_older(&history, NULL));
    return 0;
}

/* The lines from the oldest to the newest, parted by commas, in both directions. */
static void check(const char *expected)
{
    char text[256] = "";
    const struct history_line *line = NULL, *older;
    unsigned count = 0;
    while ((older = history_older(&history, line)) != NULL)
        line = older;
    for (; line != NULL; line = history_newer(&history, line), count++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s,", line->text);
    assert_string_equal(text, expected);
    assert_int_equal(history.count, count);
    assert_int_equal(blocks, count);
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
    const struct history_line *line = NULL;
    for (unsigned i = 0; i < HISTORY_LINES; i++)
        line = history_older(&history, line);
    assert_string_equal(line->text, "line 3");
    assert_null(history_older(&history, line));
}

static void without_memory_the_oldest_make_room(void **state)
{
    (void)state;
    history_add(&history, "one");
    history_add(&history, "two");
    blocks_max = 2;
    history_add(&history, "three");
    check("two,three,");
    history_add(&history, "two"); /* needs none */
    check("three,two,");
    history_clear(&history);
    blocks_max = 0;
    history_add(&history, "four");
    check("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_kept_in_order, start, end),
        cmocka_unit_test_setup_teardown(a_line_that_comes_again_moves, start, end),
        cmocka_unit_test_setup_teardown(blanks_are_no_line_and_part_of_none, start, end),
        cmocka_unit_test_setup_teardown(the_oldest_are_forgotten, start, end),
        cmocka_unit_test_setup_teardown(without_memory_the_oldest_make_room, start, end),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
