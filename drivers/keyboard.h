/* The PS/2 keyboard behind the 8042 controller. */
#ifndef AETHEL_DRIVERS_KEYBOARD_H
#define AETHEL_DRIVERS_KEYBOARD_H

#include "drivers/keyboard_decoder.h"

/*
 * Brings up the controller's first port and calls `on_key` for every key that is pressed,
 * repeated or released, in interrupt context. Every wait is bounded. Boot only, after pic_init().
 * Returns 0, or -ERROR_NOT_SUPPORTED where there is no controller, -ERROR_IO where the keyboard
 * does not answer (it is listened to all the same: one may be plugged in later).
 */
int keyboard_init(void (*on_key)(const struct key_event *event));

#endif
