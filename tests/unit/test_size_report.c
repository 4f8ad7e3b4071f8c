/* shell/terminal/size_report: the answer is taken out of what is typed, and nothing else is. */
#include "shell/terminal/size_report.h"

#include <string.h>

#include "tests/unit/unit_test.h"

#define LATER 3000u /* ticks: longer than a report may pause */

static struct size_report report;
static uint64_t now;
static char typed[256]; /* what was input */
static unsigned typed_length;
static struct terminal_size told; /* the last one */
static unsigned times_told;

static int set_up(void **state)
{
    (void)state;
    memset(&report, 0, sizeof(report));
    memset(typed, 0, sizeof(typed));
    told = (struct terminal_size){0};
    typed_length = times_told = 0;
    now = 12345;
    return 0;
}

static void take(const uint8_t *input, unsigned count)
{
    assert_true(count <= SIZE_REPORT_BYTES);
    memcpy(typed + typed_length, input, count);
    typed_length += count;
}

static void feed(const char *bytes)
{
    uint8_t input[SIZE_REPORT_BYTES];
    struct terminal_size size;
    for (; *bytes != '\0'; bytes++) {
        take(input, size_report_feed(&report, (uint8_t)*bytes, now, input, &size));
        if (size.columns != 0) {
            told = size;
            times_told++;
        }
    }
}

static void feed_beginning(const char *bytes, size_t length)
{
    char beginning[32] = "";
    assert_true(length < sizeof(beginning));
    memcpy(beginning, bytes, length);
    feed(beginning);
}

static void wait_for(unsigned ticks)
{
    uint8_t input[SIZE_REPORT_BYTES];
    now += ticks;
    take(input, size_report_pass_time(&report, now, input));
}

static void wait(void)
{
    wait_for(LATER);
}

static void check(const char *expected, unsigned columns, unsigned rows)
{
    assert_string_equal(typed, expected);
    assert_int_equal(told.columns, columns);
    assert_int_equal(told.rows, rows);
}

static void an_answer_is_taken_out_of_what_is_typed(void **state)
{
    (void)state;
    size_report_expect(&report);
    feed("spa\x1b[24;80Rwn hog\r");
    check("spawn hog\r", 80, 24);
}

static void each_question_has_an_answer(void **state)
{
    (void)state;
    size_report_expect(&report);
    size_report_expect(&report);
    feed("\x1b[24;80R\x1b[50;132R");
    check("", 132, 50);
    feed("\x1b[7;7R"); /* nobody has asked for that */
    check("\x1b[7;7R", 132, 50);
    assert_int_equal(times_told, 2);
}

static void keys_go_through_while_one_is_expected(void **state)
{
    static const char *const keys[] = {
        "x",        "\r",       "\x03",     "\x1b[A",    "\x1bOA", "\x1b[3~",       "\x1b[1;5C",
        "\x1b\x62", "\x1b[[A",  "\x1b[15~", "\x1b[1;2R", "\x1bOR", "\x1b[12345;1R", "\x1b[;R",
        "\x1b[5R",  "\xc3\xa4",
    };
    for (unsigned i = 0; i < COUNT_OF(keys); i++) {
        set_up(state);
        size_report_expect(&report);
        feed(keys[i]);
        check(keys[i], 0, 0);
        feed("\x1b[24;80R");
        check(keys[i], 80, 24);
    }
}

static void escape_alone_is_a_key_after_a_moment(void **state)
{
    (void)state;
    size_report_expect(&report);
    feed("\x1b");
    check("", 0, 0);
    wait();
    check("\x1b", 0, 0);
    feed("\x1b");
    feed("\x1b[24;80R"); /* the second ESC ends the first */
    check("\x1b\x1b", 80, 24);
}

static void what_is_left_of_a_cut_answer_is_not_typed(void **state)
{
    static const char answer[] = "\x1b[124;180R";
    for (unsigned length = 3; length < sizeof(answer) - 1; length++) {
        set_up(state);
        size_report_expect(&report);
        feed_beginning(answer, length);
        wait();
        feed("ps\r");
        check("ps\r", 0, 0);

        set_up(state);
        size_report_expect(&report);
        feed_beginning(answer, length);
        feed("\rps\r"); /* at once: a control character is never part of an answer */
        check("\rps\r", 0, 0);
    }
}

static void an_answer_may_come_late(void **state)
{
    (void)state;
    size_report_expect(&report);
    feed("ls\r");
    for (unsigned i = 0; i < 100; i++)
        wait();
    feed("\x1b[24;80R");
    check("ls\r", 80, 24);
}

static void the_rest_of_an_answer_may_come_a_second_later(void **state)
{
    static const char answer[] = "\x1b[124;180R";
    for (unsigned length = 3; length < sizeof(answer) - 1; length++) {
        set_up(state);
        size_report_expect(&report);
        feed_beginning(answer, length);
        wait_for(1000);
        feed(answer + length);
        check("", 180, 124);
    }
}

static void an_answer_in_pieces_is_one(void **state)
{
    (void)state;
    size_report_expect(&report);
    for (const char *byte = "\x1b[50;132R"; *byte != '\0'; byte++) {
        feed((const char[]){*byte, '\0'});
        wait_for(50);
    }
    check("", 132, 50);
}

/* The clock jumps where a host has stopped its machine; the bytes were there all the time. */
static void a_clock_that_jumps_cuts_no_answer(void **state)
{
    (void)state;
    size_report_expect(&report);
    feed("\x1b");
    now += LATER;
    feed("[50;132R");
    check("", 132, 50);
}

static void anything_at_all_loses_nothing_but_answers(void **state)
{
    static const char alphabet[] = "\x1b[0123456789;RA~\r";
    uint64_t seed = 20261130;
    for (unsigned run = 0; run < 20000; run++) {
        char bytes[32] = "";
        for (unsigned i = 0; i < sizeof(bytes) - 1; i++)
            bytes[i] = alphabet[random_below(&seed, sizeof(alphabet) - 1)];
        set_up(state);
        size_report_expect(&report);
        feed(bytes);
        wait();
        /* What was typed is what came, in its order, and nothing else. */
        const char *next = bytes;
        for (unsigned i = 0; i < typed_length; i++) {
            next = strchr(next, typed[i]);
            assert_non_null(next);
            next++;
        }
        for (unsigned i = 0; bytes[i] != '\0'; i++) /* no Enter is ever lost */
            typed_length += bytes[i] == '\r';
        for (unsigned i = 0; typed[i] != '\0'; i++)
            typed_length -= typed[i] == '\r';
        assert_int_equal(typed_length, strlen(typed));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_answer_is_taken_out_of_what_is_typed, set_up),
        cmocka_unit_test_setup(each_question_has_an_answer, set_up),
        cmocka_unit_test_setup(keys_go_through_while_one_is_expected, set_up),
        cmocka_unit_test_setup(escape_alone_is_a_key_after_a_moment, set_up),
        cmocka_unit_test_setup(what_is_left_of_a_cut_answer_is_not_typed, set_up),
        cmocka_unit_test_setup(an_answer_may_come_late, set_up),
        cmocka_unit_test_setup(the_rest_of_an_answer_may_come_a_second_later, set_up),
        cmocka_unit_test_setup(an_answer_in_pieces_is_one, set_up),
        cmocka_unit_test_setup(a_clock_that_jumps_cuts_no_answer, set_up),
        cmocka_unit_test_setup(anything_at_all_loses_nothing_but_answers, set_up),
    };
    return cmocka_run_group_tests_name("size_report", tests, NULL, NULL);
}
