/* Keys, from the bytes of a terminal. */
#include <stdio.h>
#include <string.h>

#include "kernel/lib/ascii.h"
#include "shell/terminal/key_decoder.h"
#include "tests/unit/unit_test.h"

#define KEYS_MAX 16u

static struct key_decoder decoder;
static int keys[KEYS_MAX];
static unsigned count;

static int start(void **state)
{
    (void)state;
    key_decoder_init(&decoder);
    count = 0;
    return 0;
}

/* Feeds the bytes, and keeps the keys that come of them. */
static void feed(const char *bytes)
{
    for (; *bytes != '\0'; bytes++) {
        int key = key_decoder_feed(&decoder, (uint8_t)*bytes);
        assert_true(count < KEYS_MAX);
        if (key != TERMINAL_KEY_NONE)
            keys[count++] = key;
    }
}

/* The bytes are one key, and nothing is left of them. */
static void assert_key(const char *bytes, int key)
{
    count = 0;
    feed(bytes);
    assert_int_equal(count, 1);
    assert_int_equal(keys[0], key);
    assert_false(key_decoder_is_waiting(&decoder));
}

static void characters_stand_for_themselves(void **state)
{
    (void)state;
    assert_key("a", 'a');
    assert_key("~", '~');
    assert_key("\r", '\r');
    assert_key("\x7f", CONTROL_DELETE);
    assert_key("\x0c", CONTROL('L'));
    assert_key("\xe4", 0xE4);
}

static void sequences_are_keys(void **state)
{
    static const struct {
        const char *bytes;
        int key;
    } sequences[] = {
        {"\x1b[A", TERMINAL_KEY_UP},           {"\x1bOA", TERMINAL_KEY_UP},
        {"\x1b[B", TERMINAL_KEY_DOWN},         {"\x1b[C", TERMINAL_KEY_RIGHT},
        {"\x1b[D", TERMINAL_KEY_LEFT},         {"\x1b[H", TERMINAL_KEY_HOME},
        {"\x1b[1~", TERMINAL_KEY_HOME},        {"\x1b[7~", TERMINAL_KEY_HOME},
        {"\x1b[F", TERMINAL_KEY_END},          {"\x1bOF", TERMINAL_KEY_END},
        {"\x1b[4~", TERMINAL_KEY_END},         {"\x1b[8~", TERMINAL_KEY_END},
        {"\x1b[5~", TERMINAL_KEY_PAGE_UP},     {"\x1b[6~", TERMINAL_KEY_PAGE_DOWN},
        {"\x1b[2~", TERMINAL_KEY_INSERT},      {"\x1b[3~", TERMINAL_KEY_DELETE},
        {"\x1b[1;2A", TERMINAL_KEY_UP},        {"\x1b[1;5C", TERMINAL_KEY_WORD_RIGHT},
        {"\x1b[1;5D", TERMINAL_KEY_WORD_LEFT}, {"\x1b[1;3C", TERMINAL_KEY_WORD_RIGHT},
        {"\x1b[1;7D", TERMINAL_KEY_WORD_LEFT}, {"\x1b[1;2C", TERMINAL_KEY_RIGHT},
        {"\x1bOc", TERMINAL_KEY_WORD_RIGHT}, /* rxvt */
        {"\x1bOd", TERMINAL_KEY_WORD_LEFT},    {"\x1b[5;5~", TERMINAL_KEY_PAGE_UP},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(sequences); i++)
        assert_key(sequences[i].bytes, sequences[i].key);
}

static void other_sequences_are_swallowed_whole(void **state)
{
    (void)state;
    feed("\x1b[23~\x1b[15~\x1b[c\x1b[Z\x1b[[A\x1b[1;2;3;4;5R\x1b[99999999999~\x1b[?1;2c\x1b[~");
    assert_int_equal(count, 0);
    assert_false(key_decoder_is_waiting(&decoder));
    assert_key("x", 'x');
}

/* The bytes are no key, and nothing is left of them. */
static void assert_swallowed(const char *bytes)
{
    count = 0;
    feed(bytes);
    if (count != 0 || key_decoder_is_waiting(&decoder))
        fail_msg("not swallowed: ESC %s", bytes + 1);
    assert_key("x", 'x');
}

