/*
 * From the bytes that a PS/2 keyboard sends, as they arrive, to those of scan code set 1. Pure.
 *
 * A keyboard sends set 2, and the 8042 turns that into set 1 unless it was told not to. But there
 * are controllers that cannot, and firmware that plays an 8042 for a USB keyboard and sends set 1
 * or 2 whatever it says. So the bytes themselves decide: a released key gives itself away.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_SCAN_CODES_H
#define AETHEL_DRIVERS_KEYBOARD_SCAN_CODES_H

#include <stdbool.h>
#include <stdint.h>

struct scan_codes {
    uint8_t set;          /* in which the bytes come: 1 or 2 */
    uint8_t previous;     /* the byte before */
    bool is_release;      /* in set 2: the code that comes next is of a key that goes up */
    bool left_shift_held; /* in set 1, where its release looks like a keyboard that starts */
};

enum scan_codes_event {
    SCAN_CODES_NOTHING, /* not yet, or not for a key */
    SCAN_CODES_BYTE,    /* of set 1 */
    SCAN_CODES_LOST,    /* bytes have been lost, or misread: keys may be held or not */
    SCAN_CODES_STARTED, /* the keyboard has been plugged in, and has tested itself */
};

/* Expects set 1 or 2 at first. */
void scan_codes_init(struct scan_codes *codes, uint8_t set);

/* Takes the next byte, which is no answer to a command. It becomes the byte of set 1 with
 * SCAN_CODES_BYTE. Any context; constant time. */
enum scan_codes_event scan_codes_feed(struct scan_codes *codes, uint8_t *byte);

#endif
