/*
 * From the bytes that a PS/2 keyboard sends, as they arrive, to keys that go down and up. Pure.
 *
 * A keyboard sends scan code set 2, and the 8042 turns that into set 1 unless it was told not to.
 * But there are controllers that cannot, and firmware that plays an 8042 for a USB keyboard and
 * sends set 1 or 2 whatever it says. So the bytes themselves decide: a released key gives itself
 * away.
 *
 * Some keys send several bytes, the first of which is a prefix. A byte may get lost, so what is no
 * sequence of a keyboard is told as such, and what comes behind it is taken for what it is.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_SCAN_CODES_H
#define AETHEL_DRIVERS_KEYBOARD_SCAN_CODES_H

#include <stdbool.h>
#include <stdint.h>

/* A key: its code in set 1, of seven bits, with these. */
#define SCAN_CODE_EXTENDED 0x80u  /* it stands behind the prefix E0 */
#define SCAN_CODE_RELEASED 0x100u /* it goes up */

#define SCAN_CODE_NONE  0u                           /* no key has this code */
#define SCAN_CODE_PAUSE (0x46u | SCAN_CODE_EXTENDED) /* what it also sends, with Ctrl held */

/* The bytes of one key come within a few milliseconds of each other. */
#define SCAN_CODES_SILENCE_MS 50u

struct scan_codes {
    uint8_t set;          /* in which the bytes come: 1 or 2 */
    bool is_guess;        /* that it is 2: by a prefix F0, behind which nothing has come yet */
    uint8_t previous;     /* the byte before */
    bool is_extended;     /* the prefix E0 has come */
    bool is_release;      /* in set 2: the code that comes next is of a key that goes up */
    uint8_t pause;        /* how far into the sequence of the Pause key the bytes are */
    bool left_shift_held; /* in set 1, where its release looks like a keyboard that starts */
};

struct scan_codes_result {
    bool is_lost;     /* bytes were lost, or misread, before this one: keys may be held or not */
    bool has_started; /* the keyboard has been plugged in, and has tested itself */
    uint16_t code;    /* the key that this byte completes, or SCAN_CODE_NONE */
};

/* Expects set 1 or 2 at first. */
void scan_codes_init(struct scan_codes *codes, uint8_t set);

/* Takes the next byte, which is no answer to a command. Any context; constant time. */
struct scan_codes_result scan_codes_feed(struct scan_codes *codes, uint8_t byte);

/* Nothing has come for SCAN_CODES_SILENCE_MS: forgets a prefix. Returns whether there was one,
 * behind which bytes were lost, then. Any context. */
bool scan_codes_give_up(struct scan_codes *codes);

#endif