static void answers_are_swallowed_whole(void **state)
{
    static const char *const answers[] = {
        "\x1b[?62;22c",             /* device attributes */
        "\x1b[>0;276;0c",           /* the same, secondary */
        "\x1b[24;80R",              /* the cursor's place */
        "\x1b[?24;80R",             /* the same, DEC's */
        "\x1b[0n",                  /* status */
        "\x1b[8;24;80t",            /* size */
        "\x1b[?2026;2$y",           /* a mode */
        "\x1b[1 q",                 /* with an intermediate character */
        "\x1b[?1A",                 /* no cursor key */
        "\x1b[I\x1b[O",             /* focus */
        "\x1b[97;5u",               /* a key in the fashion of CSI u */
        "\x1b[27;5;97~",            /* in that of modifyOtherKeys */
        "\x1b[1:2A",                /* with a sub-parameter */
        "\x1b[200~\x1b[201~",       /* bracketed paste */
        "\x1bOP\x1bOM\x1bOj",       /* function keys and the keypad */
        "\x1b(B\x1b#8\x1b%G\x1b F", /* with an intermediate character */
        "\x1b\\",                   /* the end of what was none */
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(answers); i++)
        assert_swallowed(answers[i]);
}

static void mouse_reports_are_swallowed_whole(void **state)
{
    (void)state;
    assert_swallowed("\x1b[M !!");
    assert_swallowed("\x1b[M#\x7f\xff");
    assert_swallowed("\x1b[M[OA");
    assert_swallowed("\x1b[<0;10;20M");
    assert_swallowed("\x1b[<35;10;20m");
    assert_swallowed("\x1b[32;10;20M");
    assert_key("\x1b[M \r", '\r'); /* cut */
    assert_key("\x1b[M \x1b[A", TERMINAL_KEY_UP);
}

static void steps_of_the_wheel_are_keys(void **state)
{
    (void)state;
    assert_key("\x1b[<64;10;20M", TERMINAL_KEY_WHEEL_UP);
    assert_key("\x1b[<65;9999;9999M", TERMINAL_KEY_WHEEL_DOWN);
    assert_key("\x9b<65;1;1M", TERMINAL_KEY_WHEEL_DOWN);
    assert_key("\x1b[<92;1;1M", TERMINAL_KEY_WHEEL_UP); /* with Shift, Alt and Ctrl */
    assert_swallowed("\x1b[<66;10;20M");                /* to the left */
    assert_swallowed("\x1b[<64;10;20m");
    assert_swallowed("\x1b[<64;10;20A");
    assert_swallowed("\x1b[64;10;20M");
    assert_swallowed("\x1b[?64;10;20M");
    assert_swallowed("\x1b[<?64;10;20M");
    assert_swallowed("\x1b[64<;10;20M");
    assert_swallowed("\x1bO<64;10;20M");
}

static void strings_are_swallowed_whole(void **state)
{
    static const char *const ends[] = {"\a", "\x1b\\", "\x9c", "\x18", "\x1a"};
    static const char *const inside[] = {"", "11;rgb:0/0/0", "0;x; reboot\r", "\x7f\x80\xe4[A"};
    char bytes[64];
    (void)state;
    for (unsigned begin = 0; begin < 5; begin++) {
        for (unsigned i = 0; i < COUNT_OF(inside) * COUNT_OF(ends); i++) {
            const char *text = inside[i / COUNT_OF(ends)];
            const char *end = ends[i % COUNT_OF(ends)];
            snprintf(bytes, sizeof(bytes), "\x1b%c%s%s", "]P_^X"[begin], text, end);
            assert_swallowed(bytes);
            snprintf(bytes, sizeof(bytes), "%c%s%s", "\x9d\x90\x9f\x9e\x98"[begin], text, end);
            assert_swallowed(bytes);
        }
    }
}

static void control_characters_may_have_eight_bits(void **state)
{
    (void)state;
    assert_key("\x9b"
               "A",
               TERMINAL_KEY_UP);
    assert_key("\x8f"
               "F",
               TERMINAL_KEY_END);
    assert_key("\x1b[1\x9b"
               "A",
               TERMINAL_KEY_UP);
    assert_swallowed("\x9c");
    assert_key("\x80", 0x80);
}

