/* Scan codes to keys, by tables: first the modifiers, then fixed keys, keypad, main block. */
#include "drivers/keyboard/decoder.h"

#include <stddef.h>

#include "kernel/lib/string.h"

#define EXTENDED SCAN_CODE_EXTENDED

#define LEFT_CTRL   0x1D
#define RIGHT_CTRL  (0x1D | EXTENDED)
#define LEFT_SHIFT  0x2A
#define RIGHT_SHIFT 0x36
#define LEFT_ALT    0x38
#define RIGHT_ALT   (0x38 | EXTENDED)

static const struct lock_key {
    uint8_t code;
    uint8_t led;
} lock_keys[] = {
    {0x3A, KEYBOARD_LED_CAPS},
    {0x45, KEYBOARD_LED_NUM},
    {0x46, KEYBOARD_LED_SCROLL},
};

/* Keys that are the same in every layout and with every modifier. */
static const uint16_t fixed_keys[] = {
    [0x01] = 0x1B, /* Escape */
    [0x0E] = '\b',
    [0x0F] = '\t',
    [0x1C] = '\r',
    [0x37] = '*', /* keypad */
    [0x39] = ' ',
    [0x3B] = KEY_F1,
    [0x3C] = KEY_F2,
    [0x3D] = KEY_F3,
    [0x3E] = KEY_F4,
    [0x3F] = KEY_F5,
    [0x40] = KEY_F6,
    [0x41] = KEY_F7,
    [0x42] = KEY_F8,
    [0x43] = KEY_F9,
    [0x44] = KEY_F10,
    [0x54] = KEY_PRINT_SCREEN, /* with Alt held */
    [0x57] = KEY_F11,
    [0x58] = KEY_F12,
    [0x1C | EXTENDED] = '\r', /* keypad */
    [0x35 | EXTENDED] = '/',  /* keypad */
    [0x37 | EXTENDED] = KEY_PRINT_SCREEN,
    [0x46 | EXTENDED] = KEY_PAUSE, /* with Ctrl held */
    [0x47 | EXTENDED] = KEY_HOME,
    [0x48 | EXTENDED] = KEY_UP,
    [0x49 | EXTENDED] = KEY_PAGE_UP,
    [0x4B | EXTENDED] = KEY_LEFT,
    [0x4D | EXTENDED] = KEY_RIGHT,
    [0x4F | EXTENDED] = KEY_END,
    [0x50 | EXTENDED] = KEY_DOWN,
    [0x51 | EXTENDED] = KEY_PAGE_DOWN,
    [0x52 | EXTENDED] = KEY_INSERT,
    [0x53 | EXTENDED] = KEY_DELETE,
};

/* The keypad's keys whose meaning Num Lock decides, from code 0x47 on. */
#define KEYPAD_FIRST 0x47

#define DECIMAL 0 /* in keypad_key.digit: the layout's */

static const struct keypad_key {
    char digit;
    uint16_t key; /* 0: nothing */
} keypad_keys[] = {
    {'7', KEY_HOME},       {'8', KEY_UP},   {'9', KEY_PAGE_UP},   {'-', '-'},
    {'4', KEY_LEFT},       {'5', 0},        {'6', KEY_RIGHT},     {'+', '+'},
    {'1', KEY_END},        {'2', KEY_DOWN}, {'3', KEY_PAGE_DOWN}, {'0', KEY_INSERT},
    {DECIMAL, KEY_DELETE},
};

