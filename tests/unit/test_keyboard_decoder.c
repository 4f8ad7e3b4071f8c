/* drivers/keyboard/decoder with the US layout, and with one made up for AltGr. */
#include <string.h>

#include "drivers/keyboard/decoder.h"
#include "tests/unit/unit_test.h"

#define SHIFT "\x2A"
#define CTRL  "\x1D"
#define ALT   "\x38"
#define CAPS  "\x3A\xBA"
#define NUM   "\x45\xC5"

static struct scan_codes scan_codes;
static struct keyboard_decoder decoder;
static struct key_event events[64];
static unsigned event_count;

static void feed(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        assert_true(event_count + KEYBOARD_EVENTS_MAX <= COUNT_OF(events));
        struct scan_codes_result result = scan_codes_feed(&scan_codes, (uint8_t)bytes[i]);
        if (result.code != SCAN_CODE_NONE)
            event_count += keyboard_decoder_feed(&decoder, result.code, &events[event_count]);
    }
}

/* Feeds the bytes of a literal to a new decoder. */
#define START(bytes)                                 \
    do {                                             \
        scan_codes_init(&scan_codes, 1);             \
        keyboard_decoder_init(&decoder, &keymap_us); \
        event_count = 0;                             \
        feed(bytes, sizeof(bytes) - 1);              \
    } while (0)

#define FEED(bytes)                     \
    do {                                \
        event_count = 0;                \
        feed(bytes, sizeof(bytes) - 1); \
    } while (0)

static void check_event(unsigned index, unsigned key, unsigned modifiers, bool pressed)
{
    assert_true(index < event_count);
    assert_int_equal(events[index].key, key);
    assert_int_equal(events[index].modifiers, modifiers);
    assert_int_equal(events[index].pressed, pressed);
}

static void check_single(unsigned key, unsigned modifiers)
{
    assert_int_equal(event_count, 1);
    check_event(0, key, modifiers, true);
}

/* The whole main block, row by row, plain and shifted. */
static void every_character_of_the_us_layout(void **state)
{
    (void)state;
    static const char codes[] = "\x29\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D"
                                "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B"
                                "\x1E\x1F\x20\x21\x22\x23\x24\x25\x26\x27\x28\x2B"
                                "\x2C\x2D\x2E\x2F\x30\x31\x32\x33\x34\x35\x39";
    static const char plain[] = "`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./ ";
    static const char shifted[] = "~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>? ";

    assert_int_equal(sizeof(codes), sizeof(plain));
    assert_int_equal(sizeof(codes), sizeof(shifted));
    for (size_t i = 0; i < sizeof(codes) - 1; i++) {
        START("");
        feed(&codes[i], 1);
        check_single((uint8_t)plain[i], 0);
        START(SHIFT);
        feed(&codes[i], 1);
        check_single((uint8_t)shifted[i], KEY_MODIFIER_SHIFT);
    }
}

static void keys_repeat_and_are_released(void **state)
{
    (void)state;
    START("\x1E\x1E\x1E\x9E");
    assert_int_equal(event_count, 4);
    check_event(0, 'a', 0, true);
    check_event(2, 'a', 0, true);
    check_event(3, 'a', 0, false);
}

/* Both keys of a kind down, then one up: the other still counts. */
static void left_and_right_modifiers_count_alike(void **state)
{
    (void)state;
    START("\x2A\x36\xAA\x1E");
    check_single('A', KEY_MODIFIER_SHIFT);
    FEED("\x2A\xB6\x1E");
    check_single('A', KEY_MODIFIER_SHIFT);
    FEED("\xAA\x1E");
    check_single('a', 0);

    FEED("\x1D\xE0\x1D\x9D\x1E");
    check_single(1, KEY_MODIFIER_CTRL);
    FEED("\x1D\xE0\x9D\x1E");
    check_single(1, KEY_MODIFIER_CTRL);
    FEED("\x9D\x1E");
    check_single('a', 0);

    FEED("\x38\xE0\x38\xB8\x1E");
    check_single('a', KEY_MODIFIER_ALT);
    FEED("\x38\xE0\xB8\x1E");
    check_single('a', KEY_MODIFIER_ALT);
    FEED("\xB8\x1E");
    check_single('a', 0);
    assert_int_equal(keyboard_decoder_leds(&decoder), 0);
}

