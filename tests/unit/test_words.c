/* shell/editor/words: a line's words as the parser has them, and words as they have to be typed. */
#include "shell/editor/words.h"

#include <stdio.h>

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

static struct words words;

/* The words of the last command, each followed by a comma, and where the last one begins. */
static void check(const char *line, const char *expected, unsigned start, char quote)
{
    char text[512] = "";
    words_read(&words, line, (unsigned)strlen(line));
    for (unsigned i = 0; i < words.count && i < WORDS_MAX; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s,", words.words[i]);
    assert_string_equal(text, expected);
    assert_int_equal(words.start, start);
    assert_int_equal(words.quote, quote);
}

static void blanks_part_words(void **state)
{
    (void)state;
    check("", ",", 0, '\0');
    check("kill", "kill,", 0, '\0');
    check("  kill ", "kill,,", 7, '\0');
    check("kill\t12", "kill,12,", 5, '\0');
}

static void the_last_command_counts(void **state)
{
    (void)state;
    check("echo a;ki", "ki,", 7, '\0');
    check("echo a | ki 1", "ki,1,", 12, '\0');
    check("hog & ", ",", 6, '\0');
    check("echo ';' \"|\" \\& x", "echo,;,|,&,x,", 16, '\0');
}

static void quotes_are_taken_off(void **state)
{
    (void)state;
    check("a 'b c' d\"e f\"g", "a,b c,de fg,", 8, '\0');
    check("a \"b\\\"c\\\\d\\e\"", "a,b\"c\\d\\e,", 2, '\0');
    check("a b\\ c", "a,b c,", 2, '\0');
    check("a b\\", "a,b,", 2, '\0');
    check("a 'b c", "a,b c,", 2, '\'');
    check("a x\"b; c", "a,xb; c,", 2, '"');
    check("a \"b\\", "a,b\\,", 2, '"');
}

static void many_words_are_counted(void **state)
{
    char line[LINE_TEXT_SIZE];
    (void)state;
    for (unsigned i = 0; i < LINE_TEXT_SIZE - 1; i++)
        line[i] = i % 2 == 0 ? 'x' : ' ';
    words_read(&words, line, LINE_TEXT_SIZE - 1);
    assert_int_equal(words.count, LINE_TEXT_SIZE / 2);
    assert_string_equal(words.words[WORDS_MAX - 1], "x");
}

static void check_last(const char *line, const char *expected)
{
    char text[64];
    unsigned length;
    const char *last = words_last(line, &length);
    snprintf(text, sizeof(text), "%.*s", (int)length, last);
    assert_string_equal(text, expected);
}

static void the_last_word_is_as_it_was_typed(void **state)
{
    (void)state;
    check_last("spawn hog", "hog");
    check_last("spawn hog ; ", "hog");
    check_last("echo 'a b'", "'a b'");
    check_last("echo a\\ b", "a\\ b");
    check_last("uptime", "uptime");
    check_last(" ;; ", "");
}

static void check_quoted(const char *text, char quote, bool is_whole, const char *expected)
{
    char quoted[WORD_QUOTED_SIZE + 1];
    unsigned length = word_quote(quoted, text, (unsigned)strlen(text), quote, is_whole);
    quoted[length] = '\0';
    assert_string_equal(quoted, expected);
    if (!is_whole)
        return;
    words_read(&words, quoted, length); /* it is the same word again */
    assert_int_equal(words.count, 1);
    assert_string_equal(words.words[0], text);
}

static void special_characters_are_quoted(void **state)
{
    (void)state;
    check_quoted("plain_1-2=3.4", '\0', true, "plain_1-2=3.4");
    check_quoted("my thread", '\0', true, "'my thread'");
    check_quoted("my thread", '\0', false, "'my thread");
    check_quoted("my thread", '"', true, "\"my thread\"");
    check_quoted("plain", '\'', false, "'plain");
    check_quoted("it's;", '\'', true, "\"it's;\"");
    check_quoted("a\"b\\c'd", '\0', true, "\"a\\\"b\\\\c'd\"");
    check_quoted("#x", '\0', true, "'#x'");
    char longest[LINE_TEXT_SIZE];
    memset(longest, '"', sizeof(longest));
    longest[0] = '\'';
    char quoted[WORD_QUOTED_SIZE];
    assert_int_equal(word_quote(quoted, longest, LINE_TEXT_SIZE - 1, '\0', true),
                     2 * LINE_TEXT_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_part_words),
        cmocka_unit_test(the_last_command_counts),
        cmocka_unit_test(quotes_are_taken_off),
        cmocka_unit_test(many_words_are_counted),
        cmocka_unit_test(the_last_word_is_as_it_was_typed),
        cmocka_unit_test(special_characters_are_quoted),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
