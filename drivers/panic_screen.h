/* Where a panic is shown: the whole VGA screen in red, and COM1. */
#ifndef AETHEL_DRIVERS_PANIC_SCREEN_H
#define AETHEL_DRIVERS_PANIC_SCREEN_H

#include <stddef.h>

/* Clears the screen to red and hides the cursor. Interrupts off; needs no lock. */
void panic_screen_begin(void);

/* Writes `text` on the screen and, by polling, to COM1. What does not fit on the screen any more is
 * on COM1 only. Interrupts off; needs no lock. */
void panic_screen_write(const char *text, size_t length);

#endif