static void caps_lock_is_for_letters_only(void **state)
{
    (void)state;
    START(CAPS "\x1E\x02");
    assert_int_equal(event_count, 2);
    check_event(0, 'A', 0, true);
    check_event(1, '1', 0, true);
    FEED(SHIFT "\x1E\x02");
    check_event(0, 'a', KEY_MODIFIER_SHIFT, true);
    check_event(1, '!', KEY_MODIFIER_SHIFT, true);
    FEED("\xAA" CAPS "\x1E");
    check_single('a', 0);
}

static void locks_light_their_leds(void **state)
{
    (void)state;
    START("");
    assert_int_equal(keyboard_decoder_leds(&decoder), 0);
    FEED(CAPS);
    assert_int_equal(keyboard_decoder_leds(&decoder), KEYBOARD_LED_CAPS);
    FEED(NUM "\x46\xC6");
    assert_int_equal(keyboard_decoder_leds(&decoder),
                     KEYBOARD_LED_CAPS | KEYBOARD_LED_NUM | KEYBOARD_LED_SCROLL);
    FEED("\x3A\x3A\x3A\xBA"); /* held down: toggles once */
    assert_int_equal(keyboard_decoder_leds(&decoder), KEYBOARD_LED_NUM | KEYBOARD_LED_SCROLL);
    assert_int_equal(event_count, 0);
}

static void ctrl_gives_control_characters(void **state)
{
    (void)state;
    START(CTRL "\x1E\x2E\x2C\x1A\x2B\x1B"); /* A C Z [ \ ] */
    assert_int_equal(event_count, 6);
    static const uint8_t expected[] = {1, 3, 26, 0x1B, 0x1C, 0x1D};
    for (unsigned i = 0; i < 6; i++)
        check_event(i, expected[i], KEY_MODIFIER_CTRL, true);

    FEED(SHIFT "\x1E\xAA" CAPS "\x1E"); /* neither Shift nor Caps Lock matters */
    check_event(0, 1, KEY_MODIFIER_CTRL | KEY_MODIFIER_SHIFT, true);
    check_event(1, 1, KEY_MODIFIER_CTRL, true);
    FEED("\x02\x1C"); /* 1 and Enter have no control character of their own */
    check_event(0, '1', KEY_MODIFIER_CTRL, true);
    check_event(1, '\r', KEY_MODIFIER_CTRL, true);
    FEED("\x35" SHIFT "\x0C\xAA"); /* / and _ */
    check_event(0, 0x1F, KEY_MODIFIER_CTRL, true);
    check_event(1, 0x1F, KEY_MODIFIER_CTRL | KEY_MODIFIER_SHIFT, true);
    FEED("\x9D" CAPS "\x20");
    check_single('d', 0);

    START("\xE0\x1D\x2E"); /* the right one */
    check_single(3, KEY_MODIFIER_CTRL);
    FEED("\xE0\x9D\x20");
    check_single('d', 0);
}

static void alt_is_told_and_changes_nothing(void **state)
{
    (void)state;
    START(ALT "\x30");
    check_single('b', KEY_MODIFIER_ALT);
    FEED("\xB8\x30");
    check_single('b', 0);
    START("\xE0\x38\x30"); /* the US layout has no AltGr */
    check_single('b', KEY_MODIFIER_ALT);
}

static void fixed_keys(void **state)
{
    (void)state;
    START("\x01\x0E\x0F\x1C");
    check_event(0, 0x1B, 0, true);
    check_event(1, '\b', 0, true);
    check_event(2, '\t', 0, true);
    check_event(3, '\r', 0, true);
    START("\x3B\x3C\x3D\x3E\x3F\x40\x41\x42\x43\x44\x57\x58");
    assert_int_equal(event_count, 12);
    for (unsigned i = 0; i < 12; i++)
        check_event(i, KEY_F1 + i, 0, true);
}

