/* The terminal on COM1, of which nothing is known but what it answers. */
#ifndef AETHEL_SHELL_TERMINAL_SERIAL_H
#define AETHEL_SHELL_TERMINAL_SERIAL_H

#include "drivers/serial.h"
#include "shell/terminal.h"

extern struct terminal serial_terminal;

/* For serial_start(): bytes that come in go to serial_terminal, Ctrl-\ to the rescue. */
extern const struct serial_callbacks terminal_serial_callbacks;

/* Makes serial_terminal usable, whose Ctrl-\ calls `rescue` in interrupt context. After
 * serial_init(); boot only. */
void terminal_serial_init(void (*rescue)(void));

/* To be called some times a second: bytes that stand between a key and an answer of the terminal do
 * not wait longer for more. Interrupt context. */
void terminal_serial_poll(void);

#endif
