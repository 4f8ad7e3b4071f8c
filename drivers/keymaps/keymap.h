/*
 * The room drivers/keymaps/ is the keyboard layouts, a file each.
 *
 * Entered by: drivers/keyboard/, and the command that lists them; whoever adds one enters nothing
 * else.
 * Invariant: a layout is constant, and names no key that the decoder knows by itself.
 *
 * What a keyboard layout is: which character the keys of the main block give. All other keys are
 * the same everywhere and belong to the decoder. A layout is data only; it knows no scan codes. A
 * file in drivers/keymaps/ says KEYMAP(name), and that is all it takes to add one.
 */
#ifndef AETHEL_DRIVERS_KEYMAPS_KEYMAP_H
#define AETHEL_DRIVERS_KEYMAPS_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The four rows of the main block, top to bottom, each left to right:
 *  - digits: the key left of 1, the digits, and the two keys right of 0 (13 keys);
 *  - upper:  from Q on (as US keyboards name it), 12 keys;
 *  - home:   from A on, 11 keys, then the key beside or above Enter (US: \ and |);
 *  - lower:  the key between left Shift and Z that US keyboards lack, then from Z on (11 keys).
 */
enum keymap_row { KEYMAP_DIGITS, KEYMAP_UPPER, KEYMAP_HOME, KEYMAP_LOWER, KEYMAP_ROWS };

enum keymap_level {
    KEYMAP_PLAIN,
    KEYMAP_SHIFT,
    KEYMAP_ALTGR,
    KEYMAP_SHIFT_ALTGR,
    KEYMAP_LEVELS,
};

struct keymap {
    const char *name;  /* "us" */
    const char *title; /* "United States" */
    /*
     * For each row and level a string with one character (Unicode, below U+E000) for each key. A
     * blank, or a string that ends before, or NULL: the key gives nothing at this level. A layout
     * without an AltGr level in its first row uses the right Alt key as a second Alt.
     */
    const uint16_t *rows[KEYMAP_ROWS][KEYMAP_LEVELS];
    /* The characters of a level that are dead keys: accents for the letter that comes next. */
    const uint16_t *dead[KEYMAP_LEVELS];
    /* Caps Lock shifts letters, and the keys that give these characters without Shift. */
    const uint16_t *caps_lock;
    char decimal; /* what the keypad's Delete gives with Num Lock on */
};

/* KEYMAP(us) = {.name = "us", ...}: defines the layout keymap_us, and registers it. */
#define KEYMAP(identifier)                                                              \
    extern const struct keymap keymap_##identifier;                                     \
    extern const struct keymap *const keymap_registration_##identifier;                 \
    const struct keymap *const keymap_registration_##identifier                         \
        __attribute__((used, section(".keymaps." #identifier))) = &keymap_##identifier; \
    const struct keymap keymap_##identifier

/* What holds until another one is chosen. */
extern const struct keymap keymap_us;

/* Layout number `index`, from 0, in the order of their names; NULL behind the last one. Any
 * context. */
const struct keymap *keymap_at(unsigned index);

/* The layout of that name, or NULL. Any context. */
const struct keymap *keymap_find(const char *name);

/* Whether the right Alt key is AltGr. Any context. */
bool keymap_has_altgr(const struct keymap *keymap);

/* What the key at `column`, from 0, of `row` gives at `level`: 0 for nothing. Any context. */
uint16_t keymap_character(const struct keymap *keymap, enum keymap_level level, enum keymap_row row,
                          unsigned column);

/* Whether `character` is a dead key at `level`. Any context. */
bool keymap_is_dead(const struct keymap *keymap, enum keymap_level level, uint16_t character);

/* Whether Caps Lock shifts a key that gives `plain` without Shift and `shifted` with it. Any
 * context. */
bool keymap_caps_lock_shifts(const struct keymap *keymap, uint16_t plain, uint16_t shifted);

/* `letter` with the dead key's accent over it (U+00E4 for U+00A8 and 'a'), or 0 where there is no
 * such letter in Latin-1. A blank gets the accent itself. Any context. */
uint16_t keymap_compose(uint16_t accent, uint16_t letter);

#endif
