/*
 * Every layout through the decoder, key by key: what each gives plain, with Shift, with AltGr and
 * with both. The tables go by scan code, as a picture of the keyboard does; they were not made from
 * the layouts' own.
 */
#include <string.h>

#include "drivers/keyboard/decoder.h"
#include "tests/unit/unit_test.h"

#define SHIFT     0x2A
#define CTRL      0x1D
#define LEFT_ALT  0x38
#define EXTENDED  0xE0
#define ALTGR     0x38 /* extended */
#define CAPS_LOCK 0x3A
#define NUM_LOCK  0x45
#define SPACE     0x39
#define RELEASED  0x80

struct expected {
    uint8_t code;
    const uint16_t *levels; /* a blank, or no more: nothing. A dotted circle: a dead key follows */
};

#define DOTTED_CIRCLE 0x25CC

static const struct expected us_keys[] = {
    {0x29, u"`~"},  {0x02, u"1!"}, {0x03, u"2@"}, {0x04, u"3#"}, {0x05, u"4$"}, {0x06, u"5%"},
    {0x07, u"6^"},  {0x08, u"7&"}, {0x09, u"8*"}, {0x0A, u"9("}, {0x0B, u"0)"}, {0x0C, u"-_"},
    {0x0D, u"=+"},  {0x10, u"qQ"}, {0x11, u"wW"}, {0x12, u"eE"}, {0x13, u"rR"}, {0x14, u"tT"},
    {0x15, u"yY"},  {0x16, u"uU"}, {0x17, u"iI"}, {0x18, u"oO"}, {0x19, u"pP"}, {0x1A, u"[{"},
    {0x1B, u"]}"},  {0x1E, u"aA"}, {0x1F, u"sS"}, {0x20, u"dD"}, {0x21, u"fF"}, {0x22, u"gG"},
    {0x23, u"hH"},  {0x24, u"jJ"}, {0x25, u"kK"}, {0x26, u"lL"}, {0x27, u";:"}, {0x28, u"'\""},
    {0x2B, u"\\|"}, {0x56, u"<>"}, {0x2C, u"zZ"}, {0x2D, u"xX"}, {0x2E, u"cC"}, {0x2F, u"vV"},
    {0x30, u"bB"},  {0x31, u"nN"}, {0x32, u"mM"}, {0x33, u",<"}, {0x34, u".>"}, {0x35, u"/?"},
};

static const struct expected uk_keys[] = {
    {0x29, u"`¬¦"},  {0x02, u"1!"},   {0x03, u"2\""}, {0x04, u"3£"}, {0x05, u"4$€"},
    {0x06, u"5%"},   {0x07, u"6^"},   {0x08, u"7&"},  {0x09, u"8*"}, {0x0A, u"9("},
    {0x0B, u"0)"},   {0x0C, u"-_"},   {0x0D, u"=+"},  {0x10, u"qQ"}, {0x11, u"wW"},
    {0x12, u"eEéÉ"}, {0x13, u"rR"},   {0x14, u"tT"},  {0x15, u"yY"}, {0x16, u"uUúÚ"},
    {0x17, u"iIíÍ"}, {0x18, u"oOóÓ"}, {0x19, u"pP"},  {0x1A, u"[{"}, {0x1B, u"]}"},
    {0x1E, u"aAáÁ"}, {0x1F, u"sS"},   {0x20, u"dD"},  {0x21, u"fF"}, {0x22, u"gG"},
    {0x23, u"hH"},   {0x24, u"jJ"},   {0x25, u"kK"},  {0x26, u"lL"}, {0x27, u";:"},
    {0x28, u"'@"},   {0x2B, u"#~"},   {0x56, u"\\|"}, {0x2C, u"zZ"}, {0x2D, u"xX"},
    {0x2E, u"cC"},   {0x2F, u"vV"},   {0x30, u"bB"},  {0x31, u"nN"}, {0x32, u"mM"},
    {0x33, u",<"},   {0x34, u".>"},   {0x35, u"/?"},
};

