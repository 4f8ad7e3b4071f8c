/* The terminal on the VGA screen: all rows but the last, which belongs to the status bar. */
#ifndef AETHEL_SHELL_TERMINAL_SCREEN_H
#define AETHEL_SHELL_TERMINAL_SCREEN_H

#include "shell/terminal.h"

extern struct terminal screen_terminal;

/* Clears the screen and makes screen_terminal usable. After vga_init(); boot only. */
void terminal_screen_init(void);

#endif