static void extended_keys(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        uint16_t key;
    } keys[] = {
        {0x47, KEY_HOME},   {0x48, KEY_UP},     {0x49, KEY_PAGE_UP}, {0x4B, KEY_LEFT},
        {0x4D, KEY_RIGHT},  {0x4F, KEY_END},    {0x50, KEY_DOWN},    {0x51, KEY_PAGE_DOWN},
        {0x52, KEY_INSERT}, {0x53, KEY_DELETE}, {0x1C, '\r'},        {0x35, '/'},
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char sequence[] = {'\xE0', (char)keys[i].code, '\xE0', (char)(keys[i].code | 0x80)};
        START(NUM); /* Num Lock is not for them */
        feed(sequence, sizeof(sequence));
        assert_int_equal(event_count, 2);
        check_event(0, keys[i].key, 0, true);
        check_event(1, keys[i].key, 0, false);
    }
}

/* With Num Lock on, a keyboard wraps its grey keys in shifts that nobody pressed. */
static void fake_shifts_are_ignored(void **state)
{
    (void)state;
    START("\xE0\x2A\xE0\x48\xE0\xC8\xE0\xAA\x1E");
    assert_int_equal(event_count, 3);
    check_event(0, KEY_UP, 0, true);
    check_event(2, 'a', 0, true);

    START(SHIFT "\xE0\xAA\xE0\x49\xE0\xC9\xE0\x2A\x1E"); /* a real Shift is held meanwhile */
    check_event(0, KEY_PAGE_UP, KEY_MODIFIER_SHIFT, true);
    check_event(2, 'A', KEY_MODIFIER_SHIFT, true);
}

static void the_keypad_obeys_num_lock(void **state)
{
    (void)state;
    static const char codes[] = "\x47\x48\x49\x4A\x4B\x4C\x4D\x4E\x4F\x50\x51\x52\x53\x37";
    static const char digits[] = "789-456+1230.*";
    static const uint16_t keys[] = {
        KEY_HOME, KEY_UP,  KEY_PAGE_UP, '-',           KEY_LEFT,   0,          KEY_RIGHT,
        '+',      KEY_END, KEY_DOWN,    KEY_PAGE_DOWN, KEY_INSERT, KEY_DELETE, '*'};

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        START(NUM);
        feed(&codes[i], 1);
        check_single((uint8_t)digits[i], 0);

        START("");
        feed(&codes[i], 1);
        assert_int_equal(event_count, keys[i] ? 1 : 0);
        if (keys[i])
            check_single(keys[i], 0);
    }
    START(SHIFT "\x47"); /* Shift turns Num Lock's meaning round */
    check_single('7', KEY_MODIFIER_SHIFT);
    START(NUM SHIFT "\x47");
    check_single(KEY_HOME, KEY_MODIFIER_SHIFT);
}

static void pause_and_print_screen(void **state)
{
    (void)state;
    START("\xE1\x1D\x45\xE1\x9D\xC5\x1E");
    assert_int_equal(event_count, 3);
    check_event(0, KEY_PAUSE, 0, true);
    check_event(1, KEY_PAUSE, 0, false);
    check_event(2, 'a', 0, true); /* no Ctrl, no Num Lock left behind */
    assert_int_equal(keyboard_decoder_leds(&decoder), 0);

    START("\xE0\x2A\xE0\x37\xE0\xB7\xE0\xAA");
    assert_int_equal(event_count, 2);
    check_event(0, KEY_PRINT_SCREEN, 0, true);
    check_event(1, KEY_PRINT_SCREEN, 0, false);
    START(ALT "\x54");
    check_single(KEY_PRINT_SCREEN, KEY_MODIFIER_ALT);
    START(CTRL "\xE0\x46\xE0\xC6");
    check_event(0, KEY_PAUSE, KEY_MODIFIER_CTRL, true);
}

