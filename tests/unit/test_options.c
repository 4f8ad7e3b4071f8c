/* kernel/options. */
#include <stdio.h>
#include <string.h>

#include "kernel/options.h"
#include "tests/unit/unit_test.h"

#define SCREEN_COLUMNS 80

static struct kernel_options options;
static unsigned complaints;
static char complained_word[BOOT_COMMAND_LINE_SIZE];
static const char *complained_expected;

static void complain(const char *word, const char *expected)
{
    assert_true(strlen(expected) > 0);
    snprintf(complained_word, sizeof(complained_word), "%s", word);
    complained_expected = expected;
    complaints++;
}

static void parse(const char *command_line)
{
    complaints = 0;
    options_parse(&options, command_line, complain);
}

static void accepts(const char *command_line)
{
    parse(command_line);
    assert_int_equal(complaints, 0);
}

/* The word is told, and all is as if it were not there. */
static void rejects(const char *word)
{
    char line[BOOT_COMMAND_LINE_SIZE];
    snprintf(line, sizeof(line), "quantum=7 %s console=vga", word);
    parse(line);
    assert_int_equal(complaints, 1);
    assert_string_equal(complained_word, word);
    assert_int_equal(options.quantum_ms, 7);
    assert_true(options.uses_screen && !options.uses_serial);
    assert_int_equal(options.preempt, OPTION_NOT_SAID);
    assert_null(options.policy);
    assert_null(options.keymap);
    assert_null(options.run);
    assert_int_equal(options.priority, -1);
    assert_int_equal(options.log_level, LOG_INFO);
    assert_false(options.has_slow_tick || options.has_auto_quantum);
}

static void test_nothing_said(void **state)
{
    (void)state;
    accepts("");
    assert_true(options.uses_screen && options.uses_serial);
    assert_int_equal(options.priority, -1);
    assert_int_equal(options.quantum_ms, 0);
    assert_int_equal(options.log_level, LOG_INFO);
    accepts("  \t ");
}

static void test_each_word(void **state)
{
    (void)state;
    accepts("preempt=on quantum=25 policy=fair priority=63 console=serial keymap=de log=warning "
            "tick=slow run=ps");
    assert_int_equal(options.preempt, OPTION_ON);
    assert_int_equal(options.quantum_ms, 25);
    assert_string_equal(options.policy, "fair");
    assert_int_equal(options.priority, 63);
    assert_true(options.uses_serial && !options.uses_screen);
    assert_string_equal(options.keymap, "de");
    assert_int_equal(options.log_level, LOG_WARNING);
    assert_true(options.has_slow_tick);
    assert_string_equal(options.run, "ps");
    accepts("tsc=off tsc=on");
    assert_false(options.has_no_tsc);
    accepts("tick=rtc tsc=off");
    assert_true(options.has_no_tsc);
    assert_true(options.has_rtc_tick && !options.has_slow_tick);
    accepts("prio=5 loglevel=notice");
    assert_int_equal(options.priority, 5);
    assert_int_equal(options.log_level, LOG_NOTICE);
    accepts("preempt=off quantum=auto console=both log=error tick=fast");
    assert_false(options.has_rtc_tick);
    assert_int_equal(options.preempt, OPTION_OFF);
    assert_true(options.has_auto_quantum);
    assert_true(options.uses_serial && options.uses_screen);
    assert_int_equal(options.log_level, LOG_ERROR);
    assert_false(options.has_slow_tick);
}

static void test_a_later_word_overrides(void **state)
{
    (void)state;
    accepts("quantum=auto preempt=on quantum=5 preempt=off");
    assert_int_equal(options.preempt, OPTION_OFF);
    assert_int_equal(options.quantum_ms, 5);
    assert_false(options.has_auto_quantum);
    accepts("console=serial safe");
    assert_true(options.uses_screen && !options.uses_serial && options.has_slow_tick);
    accepts("tick=rtc safe");
    assert_true(options.has_slow_tick && !options.has_rtc_tick);
    accepts("safe console=both tick=fast");
    assert_true(options.uses_screen && options.uses_serial && !options.has_slow_tick);
}

static void test_quotes_keep_blanks(void **state)
{
    (void)state;
    accepts("  run='spawn hog 2; echo \"two  words\"'  quantum=3 ");
    assert_string_equal(options.run, "spawn hog 2; echo \"two  words\"");
    assert_int_equal(options.quantum_ms, 3);
    accepts("run=\"echo it's\"");
    assert_string_equal(options.run, "echo it's");
    accepts("run=sp'awn hog'");
    assert_string_equal(options.run, "spawn hog");
    accepts("'run=a b'");
    assert_string_equal(options.run, "a b");
}

