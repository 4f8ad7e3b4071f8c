/*
 * From scan codes to the keys that a person means by them: characters, by layout and modifiers, and
 * the others (IBM PS/2 Hardware Interface Technical Reference, "Keyboard"). Pure: knows neither
 * ports nor interrupts.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_DECODER_H
#define AETHEL_DRIVERS_KEYBOARD_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/keyboard/scan_codes.h"
#include "drivers/keymaps/keymap.h"

/* The first code point that Unicode gives to nobody. */
#define KEY_FIRST 0xE000

/*
 * Keys without a character, above all characters. Enter is '\r', Backspace '\b', Tab '\t' and
 * Escape 0x1B; Ctrl with a letter is 1..26, with [ \ ] it is 0x1B..0x1D, with _ and / 0x1F.
 */
enum key {
    KEY_UP = KEY_FIRST,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_INSERT,
    KEY_DELETE,
    KEY_PAUSE,
    KEY_PRINT_SCREEN,
    KEY_F1,
    KEY_F2,
    KEY_F3,
    KEY_F4,
    KEY_F5,
    KEY_F6,
    KEY_F7,
    KEY_F8,
    KEY_F9,
    KEY_F10,
    KEY_F11,
    KEY_F12,
};

/* Bits of key_event.modifiers: what was held when the key moved. */
enum key_modifier {
    KEY_MODIFIER_SHIFT = 1 << 0,
    KEY_MODIFIER_CTRL = 1 << 1,
    KEY_MODIFIER_ALT = 1 << 2,
    KEY_MODIFIER_ALTGR = 1 << 3,
};

struct key_event {
    uint16_t key; /* a character (Unicode), or an enum key */
    uint8_t modifiers;
    bool pressed; /* false: released. A key that is held down is pressed again and again. */
};

/* Bits of the LED state, as the keyboard's command 0xED takes them. */
enum keyboard_led {
    KEYBOARD_LED_SCROLL = 1 << 0,
    KEYBOARD_LED_NUM = 1 << 1,
    KEYBOARD_LED_CAPS = 1 << 2,
};

#define KEYBOARD_CODES 256u /* of seven bits, and SCAN_CODE_EXTENDED */

struct keyboard_decoder {
    const struct keymap *keymap;
    uint64_t down[KEYBOARD_CODES / 64]; /* a bit for each code whose key is held */
    uint8_t leds;                       /* the locks that are on */
    uint16_t accent;                    /* of the dead key that was pressed; 0: none was */
};

/* Starts with nothing held and no lock on. `keymap` must live for ever. */
void keyboard_decoder_init(struct keyboard_decoder *decoder, const struct keymap *keymap);

/* From now on the keys have the characters of `keymap`, which must live for ever. Interrupts off.
 */
void keyboard_decoder_set_keymap(struct keyboard_decoder *decoder, const struct keymap *keymap);

#define KEYBOARD_EVENTS_MAX 2u

/*
 * Takes the next key that goes down or up. Returns how many events come of it, and stores them:
 * two where a key comes behind an accent that it cannot bear. Modifier, lock and dead keys,
 * unknown codes, and keys without a character in the layout give none. Any context; constant time.
 *
 * A key that goes up without having gone down was misread on one of its ways: then all keys count
 * as let go, so that no modifier stays held that no key holds.
 */
unsigned keyboard_decoder_feed(struct keyboard_decoder *decoder, uint16_t code,
                               struct key_event events[KEYBOARD_EVENTS_MAX]);

/* Bytes have been lost: no key counts as held any more. The locks stay. Any context. */
void keyboard_decoder_release_all(struct keyboard_decoder *decoder);

/* The LEDs that should be lit: bits of enum keyboard_led. Any context. */
uint8_t keyboard_decoder_leds(const struct keyboard_decoder *decoder);

#endif