static void unknown_codes_give_nothing(void **state)
{
    (void)state;
    START("\x59\x7F\xFF\xE0\x5B\xE0\xDB\xE0\x10\x60\xFA\xFE\xEE");
    assert_int_equal(event_count, 0);
    FEED("\x1E");
    check_single('a', 0);
}

/* A piece of the German layout: AltGr, letters beyond ASCII, keys that give nothing. */
static const struct keymap keymap_altgr = {
    .name = "test",
    .rows =
        {
            [KEYMAP_DIGITS] = {u"^1", u"°!", u"  ²³   {[]}\\"},
            [KEYMAP_UPPER] = {u"qwertzuiopü+", u"QWERTZUIOPÜ*", u"@"},
            [KEYMAP_HOME] = {u"asdfghjklöä#", u"ASDFGHJKLÖÄ'"},
            [KEYMAP_LOWER] = {u"<y", u">Y"},
        },
};

static void layouts_may_have_altgr(void **state)
{
    (void)state;
    keyboard_decoder_init(&decoder, &keymap_altgr);
    FEED("\x1A" SHIFT "\x1A\xAA\x15\x56"); /* u umlaut, z, < */
    assert_int_equal(event_count, 4);
    check_event(0, 0xFC, 0, true);
    check_event(1, 0xDC, KEY_MODIFIER_SHIFT, true);
    check_event(2, 'z', 0, true);
    check_event(3, '<', 0, true);

    FEED("\xE0\x38\x10\x08\x0C\x02\x11\x1E\x03"); /* AltGr with Q, 7, -, 1, W, A, 2 */
    assert_int_equal(event_count, 4);             /* 1, W and A give nothing */
    check_event(0, '@', KEY_MODIFIER_ALTGR, true);
    check_event(1, '{', KEY_MODIFIER_ALTGR, true);
    check_event(2, '\\', KEY_MODIFIER_ALTGR, true);
    check_event(3, 0xB2, KEY_MODIFIER_ALTGR, true);
    FEED(CTRL "\x0C"); /* Ctrl-\, as typed on such a keyboard */
    check_single(0x1C, KEY_MODIFIER_CTRL | KEY_MODIFIER_ALTGR);
    FEED("\x9D\xE0\xB8" CAPS "\x1A\x1B\x35"); /* a capital umlaut, +, and a key that is not there */
    assert_int_equal(event_count, 2);
    check_event(0, 0xDC, 0, true);
    check_event(1, '+', 0, true);
}

static void survives_junk(void **state)
{
    (void)state;
    uint64_t random = 9;
    START("");
    for (unsigned round = 0; round < 200000; round++) {
        char byte = (char)random_below(&random, 256);
        if (round % 1000 == 0)
            keyboard_decoder_set_keymap(&decoder, keymap_at(round / 1000 % 7));
        event_count = 0;
        feed(&byte, 1);
        for (unsigned i = 0; i < event_count; i++)
            assert_true(events[i].key > 0 && events[i].key <= KEY_F12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_of_the_us_layout),
        cmocka_unit_test(keys_repeat_and_are_released),
        cmocka_unit_test(left_and_right_modifiers_count_alike),
        cmocka_unit_test(caps_lock_is_for_letters_only),
        cmocka_unit_test(locks_light_their_leds),
        cmocka_unit_test(ctrl_gives_control_characters),
        cmocka_unit_test(alt_is_told_and_changes_nothing),
        cmocka_unit_test(fixed_keys),
        cmocka_unit_test(extended_keys),
        cmocka_unit_test(fake_shifts_are_ignored),
        cmocka_unit_test(the_keypad_obeys_num_lock),
        cmocka_unit_test(pause_and_print_screen),
        cmocka_unit_test(unknown_codes_give_nothing),
        cmocka_unit_test(layouts_may_have_altgr),
        cmocka_unit_test(survives_junk),
    };
    return cmocka_run_group_tests_name("keyboard_decoder", tests, NULL, NULL);
}
