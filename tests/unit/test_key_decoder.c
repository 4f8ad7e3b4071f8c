/* Keys, from the bytes of a terminal. */
#include <string.h>

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
        {"\x1b[A", TERMINAL_KEY_UP},
        {"\x1bOA", TERMINAL_KEY_UP},
        {"\x1b[B", TERMINAL_KEY_DOWN},
        {"\x1b[C", TERMINAL_KEY_RIGHT},
        {"\x1b[D", TERMINAL_KEY_LEFT},
        {"\x1b[H", TERMINAL_KEY_HOME},
        {"\x1b[1~", TERMINAL_KEY_HOME},
        {"\x1b[7~", TERMINAL_KEY_HOME},
        {"\x1b[F", TERMINAL_KEY_END},
        {"\x1bOF", TERMINAL_KEY_END},
        {"\x1b[4~", TERMINAL_KEY_END},
        {"\x1b[8~", TERMINAL_KEY_END},
        {"\x1b[5~", TERMINAL_KEY_PAGE_UP},
        {"\x1b[6~", TERMINAL_KEY_PAGE_DOWN},
        {"\x1b[3~", TERMINAL_KEY_DELETE},
        {"\x1b[1;2A", TERMINAL_KEY_UP},
        {"\x1b[1;5C", TERMINAL_KEY_WORD_RIGHT},
        {"\x1b[1;5D", TERMINAL_KEY_WORD_LEFT},
        {"\x1b"
         "f",
         TERMINAL_KEY_WORD_RIGHT},
        {"\x1b"
         "b",
         TERMINAL_KEY_WORD_LEFT},
        {"\x1b[5;5~", TERMINAL_KEY_PAGE_UP},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(sequences); i++)
        assert_key(sequences[i].bytes, sequences[i].key);
}

static void other_sequences_are_swallowed_whole(void **state)
{
    (void)state;
    feed("\x1b[2~\x1b[15~\x1b[Z\x1b[[A\x1b[1;2;3;4;5R\x1b[99999999999~\x1b[?1;2c\x1b[~");
    assert_int_equal(count, 0);
    assert_false(key_decoder_is_waiting(&decoder));
    assert_key("x", 'x');
}

static void keys_may_follow_each_other_closely(void **state)
{
    (void)state;
    feed("a\x1b[A\x1b[6~\x1bq");
    assert_int_equal(count, 4);
    assert_int_equal(keys[0], 'a');
    assert_int_equal(keys[1], TERMINAL_KEY_UP);
    assert_int_equal(keys[2], TERMINAL_KEY_PAGE_DOWN);
    assert_int_equal(keys[3], 'q');
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
        cmocka_unit_test_setup(keys_may_follow_each_other_closely, start),
        cmocka_unit_test_setup(an_escape_that_nothing_follows_is_a_key, start),
        cmocka_unit_test_setup(a_sequence_that_is_cut_short_is_none, start),
        cmocka_unit_test_setup(a_control_character_ends_a_sequence, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
