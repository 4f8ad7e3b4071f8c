/* Dead keys: what the decoder makes of an accent and the key behind it. */
#include "drivers/keyboard/decoder.h"
#include "tests/unit/unit_test.h"

static struct scan_codes codes;
static struct keyboard_decoder decoder;
static struct key_event events[16];
static unsigned event_count;

static void feed(uint8_t byte)
{
    struct scan_codes_result result = scan_codes_feed(&codes, byte);
    if (result.code != SCAN_CODE_NONE)
        event_count += keyboard_decoder_feed(&decoder, result.code, &events[event_count]);
}

/* Types the bytes on the layout of that name. */
static void type(const char *name, const char *bytes)
{
    event_count = 0;
    scan_codes_init(&codes, 1);
    keyboard_decoder_init(&decoder, keymap_find(name));
    for (; *bytes; bytes++)
        feed((uint8_t)*bytes);
}

static void check_typed(const uint16_t *expected)
{
    unsigned length = 0;
    while (expected[length])
        length++;
    assert_int_equal(event_count, length);
    for (unsigned i = 0; i < event_count; i++) {
        assert_int_equal(events[i].key, expected[i]);
        assert_true(events[i].pressed);
    }
}

static void dead_keys_go_over_letters(void **state)
{
    (void)state;
    type("de", "\x29\x12\x29\x2A\x18\xAA"); /* ^ e, ^ O */
    assert_int_equal(event_count, 2);
    check_typed(u"êÔ");
    type("de", "\x0D\x12\x2A\x0D\xAA\x1E"); /* acute e, grave a */
    check_typed(u"éà");
    type("fr", "\x2A\x1A\xAA\x12\xE0\x38\x03\xE0\xB8\x31\xE0\x38\x08\xE0\xB8\x16"); /* ë ñ ù */
    check_typed(u"ëñù");
    type("es", "\x28\x2C\x2A\x28\xAA\x16"); /* acute z: there is none; ü */
    check_typed(u"´zü");
}

static void dead_keys_may_stand_alone(void **state)
{
    (void)state;
    type("de", "\x29\x39"); /* ^ and the space bar */
    check_typed(u"^");
    type("de", "\x29\x29\x1E"); /* twice: the accent; then an a of its own */
    check_typed(u"^a");
    type("de", "\x29\x02\x1E"); /* ^1, a */
    check_typed(u"^1a");
    type("de", "\x29\x0D\x12"); /* ^ and then the acute accent, which waits for the e */
    check_typed(u"^é");
    type("de", "\x29\x0E"); /* Backspace takes away what it finds, the accent */
    check_typed(u"^\b");
}

/* A comes as it is: no accent waits for it. */
static void check_next_letter(void)
{
    event_count = 0;
    feed(0x1E);
    check_typed(u"a");
}

static void dead_keys_are_forgotten(void **state)
{
    (void)state;
    type("de", "\x29\x58\x1E"); /* F12 works at any time */
    assert_int_equal(event_count, 2);
    assert_int_equal(events[0].key, KEY_F12);
    assert_int_equal(events[1].key, 'a');
    type("de", "\x29");
    keyboard_decoder_set_keymap(&decoder, &keymap_us);
    check_next_letter();
    type("de", "\x29");
    keyboard_decoder_release_all(&decoder);
    check_next_letter();
}

static void composes(void **state)
{
    (void)state;
    assert_int_equal(keymap_compose(u'¨', u'y'), u'ÿ');
    assert_int_equal(keymap_compose(u'~', u'N'), u'Ñ');
    assert_int_equal(keymap_compose(u'´', u'Y'), u'Ý');
    assert_int_equal(keymap_compose(u'`', u' '), u'`');
    assert_int_equal(keymap_compose(u'~', u'e'), 0);
    assert_int_equal(keymap_compose(u'x', u'a'), 0);
    assert_int_equal(keymap_compose(u'^', u'â'), 0); /* has one already */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dead_keys_go_over_letters),
        cmocka_unit_test(dead_keys_may_stand_alone),
        cmocka_unit_test(dead_keys_are_forgotten),
        cmocka_unit_test(composes),
    };
    return cmocka_run_group_tests_name("keyboard_dead_keys", tests, NULL, NULL);
}