static const struct expected de_keys[] = {
    {0x29, u"◌^°"}, {0x02, u"1!"},   {0x03, u"2\"²"}, {0x04, u"3§³"}, {0x05, u"4$"},
    {0x06, u"5%"},  {0x07, u"6&"},   {0x08, u"7/{"},  {0x09, u"8(["}, {0x0A, u"9)]"},
    {0x0B, u"0=}"}, {0x0C, u"ß?\\"}, {0x0D, u"◌´◌`"}, {0x10, u"qQ@"}, {0x11, u"wW"},
    {0x12, u"eE€"}, {0x13, u"rR"},   {0x14, u"tT"},   {0x15, u"zZ"},  {0x16, u"uU"},
    {0x17, u"iI"},  {0x18, u"oO"},   {0x19, u"pP"},   {0x1A, u"üÜ"},  {0x1B, u"+*~"},
    {0x1E, u"aA"},  {0x1F, u"sS"},   {0x20, u"dD"},   {0x21, u"fF"},  {0x22, u"gG"},
    {0x23, u"hH"},  {0x24, u"jJ"},   {0x25, u"kK"},   {0x26, u"lL"},  {0x27, u"öÖ"},
    {0x28, u"äÄ"},  {0x2B, u"#'"},   {0x56, u"<>|"},  {0x2C, u"yY"},  {0x2D, u"xX"},
    {0x2E, u"cC"},  {0x2F, u"vV"},   {0x30, u"bB"},   {0x31, u"nN"},  {0x32, u"mMµ"},
    {0x33, u",;"},  {0x34, u".:"},   {0x35, u"-_"},
};

static const struct expected fr_keys[] = {
    {0x29, u"²"},   {0x02, u"&1"},  {0x03, u"é2◌~"}, {0x04, u"\"3#"}, {0x05, u"'4{"},
    {0x06, u"(5["}, {0x07, u"-6|"}, {0x08, u"è7◌`"}, {0x09, u"_8\\"}, {0x0A, u"ç9^"},
    {0x0B, u"à0@"}, {0x0C, u")°]"}, {0x0D, u"=+}"},  {0x10, u"aA"},   {0x11, u"zZ"},
    {0x12, u"eE€"}, {0x13, u"rR"},  {0x14, u"tT"},   {0x15, u"yY"},   {0x16, u"uU"},
    {0x17, u"iI"},  {0x18, u"oO"},  {0x19, u"pP"},   {0x1A, u"◌^◌¨"}, {0x1B, u"$£¤"},
    {0x1E, u"qQ"},  {0x1F, u"sS"},  {0x20, u"dD"},   {0x21, u"fF"},   {0x22, u"gG"},
    {0x23, u"hH"},  {0x24, u"jJ"},  {0x25, u"kK"},   {0x26, u"lL"},   {0x27, u"mM"},
    {0x28, u"ù%"},  {0x2B, u"*µ"},  {0x56, u"<>"},   {0x2C, u"wW"},   {0x2D, u"xX"},
    {0x2E, u"cC"},  {0x2F, u"vV"},  {0x30, u"bB"},   {0x31, u"nN"},   {0x32, u",?"},
    {0x33, u";."},  {0x34, u":/"},  {0x35, u"!§"},
};