static void test_a_quote_that_is_not_closed(void **state)
{
    (void)state;
    parse("quantum=9 run='spawn hog; preempt=on");
    assert_int_equal(complaints, 1);
    assert_int_equal(options.quantum_ms, 9);
    assert_null(options.run);
    assert_int_equal(options.preempt, OPTION_NOT_SAID);
}

static void test_wrong_words(void **state)
{
    static const char *const words[] = {
        "preempt",   "preempt=",      "preempt=maybe", "preempt=on=off", "quantum=0",
        "quantum=x", "quantum=1001",  "quantum=-1",    "quantum=",       "policy=",
        "policy",    "priority=64",   "priority=x",    "priority=",      "console=",
        "console=x", "console=vga,x", "keymap=",       "log=loud",       "log=",
        "tick=",     "tick=10",       "tsc=maybe",     "run=",           "run",
        "safe=on",   "safe=",         "bogus",         "bogus=1",        "=",
        "=1",        "Preempt=on"};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(words); i++)
        rejects(words[i]);
}

/* A row of the screen each, and nothing of it is cut. */
static void test_what_is_told_fits(void **state)
{
    static const char *const lines[] = {"averylongword=1",
                                        "preempt=averylongword",
                                        "quantum=averylongword",
                                        "policy=",
                                        "priority=averylongword",
                                        "console=averylongword",
                                        "keymap=",
                                        "log=averylongword",
                                        "tick=averylongword",
                                        "tsc=averylongword",
                                        "run=",
                                        "safe=averylongword",
                                        "run='open and never closed",
                                        "\x01"};
    char told[LOG_MESSAGE_SIZE];
    (void)state;
    assert_true(strlen(options_keys) <= SCREEN_COLUMNS);
    for (unsigned i = 0; i < COUNT_OF(lines); i++) {
        parse(lines[i]);
        assert_int_equal(complaints, 1);
        assert_int_equal(complained_expected == options_keys, i == 0);
        const char *expected = i == 0 ? "one of:" : complained_expected;
        int length = snprintf(told, sizeof(told), OPTIONS_COMPLAINT, complained_word, expected);
        assert_true(length <= SCREEN_COLUMNS);
    }
}

static void test_text(void **state)
{
    char line[BOOT_COMMAND_LINE_SIZE];
    (void)state;
    assert_true(options_are_text(""));
    assert_true(options_are_text("a ~\t"));
    assert_false(options_are_text("a\n"));
    assert_false(options_are_text("\x1b[2J"));
    assert_false(options_are_text("\x7f"));
    memset(line, 'a', sizeof(line));
    assert_true(options_are_text(line)); /* without an end: its last byte is not looked at */
}

static void test_what_is_no_text(void **state)
{
    char line[BOOT_COMMAND_LINE_SIZE];
    (void)state;
    memset(line, 0xCC, sizeof(line)); /* RAM that was never written, without an end */
    parse(line);
    assert_int_equal(complaints, 1);
    assert_true(options.uses_screen && options.uses_serial);
    memset(line, 'a', sizeof(line));
    parse(line);
    assert_int_equal(complaints, 1);
    parse("quantum=5\n");
    assert_int_equal(complaints, 1);
    assert_int_equal(options.quantum_ms, 0);
}

static void test_nobody_to_complain_to(void **state)
{
    (void)state;
    options_parse(&options, "bogus 'open quantum=5", NULL);
    options_parse(&options, "\x01 quantum=5", NULL);
    assert_int_equal(options.quantum_ms, 0);
}

/* Whatever stands there, the parser stays within the text (the sanitizers look). */
static void test_random_texts(void **state)
{
    static const char alphabet[] = "quantmp=' \"5oefsgil";
    char line[BOOT_COMMAND_LINE_SIZE];
    (void)state;
    uint64_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        unsigned length = random_below(&seed, sizeof(line));
        for (unsigned i = 0; i < length; i++)
            line[i] = alphabet[random_below(&seed, sizeof(alphabet) - 1)];
        line[length] = '\0';
        parse(line);
        assert_true(options.uses_screen || options.uses_serial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_said),
        cmocka_unit_test(test_each_word),
        cmocka_unit_test(test_a_later_word_overrides),
        cmocka_unit_test(test_quotes_keep_blanks),
        cmocka_unit_test(test_a_quote_that_is_not_closed),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_what_is_told_fits),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_what_is_no_text),
        cmocka_unit_test(test_nobody_to_complain_to),
        cmocka_unit_test(test_random_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
