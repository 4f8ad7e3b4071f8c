/*
 * What the keyboard is told while the machine runs: to report keys, and which lights to show. It
 * answers each byte by another interrupt, so nobody waits for it: all of this runs in interrupt
 * context, a byte at a time.
 */
#ifndef AETHEL_DRIVERS_KEYBOARD_COMMANDS_H
#define AETHEL_DRIVERS_KEYBOARD_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

/* Has the keyboard report keys, which it may have been told to stop, and waits for its answer.
 * Returns whether there is one. Boot only. */
bool keyboard_commands_begin(void);

/* The keyboard has been plugged in: it is told to report keys, and to show the lights anew. */
void keyboard_commands_restart(void);

/* Returns whether `byte` is the keyboard's answer to a command, and not a key. */
bool keyboard_commands_take_answer(uint8_t byte);

/* Begins to show `lights` (enum keyboard_led), unless they are shown, or a command is on its way.
 */
void keyboard_commands_show(uint8_t lights);

/* How often the keyboard has asked for a byte once more. Any context. */
uint32_t keyboard_commands_resends(void);

#endif
