/* Scan codes to keys, by tables: first the modifiers, then fixed keys, keypad, main block. */
#include "drivers/keyboard_decoder.h"

#include <stddef.h>

#define PREFIX_EXTENDED 0xE0
#define PREFIX_PAUSE    0xE1
#define RELEASED        0x80 /* this bit of a scan code: the key goes up */

/* Make codes take seven bits; in the tables the eighth marks those behind the prefix 0xE0. */
#define EXTENDED 0x80

/* The Pause key sends E1 1D 45 as it goes down and E1 9D C5 at once behind, as if it went up. */
#define PAUSE_BYTES 2 /* behind each prefix */

/* Bits of keyboard_decoder.held. */
enum held_key {
    HELD_LEFT_SHIFT = 1 << 0,
    HELD_RIGHT_SHIFT = 1 << 1,
    HELD_LEFT_CTRL = 1 << 2,
    HELD_RIGHT_CTRL = 1 << 3,
    HELD_LEFT_ALT = 1 << 4,
    HELD_RIGHT_ALT = 1 << 5,
    HELD_CAPS_LOCK = 1 << 6,
    HELD_NUM_LOCK = 1 << 7,
    HELD_SCROLL_LOCK = 1 << 8,
};

static const struct modifier_key {
    uint8_t code;
    uint8_t led; /* of a lock key; 0 for the others */
    uint16_t held;
} modifier_keys[] = {
    {0x2A, 0, HELD_LEFT_SHIFT},
    {0x36, 0, HELD_RIGHT_SHIFT},
    {0x1D, 0, HELD_LEFT_CTRL},
    {0x1D | EXTENDED, 0, HELD_RIGHT_CTRL},
    {0x38, 0, HELD_LEFT_ALT},
    {0x38 | EXTENDED, 0, HELD_RIGHT_ALT},
    {0x3A, KEYBOARD_LED_CAPS, HELD_CAPS_LOCK},
    {0x45, KEYBOARD_LED_NUM, HELD_NUM_LOCK},
    {0x46, KEYBOARD_LED_SCROLL, HELD_SCROLL_LOCK},
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

static const struct keypad_key {
    char digit;
    uint16_t key; /* 0: nothing */
} keypad_keys[] = {
    {'7', KEY_HOME},   {'8', KEY_UP},   {'9', KEY_PAGE_UP},   {'-', '-'},
    {'4', KEY_LEFT},   {'5', 0},        {'6', KEY_RIGHT},     {'+', '+'},
    {'1', KEY_END},    {'2', KEY_DOWN}, {'3', KEY_PAGE_DOWN}, {'0', KEY_INSERT},
    {'.', KEY_DELETE},
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

static bool has_altgr(const struct keymap *keymap)
{
    return keymap->levels[KEYMAP_ALTGR][0] != NULL;
}

static uint8_t modifiers(const struct keyboard_decoder *decoder)
{
    unsigned held = decoder->held;
    unsigned right_alt = has_altgr(decoder->keymap) ? KEY_MODIFIER_ALTGR : KEY_MODIFIER_ALT;
    unsigned result = 0;

    if (held & (HELD_LEFT_SHIFT | HELD_RIGHT_SHIFT))
        result |= KEY_MODIFIER_SHIFT;
    if (held & (HELD_LEFT_CTRL | HELD_RIGHT_CTRL))
        result |= KEY_MODIFIER_CTRL;
    if (held & HELD_LEFT_ALT)
        result |= KEY_MODIFIER_ALT;
    if (held & HELD_RIGHT_ALT)
        result |= right_alt;
    return (uint8_t)result;
}

/* Returns whether `code` is a modifier or lock key. */
static bool update_modifiers(struct keyboard_decoder *decoder, uint8_t code, bool pressed)
{
    for (size_t i = 0; i < COUNT_OF(modifier_keys); i++) {
        const struct modifier_key *key = &modifier_keys[i];
        if (key->code != code)
            continue;
        /* A lock that is held down repeats as any key does, but toggles only once. */
        if (pressed && !(decoder->held & key->held))
            decoder->leds ^= key->led;
        if (pressed)
            decoder->held |= key->held;
        else
            decoder->held &= (uint16_t)~key->held;
        return true;
    }
    return false;
}

static uint16_t keypad_key(const struct keyboard_decoder *decoder, const struct keypad_key *key)
{
    bool num = decoder->leds & KEYBOARD_LED_NUM;
    bool shift = modifiers(decoder) & KEY_MODIFIER_SHIFT;

    return num != shift ? (uint8_t)key->digit : key->key;
}

static uint8_t character_at(const struct keymap *keymap, unsigned level, const struct block *block,
                            unsigned code)
{
    const char *row = keymap->levels[level][block->row];
    unsigned column = block->column + (code - block->first_code);

    if (!row)
        return 0;
    for (unsigned i = 0; i < column; i++) {
        if (!row[i])
            return 0;
    }
    return row[column] == ' ' ? 0 : (uint8_t)row[column];
}

/* In ASCII and in Latin-1 a letter's capital stands 0x20 below it (except for sharp s and y with
 * diaeresis, whose capitals Latin-1 does not have). */
static bool is_letter_pair(uint8_t plain, uint8_t shifted)
{
    bool is_small = (plain >= 'a' && plain <= 'z') || plain >= 0xE0;
    return is_small && shifted == plain - 0x20;
}

static uint8_t control_character(uint8_t character)
{
    const uint8_t control_bits = 0x1F;

    if (character >= 'a' && character <= 'z')
        return character & control_bits;
    if (character >= 'A' && character <= ']')
        return character & control_bits;
    return character;
}

static uint8_t block_character(const struct keyboard_decoder *decoder, const struct block *block,
                               unsigned code)
{
    const struct keymap *keymap = decoder->keymap;
    uint8_t held = modifiers(decoder);
    bool shift = held & KEY_MODIFIER_SHIFT;
    unsigned base = held & KEY_MODIFIER_ALTGR ? KEYMAP_ALTGR : KEYMAP_PLAIN;
    uint8_t plain = character_at(keymap, base, block, code);
    uint8_t shifted = character_at(keymap, base + KEYMAP_SHIFT, block, code);

    if (decoder->leds & KEYBOARD_LED_CAPS && is_letter_pair(plain, shifted))
        shift = !shift;

    uint8_t character = shift ? shifted : plain;
    return held & KEY_MODIFIER_CTRL ? control_character(character) : character;
}

/* The key or character behind a code, or 0. */
static uint16_t translate(const struct keyboard_decoder *decoder, uint8_t code)
{
    if (code < COUNT_OF(fixed_keys) && fixed_keys[code])
        return fixed_keys[code];
    if (code >= KEYPAD_FIRST && code < KEYPAD_FIRST + COUNT_OF(keypad_keys))
        return keypad_key(decoder, &keypad_keys[code - KEYPAD_FIRST]);
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        if (code >= blocks[i].first_code && code < blocks[i].first_code + blocks[i].count)
            return block_character(decoder, &blocks[i], code);
    }
    return 0;
}

/* Returns false where there is no key to tell about. */
static bool report(const struct keyboard_decoder *decoder, uint16_t key, bool pressed,
                   struct key_event *event)
{
    *event = (struct key_event){
        .key = key,
        .modifiers = modifiers(decoder),
        .pressed = pressed,
    };
    return key != 0;
}

void keyboard_decoder_init(struct keyboard_decoder *decoder, const struct keymap *keymap)
{
    *decoder = (struct keyboard_decoder){.keymap = keymap};
}

bool keyboard_decoder_feed(struct keyboard_decoder *decoder, uint8_t byte, struct key_event *event)
{
    bool pressed = !(byte & RELEASED);

    if (decoder->pause_bytes) {
        decoder->pause_bytes--;
        return !decoder->pause_bytes && report(decoder, KEY_PAUSE, pressed, event);
    }
    if (byte == PREFIX_PAUSE) {
        decoder->pause_bytes = PAUSE_BYTES;
        return false;
    }
    if (byte == PREFIX_EXTENDED) {
        decoder->extended = true;
        return false;
    }

    uint8_t code = (byte & ~RELEASED) | (decoder->extended ? EXTENDED : 0);
    decoder->extended = false;
    if (update_modifiers(decoder, code, pressed))
        return false;
    return report(decoder, translate(decoder, code), pressed, event);
}

uint8_t keyboard_decoder_leds(const struct keyboard_decoder *decoder)
{
    return decoder->leds;
}