/* Where the main block's keys stand in the rows of a keymap. */
static const struct block {
    uint8_t first_code;
    uint8_t count;
    uint8_t row;
    uint8_t column;
} blocks[] = {
    {0x29, 1, KEYMAP_DIGITS, 0}, {0x02, 12, KEYMAP_DIGITS, 1}, {0x10, 12, KEYMAP_UPPER, 0},
    {0x1E, 11, KEYMAP_HOME, 0},  {0x2B, 1, KEYMAP_HOME, 11},   {0x56, 1, KEYMAP_LOWER, 0},
    {0x2C, 10, KEYMAP_LOWER, 1},
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

#define KEYS_PER_WORD 64u

static bool is_down(const struct keyboard_decoder *decoder, uint8_t key)
{
    return decoder->down[key / KEYS_PER_WORD] >> key % KEYS_PER_WORD & 1;
}

static void set_down(struct keyboard_decoder *decoder, uint8_t key, bool is_pressed)
{
    uint64_t bit = 1ul << key % KEYS_PER_WORD;
    if (is_pressed)
        decoder->down[key / KEYS_PER_WORD] |= bit;
    else
        decoder->down[key / KEYS_PER_WORD] &= ~bit;
}

static uint8_t modifiers(const struct keyboard_decoder *decoder)
{
    unsigned right_alt = keymap_has_altgr(decoder->keymap) ? KEY_MODIFIER_ALTGR : KEY_MODIFIER_ALT;
    unsigned result = 0;

    if (is_down(decoder, LEFT_SHIFT) || is_down(decoder, RIGHT_SHIFT))
        result |= KEY_MODIFIER_SHIFT;
    if (is_down(decoder, LEFT_CTRL) || is_down(decoder, RIGHT_CTRL))
        result |= KEY_MODIFIER_CTRL;
    if (is_down(decoder, LEFT_ALT))
        result |= KEY_MODIFIER_ALT;
    if (is_down(decoder, RIGHT_ALT))
        result |= right_alt;
    return (uint8_t)result;
}

static bool is_modifier(uint8_t key)
{
    static const uint8_t keys[] = {LEFT_CTRL,   RIGHT_CTRL, LEFT_SHIFT,
                                   RIGHT_SHIFT, LEFT_ALT,   RIGHT_ALT};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (keys[i] == key)
            return true;
    }
    return false;
}

/* The light that a lock key switches; 0 for all other keys. */
static uint8_t led_of(uint8_t key)
{
    for (size_t i = 0; i < COUNT_OF(lock_keys); i++) {
        if (lock_keys[i].code == key)
            return lock_keys[i].led;
    }
    return 0;
}

static uint16_t keypad_key(const struct keyboard_decoder *decoder, const struct keypad_key *key)
{
    bool num = decoder->leds & KEYBOARD_LED_NUM;
    bool shift = modifiers(decoder) & KEY_MODIFIER_SHIFT;

    if (num == shift)
        return key->key;
    return (uint8_t)(key->digit == DECIMAL ? decoder->keymap->decimal : key->digit);
}

static uint16_t control_character(uint16_t character)
{
    const uint16_t control_bits = 0x1F;

    if (character >= 'a' && character <= 'z')
        return character & control_bits;
    if ((character >= 'A' && character <= ']') || character == '_')
        return character & control_bits;
    return character == '/' ? '_' & control_bits : character; /* as xterm has it */
}

/* A key of the main block, seen through the layout and the modifiers that are held. */
struct place {
    const struct keymap *keymap;
    enum keymap_row row;
    unsigned column;
    bool shift;
    bool caps_lock;
};

/* The level of the pair that begins with `base`: without and with Shift. */
static enum keymap_level level_at(const struct place *place, enum keymap_level base)
{
    enum keymap_level with_shift = base + KEYMAP_SHIFT;
    uint16_t plain = keymap_character(place->keymap, base, place->row, place->column);
    uint16_t shifted = keymap_character(place->keymap, with_shift, place->row, place->column);
    bool is_turned = place->caps_lock && keymap_caps_lock_shifts(place->keymap, plain, shifted);
    return place->shift != is_turned ? with_shift : base;
}

static uint16_t character_at(const struct place *place, enum keymap_level base, bool *is_dead)
{
    enum keymap_level level = level_at(place, base);
    uint16_t character = keymap_character(place->keymap, level, place->row, place->column);
    *is_dead = keymap_is_dead(place->keymap, level, character);
    return character;
}

/* Ctrl and Alt together are AltGr, where that gives something. */
static uint16_t block_character(const struct keyboard_decoder *decoder, const struct block *block,
                                unsigned code, bool *is_dead)
{
    uint8_t held = modifiers(decoder);
    struct place place = {
        .keymap = decoder->keymap,
        .row = block->row,
        .column = block->column + (code - block->first_code),
        .shift = held & KEY_MODIFIER_SHIFT,
        .caps_lock = decoder->leds & KEYBOARD_LED_CAPS,
    };

    if ((held & KEY_MODIFIER_CTRL) && (held & KEY_MODIFIER_ALT)) {
        uint16_t character = character_at(&place, KEYMAP_ALTGR, is_dead);
        if (character)
            return character;
    }
    enum keymap_level base = held & KEY_MODIFIER_ALTGR ? KEYMAP_ALTGR : KEYMAP_PLAIN;
    uint16_t character = character_at(&place, base, is_dead);
    if (!(held & KEY_MODIFIER_CTRL))
        return character;
    *is_dead = false;
    return control_character(character);
}