static const struct expected es_keys[] = {
    {0x29, u"ºª\\"},  {0x02, u"1!|"}, {0x03, u"2\"@"}, {0x04, u"3·#"},   {0x05, u"4$◌~"},
    {0x06, u"5%€"},   {0x07, u"6&¬"}, {0x08, u"7/"},   {0x09, u"8("},    {0x0A, u"9)"},
    {0x0B, u"0="},    {0x0C, u"'?"},  {0x0D, u"¡¿"},   {0x10, u"qQ"},    {0x11, u"wW"},
    {0x12, u"eE€"},   {0x13, u"rR"},  {0x14, u"tT"},   {0x15, u"yY"},    {0x16, u"uU"},
    {0x17, u"iI"},    {0x18, u"oO"},  {0x19, u"pP"},   {0x1A, u"◌`◌^["}, {0x1B, u"+*]"},
    {0x1E, u"aA"},    {0x1F, u"sS"},  {0x20, u"dD"},   {0x21, u"fF"},    {0x22, u"gG"},
    {0x23, u"hH"},    {0x24, u"jJ"},  {0x25, u"kK"},   {0x26, u"lL"},    {0x27, u"ñÑ"},
    {0x28, u"◌´◌¨{"}, {0x2B, u"çÇ}"}, {0x56, u"<>"},   {0x2C, u"zZ"},    {0x2D, u"xX"},
    {0x2E, u"cC"},    {0x2F, u"vV"},  {0x30, u"bB"},   {0x31, u"nN"},    {0x32, u"mM"},
    {0x33, u",;"},    {0x34, u".:"},  {0x35, u"-_"},
};

static const struct expected it_keys[] = {
    {0x29, u"\\|"},  {0x02, u"1!"}, {0x03, u"2\""}, {0x04, u"3£"},  {0x05, u"4$"},  {0x06, u"5%€"},
    {0x07, u"6&"},   {0x08, u"7/"}, {0x09, u"8("},  {0x0A, u"9)"},  {0x0B, u"0="},  {0x0C, u"'?`"},
    {0x0D, u"ì^~"},  {0x10, u"qQ"}, {0x11, u"wW"},  {0x12, u"eE€"}, {0x13, u"rR"},  {0x14, u"tT"},
    {0x15, u"yY"},   {0x16, u"uU"}, {0x17, u"iI"},  {0x18, u"oO"},  {0x19, u"pP"},  {0x1A, u"èé[{"},
    {0x1B, u"+*]}"}, {0x1E, u"aA"}, {0x1F, u"sS"},  {0x20, u"dD"},  {0x21, u"fF"},  {0x22, u"gG"},
    {0x23, u"hH"},   {0x24, u"jJ"}, {0x25, u"kK"},  {0x26, u"lL"},  {0x27, u"òç@"}, {0x28, u"à°#"},
    {0x2B, u"ù§"},   {0x56, u"<>"}, {0x2C, u"zZ"},  {0x2D, u"xX"},  {0x2E, u"cC"},  {0x2F, u"vV"},
    {0x30, u"bB"},   {0x31, u"nN"}, {0x32, u"mM"},  {0x33, u",;"},  {0x34, u".:"},  {0x35, u"-_"},
};

static const struct expected dvorak_keys[] = {
    {0x29, u"`~"},  {0x02, u"1!"},  {0x03, u"2@"}, {0x04, u"3#"}, {0x05, u"4$"}, {0x06, u"5%"},
    {0x07, u"6^"},  {0x08, u"7&"},  {0x09, u"8*"}, {0x0A, u"9("}, {0x0B, u"0)"}, {0x0C, u"[{"},
    {0x0D, u"]}"},  {0x10, u"'\""}, {0x11, u",<"}, {0x12, u".>"}, {0x13, u"pP"}, {0x14, u"yY"},
    {0x15, u"fF"},  {0x16, u"gG"},  {0x17, u"cC"}, {0x18, u"rR"}, {0x19, u"lL"}, {0x1A, u"/?"},
    {0x1B, u"=+"},  {0x1E, u"aA"},  {0x1F, u"oO"}, {0x20, u"eE"}, {0x21, u"uU"}, {0x22, u"iI"},
    {0x23, u"dD"},  {0x24, u"hH"},  {0x25, u"tT"}, {0x26, u"nN"}, {0x27, u"sS"}, {0x28, u"-_"},
    {0x2B, u"\\|"}, {0x56, u"<>"},  {0x2C, u";:"}, {0x2D, u"qQ"}, {0x2E, u"jJ"}, {0x2F, u"kK"},
    {0x30, u"xX"},  {0x31, u"bB"},  {0x32, u"mM"}, {0x33, u"wW"}, {0x34, u"vV"}, {0x35, u"zZ"},
};

