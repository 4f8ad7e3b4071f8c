/* From keys to the bytes that a terminal's keyboard sends. */
#ifndef AETHEL_SHELL_TERMINAL_KEYS_H
#define AETHEL_SHELL_TERMINAL_KEYS_H

#include "drivers/keyboard/keyboard.h"

/*
 * For keyboard_init(): gives what `event` means to the screen's terminal. F12 is not input: it
 * switches preemption. Interrupt context.
 */
void terminal_keys_on_key(const struct key_event *event);

#endif