/* The key or character behind a code, or 0; and whether that is a dead key. */
static uint16_t translate(const struct keyboard_decoder *decoder, uint8_t code, bool *is_dead)
{
    *is_dead = false;
    if (code < COUNT_OF(fixed_keys) && fixed_keys[code])
        return fixed_keys[code];
    if (code >= KEYPAD_FIRST && code < KEYPAD_FIRST + COUNT_OF(keypad_keys))
        return keypad_key(decoder, &keypad_keys[code - KEYPAD_FIRST]);
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        if (code >= blocks[i].first_code && code < blocks[i].first_code + blocks[i].count)
            return block_character(decoder, &blocks[i], code, is_dead);
    }
    return 0;
}

static struct key_event event_of(const struct keyboard_decoder *decoder, uint16_t key, bool pressed)
{
    return (struct key_event){.key = key, .modifiers = modifiers(decoder), .pressed = pressed};
}

/*
 * A key has been pressed behind a dead key, whose accent goes over it. Where there is no such
 * letter the accent stands by itself, and the key behind it. A key without a character takes the
 * accent away.
 */
static unsigned press_after_dead(struct keyboard_decoder *decoder, uint16_t key, bool is_dead,
                                 struct key_event *events)
{
    unsigned count = 0;
    uint16_t accent = decoder->accent;
    uint16_t composed = is_dead && key == accent ? accent : keymap_compose(accent, key);

    decoder->accent = 0;
    if (composed) {
        events[count++] = event_of(decoder, composed, true);
        return count;
    }
    if (key < KEY_FIRST)
        events[count++] = event_of(decoder, accent, true);
    if (is_dead)
        decoder->accent = key;
    else
        events[count++] = event_of(decoder, key, true);
    return count;
}

static unsigned report(struct keyboard_decoder *decoder, uint16_t key, bool is_dead, bool pressed,
                       struct key_event *events)
{
    if (!key)
        return 0;
    if (pressed && decoder->accent)
        return press_after_dead(decoder, key, is_dead, events);
    if (is_dead) {
        if (pressed)
            decoder->accent = key;
        return 0;
    }
    events[0] = event_of(decoder, key, pressed);
    return 1;
}

void keyboard_decoder_init(struct keyboard_decoder *decoder, const struct keymap *keymap)
{
    *decoder = (struct keyboard_decoder){.keymap = keymap};
}

void keyboard_decoder_set_keymap(struct keyboard_decoder *decoder, const struct keymap *keymap)
{
    decoder->accent = 0;
    decoder->keymap = keymap;
}

unsigned keyboard_decoder_feed(struct keyboard_decoder *decoder, uint16_t code,
                               struct key_event events[KEYBOARD_EVENTS_MAX])
{
    uint8_t key = (uint8_t)code;
    bool is_pressed = !(code & SCAN_CODE_RELEASED);
    bool was_down = is_down(decoder, key);

    if (!is_pressed && !was_down)
        memset(decoder->down, 0, sizeof(decoder->down));
    set_down(decoder, key, is_pressed);
    /* A lock that is held down repeats as any key does, but toggles only once. */
    uint8_t led = led_of(key);
    if (is_pressed && !was_down)
        decoder->leds ^= led;
    if (led || is_modifier(key))
        return 0;
    bool is_dead;
    uint16_t meaning = translate(decoder, key, &is_dead);
    return report(decoder, meaning, is_dead, is_pressed, events);
}

void keyboard_decoder_release_all(struct keyboard_decoder *decoder)
{
    uint8_t leds = decoder->leds;
    keyboard_decoder_init(decoder, decoder->keymap);
    decoder->leds = leds;
}

uint8_t keyboard_decoder_leds(const struct keyboard_decoder *decoder)
{
    return decoder->leds;
}
