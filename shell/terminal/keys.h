/* From keys to the bytes that a terminal's keyboard sends. */
#ifndef AETHEL_SHELL_TERMINAL_KEYS_H
#define AETHEL_SHELL_TERMINAL_KEYS_H

#include "drivers/keyboard/keyboard.h"

/* Names what F12 calls, in interrupt context. Boot only. */
void terminal_keys_init(void (*rescue)(void));

/*
 * For keyboard_init(): gives what `event` means to the screen's terminal. F12 is not input: it
 * calls for rescue. Interrupt context.
 */
void terminal_keys_on_key(const struct key_event *event);

#endif