#define KEYS 48u /* of the main block */

static const struct layout {
    const char *name;
    const struct expected *keys;
    bool has_altgr;
    const uint16_t *caps_lock; /* what it gives instead of the plain characters, letters aside */
    const uint16_t *plain;
    char decimal;
} layouts[] = {
    {"de", de_keys, true, u"!\"§$%&/()=?*';:", u"1234567890ß+#,.", ','},
    {"dvorak", dvorak_keys, false, u"", u"", '.'},
    {"es", es_keys, true, u"", u"", '.'},
    {"fr", fr_keys, true, u"1234567890°+£%µ?./§", u"&é\"'(-è_çà)=$ù*,;:!", '.'},
    {"it", it_keys, true, u"", u"", '.'},
    {"uk", uk_keys, true, u"", u"", '.'},
    {"us", us_keys, false, u"", u"", '.'},
};

static struct scan_codes codes = {.set = 1};
static struct keyboard_decoder decoder;

/* Feeds one byte; returns the only event's key, 0 if there is none. */
static uint16_t feed(uint8_t byte)
{
    struct key_event events[KEYBOARD_EVENTS_MAX];
    struct scan_codes_result result = scan_codes_feed(&codes, byte);
    if (result.code == SCAN_CODE_NONE)
        return 0;
    unsigned count = keyboard_decoder_feed(&decoder, result.code, events);
    assert_true(count <= 1);
    return count ? events[0].key : 0;
}

static void start(const struct layout *layout)
{
    const struct keymap *keymap = keymap_find(layout->name);
    assert_non_null(keymap);
    keyboard_decoder_init(&decoder, keymap);
}

static void hold(bool shift, bool altgr)
{
    if (shift)
        feed(SHIFT);
    if (altgr) {
        feed(EXTENDED);
        feed(ALTGR);
    }
}

static void let_go(void)
{
    feed(SHIFT | RELEASED);
    feed(EXTENDED);
    feed(ALTGR | RELEASED);
}

static uint16_t press(uint8_t code)
{
    uint16_t key = feed(code);
    feed(code | RELEASED);
    return key;
}

static size_t length_of(const uint16_t *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

/* Where `level` stands in the key's string; the end if it is not there. */
static const uint16_t *level_of(const struct expected *key, unsigned level)
{
    const uint16_t *place = key->levels;
    for (; *place && level > 0; level--)
        place += *place == DOTTED_CIRCLE ? 2 : 1;
    return place;
}

static bool is_dead_at(const struct expected *key, unsigned level)
{
    return *level_of(key, level) == DOTTED_CIRCLE;
}

static uint16_t expected_at(const struct expected *key, unsigned level)
{
    uint16_t character = level_of(key, level)[is_dead_at(key, level) ? 1 : 0];
    return character == u' ' ? 0 : character;
}

static void check_key(const struct expected *key, unsigned level)
{
    uint16_t character = expected_at(key, level);
    uint16_t got = press(key->code);
    let_go();
    if (is_dead_at(key, level)) {
        assert_int_equal(got, 0);
        got = press(SPACE);
    }
    if (got != character)
        fail_msg("key %02X, level %u: U+%04X instead of U+%04X", key->code, level, got, character);
}

static void every_key_at_every_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        for (unsigned k = 0; k < KEYS; k++) {
            unsigned levels = layouts[i].has_altgr ? 4 : 2;
            for (unsigned level = 0; level < levels; level++) {
                start(&layouts[i]);
                hold(level & 1, level & 2);
                check_key(&layouts[i].keys[k], level);
            }
        }
    }
}