static void strings_that_are_cut_end(void **state)
{
    (void)state;
    assert_key("\x1b]0;x\x03", CONTROL('C'));
    assert_key("\x1b]0;x\x1b[A", TERMINAL_KEY_UP);
    assert_key("\x1b]0;x\x1b\r", '\r');
    for (unsigned i = 0; i < 2; i++) { /* in the text, and in the end */
        count = 0;
        feed(i == 0 ? "\x1b]0;x" : "\x1b]0;x\x1b");
        assert_true(key_decoder_is_waiting(&decoder));
        assert_int_equal(key_decoder_give_up(&decoder), TERMINAL_KEY_NONE);
        assert_int_equal(count, 0);
        assert_key("x", 'x');
    }
}

static void alt_is_an_escape(void **state)
{
    (void)state;
    assert_key("\x1bx", TERMINAL_KEY_ALT('x'));
    assert_key("\x1bY", TERMINAL_KEY_ALT('y'));
    assert_key("\x1b;", TERMINAL_KEY_ALT(';'));
    assert_key("\x1b.", TERMINAL_KEY_ALT('.'));
    assert_key("\x1b\x7f", TERMINAL_KEY_ALT(CONTROL_DELETE));
    assert_key("\x1b\b", TERMINAL_KEY_ALT('\b'));
    assert_key("\x1b\xe4", TERMINAL_KEY_ALT(0xE4));
    assert_key("\x1b]0;x\x1b\x7f", CONTROL_DELETE); /* not behind the ESC that may end a string */
}

static void keys_may_follow_each_other_closely(void **state)
{
    (void)state;
    feed("a\x1b[A\x1b[6~\x1bq");
    assert_int_equal(count, 4);
    assert_int_equal(keys[0], 'a');
    assert_int_equal(keys[1], TERMINAL_KEY_UP);
    assert_int_equal(keys[2], TERMINAL_KEY_PAGE_DOWN);
    assert_int_equal(keys[3], TERMINAL_KEY_ALT('q'));
}

static void an_escape_that_nothing_follows_is_a_key(void **state)
{
    (void)state;
    feed("\x1b");
    assert_int_equal(count, 0);
    assert_true(key_decoder_is_waiting(&decoder));
    assert_int_equal(key_decoder_give_up(&decoder), CONTROL_ESCAPE);
    assert_false(key_decoder_is_waiting(&decoder));
    assert_key("[", '[');
}

static void a_sequence_that_is_cut_short_is_none(void **state)
{
    (void)state;
    feed("\x1b[1;");
    assert_true(key_decoder_is_waiting(&decoder));
    assert_int_equal(key_decoder_give_up(&decoder), TERMINAL_KEY_NONE);
    assert_key("A", 'A');
}

static void a_control_character_ends_a_sequence(void **state)
{
    (void)state;
    assert_key("\x1b[1\x03", CONTROL('C'));
    assert_key("\x1b\r", '\r');
    assert_key("\x1b[\x1b[B", TERMINAL_KEY_DOWN);
    assert_key("\x1b[[\x7f", CONTROL_DELETE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(characters_stand_for_themselves, start),
        cmocka_unit_test_setup(sequences_are_keys, start),
        cmocka_unit_test_setup(other_sequences_are_swallowed_whole, start),
        cmocka_unit_test_setup(answers_are_swallowed_whole, start),
        cmocka_unit_test_setup(mouse_reports_are_swallowed_whole, start),
        cmocka_unit_test_setup(steps_of_the_wheel_are_keys, start),
        cmocka_unit_test_setup(strings_are_swallowed_whole, start),
        cmocka_unit_test_setup(control_characters_may_have_eight_bits, start),
        cmocka_unit_test_setup(strings_that_are_cut_end, start),
        cmocka_unit_test_setup(alt_is_an_escape, start),
        cmocka_unit_test_setup(keys_may_follow_each_other_closely, start),
        cmocka_unit_test_setup(an_escape_that_nothing_follows_is_a_key, start),
        cmocka_unit_test_setup(a_sequence_that_is_cut_short_is_none, start),
        cmocka_unit_test_setup(a_control_character_ends_a_sequence, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
