/* shell/parser. Words of a command are compared joined by '|', commands by '/'. */
#include <stdlib.h>
#include <string.h>

#include "kernel/lib/errors.h"
#include "shell/parser.h"
#include "tests/unit/unit_test.h"

/* On the heap and no byte longer than needed, so that AddressSanitizer sees every overrun. */
static char *exact_copy(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    return copy;
}

static void check(const char *text, const char *expected)
{
    char *line = exact_copy(text);
    char joined[1024] = "";
    struct parsed_line parsed;
    const char *error = "not touched";
    char **words;
    unsigned count;
    unsigned commands = 0;

    assert_int_equal(parse_line(line, &parsed, &error), 0);
    assert_null(error);
    while ((count = parsed_line_next(&parsed, &words))) {
        strcat(joined, commands++ ? "/" : "");
        for (unsigned i = 0; i < count; i++) {
            strcat(joined, i ? "|" : "");
            strcat(joined, words[i]);
        }
        assert_null(words[count]);
    }
    assert_string_equal(joined, expected);
    free(line);
}

static void check_error(const char *text, const char *expected)
{
    char *line = exact_copy(text);
    struct parsed_line parsed;
    const char *error = NULL;

    assert_int_equal(parse_line(line, &parsed, &error), -ERROR_INVALID);
    assert_string_equal(error, expected);
    free(line);
}

static void words_are_parted_by_blanks(void **state)
{
    (void)state;
    check("", "");
    check("  \t ", "");
    check("stats", "stats");
    check("spawn hog 2", "spawn|hog|2");
    check("  spawn\thog  2 \t", "spawn|hog|2");
    check("prio=40", "prio=40");
}

static void commands_are_parted_by_semicolons(void **state)
{
    (void)state;
    check("a;b", "a/b");
    check("a 1 ; b 2;c", "a|1/b|2/c");
    check(";;a;; ;b;", "a/b");
    check(";", "");
}

static void quotes_and_backslashes_keep_characters(void **state)
{
    (void)state;
    check("echo 'a  b;c#d'", "echo|a  b;c#d");
    check("echo \"a  b;c#d\"", "echo|a  b;c#d");
    check("echo 'it''s'", "echo|its");
    check("echo a'b c'd\"e f\"", "echo|ab cde f");
    check("echo '' \"\"", "echo||");
    check("echo '\"' \"'\"", "echo|\"|'");
    check("echo '\\'", "echo|\\");
    check("echo \"\\\"\\\\\\n\"", "echo|\"\\\\n");
    check("echo a\\ b \\; \\# \\\\ \\'", "echo|a b|;|#|\\|'");
    check("'';a", "/a");
}

static void a_comment_goes_to_the_end(void **state)
{
    (void)state;
    check("# nothing; here", "");
    check("a # b; c 'd", "a");
    check("a;#b", "a");
    check("a#b", "a#b");
    check("a b#", "a|b#");
}

static void what_is_not_finished_is_an_error(void **state)
{
    (void)state;
    check_error("echo 'a", "a quote is not closed");
    check_error("echo \"a", "a quote is not closed");
    check_error("echo \"a\\\"", "a quote is not closed");
    check_error("echo \"a\\", "a quote is not closed");
    check_error("'", "a quote is not closed");
    check_error("echo a\\", "nothing follows the last backslash");
    check_error("ok; echo 'a", "a quote is not closed"); /* nothing of the line is to run */
}

/* Fills a line with `count` words, each followed by `separator`. */
static void repeat(char *line, unsigned count, const char *separator)
{
    *line = '\0';
    for (unsigned i = 0; i < count; i++) {
        strcat(line, "w");
        strcat(line, separator);
    }
}

static void the_number_of_words_is_limited(void **state)
{
    (void)state;
    char line[512];
    struct parsed_line parsed;
    const char *error;
    char **words;

    repeat(line, PARSER_WORDS - 1, " ");
    assert_int_equal(parse_line(line, &parsed, &error), 0);
    assert_int_equal(parsed_line_next(&parsed, &words), PARSER_WORDS - 1);
    assert_null(words[PARSER_WORDS - 1]);
    assert_int_equal(parsed_line_next(&parsed, &words), 0);

    repeat(line, PARSER_WORDS, " ");
    check_error(line, "too many words");

    repeat(line, PARSER_WORDS / 2, ";"); /* each command takes a place for its end */
    assert_int_equal(parse_line(line, &parsed, &error), 0);
    repeat(line, PARSER_WORDS / 2 + 1, ";");
    check_error(line, "too many words");
}

/* Whatever the line, the parser stays within it and its words, and comes to an end. */
static void survives_any_line(void **state)
{
    (void)state;
    static const char characters[] = "ab '\"\\;#\t";
    uint64_t random = 7;

    for (unsigned round = 0; round < 20000; round++) {
        char text[64];
        unsigned length = random_below(&random, sizeof(text));
        struct parsed_line parsed;
        const char *error;
        char **words;
        unsigned count;

        for (unsigned i = 0; i < length; i++)
            text[i] = characters[random_below(&random, sizeof(characters) - 1)];
        text[length] = '\0';

        char *line = exact_copy(text);
        if (parse_line(line, &parsed, &error) == 0) {
            while ((count = parsed_line_next(&parsed, &words))) {
                for (unsigned i = 0; i < count; i++)
                    assert_true(words[i] + strlen(words[i]) <= line + length);
            }
        } else {
            assert_non_null(error);
        }
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_parted_by_blanks),
        cmocka_unit_test(commands_are_parted_by_semicolons),
        cmocka_unit_test(quotes_and_backslashes_keep_characters),
        cmocka_unit_test(a_comment_goes_to_the_end),
        cmocka_unit_test(what_is_not_finished_is_an_error),
        cmocka_unit_test(the_number_of_words_is_limited),
        cmocka_unit_test(survives_any_line),
    };
    return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