/* The tables above: every key of the main block is in each of them, once. */
static void the_tables_are_whole(void **state)
{
    (void)state;
    _Static_assert(COUNT_OF(us_keys) == KEYS && COUNT_OF(uk_keys) == KEYS &&
                       COUNT_OF(de_keys) == KEYS && COUNT_OF(fr_keys) == KEYS &&
                       COUNT_OF(es_keys) == KEYS && COUNT_OF(it_keys) == KEYS &&
                       COUNT_OF(dvorak_keys) == KEYS,
                   "a key is missing");
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        bool seen[128] = {false};
        for (unsigned k = 0; k < KEYS; k++) {
            assert_false(seen[layouts[i].keys[k].code]);
            seen[layouts[i].keys[k].code] = true;
        }
    }
}

static void ctrl_and_alt_are_altgr(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        if (!layouts[i].has_altgr)
            continue;
        for (unsigned k = 0; k < KEYS; k++) {
            if (!expected_at(&layouts[i].keys[k], KEYMAP_ALTGR))
                continue;
            start(&layouts[i]);
            feed(CTRL);
            feed(LEFT_ALT);
            uint16_t got = press(layouts[i].keys[k].code);
            feed(CTRL | RELEASED);
            feed(LEFT_ALT | RELEASED);
            if (is_dead_at(&layouts[i].keys[k], KEYMAP_ALTGR))
                got = press(SPACE);
            assert_int_equal(got, expected_at(&layouts[i].keys[k], KEYMAP_ALTGR));
        }
        start(&layouts[i]);
        feed(CTRL);
        feed(LEFT_ALT);
        assert_int_equal(press(0x2E),
                         3); /* C, which AltGr gives nothing in any layout but Dvorak */
    }
}

/* What Caps Lock makes of a plain character. */
static uint16_t with_caps_lock(const struct layout *layout, const struct expected *key)
{
    uint16_t plain = expected_at(key, KEYMAP_PLAIN);
    bool is_letter = (plain >= 'a' && plain <= 'z') || plain == u'ä' || plain == u'ö' ||
                     plain == u'ü' || plain == u'ñ' || (plain == u'ç' && layout->keys == es_keys);
    if (is_letter)
        return expected_at(key, KEYMAP_SHIFT);
    for (size_t i = 0; i < length_of(layout->plain); i++) {
        if (layout->plain[i] == plain)
            return layout->caps_lock[i];
    }
    return plain;
}

static void caps_lock_is_each_layouts_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        for (unsigned k = 0; k < KEYS; k++) {
            const struct expected *key = &layouts[i].keys[k];
            if (is_dead_at(key, KEYMAP_PLAIN))
                continue;
            start(&layouts[i]);
            press(CAPS_LOCK);
            uint16_t expected = with_caps_lock(&layouts[i], key);
            assert_int_equal(press(key->code), expected);
            hold(true, false); /* Shift turns it round */
            uint16_t plain = expected_at(key, KEYMAP_PLAIN);
            if (expected != plain)
                assert_int_equal(press(key->code), plain);
        }
    }
}

static void press_all(bool seen[128], uint8_t first, uint8_t last)
{
    for (unsigned code = first; code <= last; code++) {
        for (unsigned level = 0; level < 4; level++) {
            keyboard_decoder_release_all(&decoder);
            hold(level & 1, level & 2);
            uint16_t key = press((uint8_t)code);
            let_go();
            if (!key)
                key = press(SPACE); /* behind a dead key */
            if (key < 128)
                seen[key] = true;
        }
    }
}

/* Without the keypad, which small keyboards do not have. */
static void all_of_ascii_can_be_typed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        bool seen[128] = {false};
        start(&layouts[i]);
        press_all(seen, 0x02, 0x0D);
        press_all(seen, 0x10, 0x1B);
        press_all(seen, 0x1E, 0x29);
        press_all(seen, 0x2B, 0x35);
        press_all(seen, 0x56, 0x56);
        press_all(seen, SPACE, SPACE);
        for (unsigned character = ' '; character < 0x7F; character++) {
            if (!seen[character])
                fail_msg("%s: no '%c'", layouts[i].name, character);
        }
    }
}

