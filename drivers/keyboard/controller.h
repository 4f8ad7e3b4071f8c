/*
 * The 8042, which stands between the machine and a PS/2 keyboard. Every wait is bounded.
 *
 * On many machines it is the firmware's emulation for a USB keyboard, which is easily confused, and
 * each access costs it an excursion into system management mode. So it gets few commands, no
 * self-test and no reset.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_CONTROLLER_H
#define AETHEL_DRIVERS_KEYBOARD_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

/* More than the keyboard (16 bytes) and the controller may have stored. */
#define CONTROLLER_BYTES_MAX 32u

struct controller_setup {
    bool answers;       /* the controller told its configuration */
    bool is_translated; /* it turns scan code set 2 into set 1 */
};

/* Whether anything answers at its ports. Any context. */
bool controller_is_present(void);

/*
 * Keyboard on, with interrupts; mouse off: a byte of it that nobody reads would stand before all
 * that the keyboard sends. Translation stays as the firmware left it, which had the keyboard at
 * work. What was typed before is thrown away. Boot only.
 */
struct controller_setup controller_configure(void);

/* Throws away what was typed before anybody listened. Returns whether it has come to an end. */
bool controller_discard(void);

/* Whether a byte has come in. Any context. */
bool controller_has_byte(void);

/* Whether a byte has come in: then it is stored, and whether it is the keyboard's and not the
 * mouse's. Any context with interrupts off. */
bool controller_receive(uint8_t *byte, bool *is_keyboards);

/* Sends a byte to the keyboard, and stores what it answers. Returns false if nothing comes within
 * 20 ms. Boot only. */
bool controller_ask_keyboard(uint8_t byte, uint8_t *answer);

/* The same without waiting for the answer, which comes as a byte; and it does not wait long until
 * the controller takes it. Any context with interrupts off. */
bool controller_tell_keyboard(uint8_t byte);

#endif
