/* shell/other_words. */
#include "shell/other_words.c"

#include <string.h>

#include "tests/unit/unit_test.h"

#define COLUMNS 79u

static void each_word_has_an_answer_that_fits_into_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        char words[256];
        assert_true(strlen(answers[i].words) < sizeof(words));
        strcpy(words, answers[i].words);
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
            assert_string_equal(other_word_answer(word), answers[i].answer);
            assert_true(strlen(word) + strlen(": ") + strlen(answers[i].answer) <= COLUMNS);
        }
    }
}

static void what_is_no_such_word_has_none(void **state)
{
    static const char *const words[] = {"", "l", "lss", "s", "xit", "preempt", "hog", "LS"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        assert_null(other_word_answer(words[i]));
}

static void what_was_promised_is_known(void **state)
{
    static const char *const words[] = {"ls", "exit", "halt", "dmesg", "free", "uname", "sudo"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        assert_non_null(other_word_answer(words[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_has_an_answer_that_fits_into_a_row),
        cmocka_unit_test(what_is_no_such_word_has_none),
        cmocka_unit_test(what_was_promised_is_known),
    };
    return cmocka_run_group_tests_name("other_words", tests, NULL, NULL);
}