static void other_keys_are_the_same_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        for (unsigned level = 0; level < 4; level++) {
            start(&layouts[i]);
            hold(level & 1, level & 2);
            assert_int_equal(press(0x58), KEY_F12);
            assert_int_equal(press(0x1C), '\r');
            assert_int_equal(press(0x0E), '\b');
            assert_int_equal(press(SPACE), ' ');
            feed(EXTENDED);
            assert_int_equal(feed(0x48), KEY_UP);
        }
        start(&layouts[i]);
        press(NUM_LOCK);
        assert_int_equal(press(0x53), layouts[i].decimal);
        assert_int_equal(press(0x47), '7');
    }
}

/* Ctrl goes with the letter that the layout gives, not with the key's place. */
static void ctrl_follows_the_letters(void **state)
{
    (void)state;
    static const struct {
        unsigned layout;
        uint8_t code; /* of A in this layout */
    } keys[] = {{0, 0x1E}, {1, 0x1E}, {3, 0x10}, {6, 0x1E}};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        start(&layouts[keys[i].layout]);
        feed(CTRL);
        assert_int_equal(press(keys[i].code), 1);
    }
    start(&layouts[1]);
    feed(CTRL);
    assert_int_equal(press(0x17), 3); /* Dvorak's C */
}

/* Whether any key of the main block gives that. */
static bool can_be_pressed(uint16_t key)
{
    for (uint8_t code = 0x02; code <= 0x56; code++) {
        decoder.accent = 0; /* of a dead key before */
        bool is_in_block = code <= 0x0D || (code >= 0x10 && code <= 0x35) || code == 0x56;
        if (is_in_block && code != CTRL && code != SHIFT && press(code) == key)
            return true;
    }
    return false;
}

/* The line editor's undo, and Alt-., which is no AltGr. */
static void every_layout_has_the_editors_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(layouts); i++) {
        start(&layouts[i]);
        feed(CTRL);
        bool has_undo = can_be_pressed(0x1F);
        feed(SHIFT);
        assert_true(has_undo || can_be_pressed(0x1F));
        start(&layouts[i]);
        feed(LEFT_ALT);
        bool has_dot = can_be_pressed('.');
        feed(SHIFT);
        assert_true(has_dot || can_be_pressed('.'));
    }
}

static void layouts_are_found_by_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(layouts); i++) {
        assert_string_equal(keymap_at(i)->name, layouts[i].name);
        assert_ptr_equal(keymap_find(layouts[i].name), keymap_at(i));
        assert_true(strlen(keymap_at(i)->title) > 3);
        assert_int_equal(keymap_has_altgr(keymap_at(i)), layouts[i].has_altgr);
    }
    assert_null(keymap_at(COUNT_OF(layouts)));
    assert_null(keymap_find("klingon"));
    assert_null(keymap_find(""));
    assert_null(keymap_find("d"));
}

static void no_key_has_a_character_where_the_rows_end(void **state)
{
    (void)state;
    static const unsigned counts[KEYMAP_ROWS] = {13, 12, 12, 11};
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        for (unsigned row = 0; row < KEYMAP_ROWS; row++) {
            for (unsigned level = 0; level < KEYMAP_LEVELS; level++)
                assert_int_equal(keymap_character(keymap_at((unsigned)i), level, row, counts[row]),
                                 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_whole),
        cmocka_unit_test(every_key_at_every_level),
        cmocka_unit_test(ctrl_and_alt_are_altgr),
        cmocka_unit_test(caps_lock_is_each_layouts_own),
        cmocka_unit_test(all_of_ascii_can_be_typed),
        cmocka_unit_test(other_keys_are_the_same_everywhere),
        cmocka_unit_test(ctrl_follows_the_letters),
        cmocka_unit_test(every_layout_has_the_editors_keys),
        cmocka_unit_test(layouts_are_found_by_name),
        cmocka_unit_test(no_key_has_a_character_where_the_rows_end),
    };
    return cmocka_run_group_tests_name("keyboard_layouts", tests, NULL, NULL);
}
