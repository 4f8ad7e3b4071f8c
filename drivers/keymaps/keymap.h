/*
 * What a keyboard layout is: which character the keys of the main block give. All other keys are
 * the same everywhere and belong to the decoder. A layout is data only; it knows no scan codes.
 */
#ifndef AETHEL_DRIVERS_KEYMAPS_KEYMAP_H
#define AETHEL_DRIVERS_KEYMAPS_KEYMAP_H

/*
 * The four rows of the main block, top to bottom, each left to right:
 *  - digits: the key left of 1, the digits, and the two keys right of 0 (13 keys);
 *  - upper:  from Q on, 12 keys;
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
    const char *name; /* "us" */
    /*
     * One string for each row, one Latin-1 character for each key. A blank, or a string that ends
     * before: the key gives nothing at this level. NULL: no key of the row does. A layout without
     * an AltGr level uses the right Alt key as a second Alt.
     */
    const char *levels[KEYMAP_LEVELS][KEYMAP_ROWS];
};

extern const struct keymap keymap_us;

#endif
