/* From keys to the bytes that a terminal's keyboard sends. */
#ifndef AETHEL_SHELL_TERMINAL_KEYS_H
#define AETHEL_SHELL_TERMINAL_KEYS_H

#include "drivers/keyboard/keyboard.h"

/* Names what F12 calls, in interrupt context. Boot only. */
void terminal_keys_init(void (*rescue)(void));

/*
 * For keyboard_init(): gives what `event` means to the console that is shown. What is not input
 * acts at once, whoever has the CPU: F12 calls for rescue, Alt with F1 to F4 shows another console,
 * Shift or Ctrl with Page Up and Page Down scroll. Interrupt context.
 */
void terminal_keys_on_key(const struct key_event *event);

/* By how many rows that key scrolls the screen back, or forth if negative; 0: it is none of those
 * that do. Any context. */
int terminal_keys_rows_to_scroll(const struct key_event *event);

#endif
