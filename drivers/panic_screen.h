/*
 * Where a panic is shown: the whole VGA screen in red, and COM1. Interrupts are off in all of it,
 * and it needs no lock.
 */
#ifndef AETHEL_DRIVERS_PANIC_SCREEN_H
#define AETHEL_DRIVERS_PANIC_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much text fits on the screen above the last row, which is for the keys. */
#define PANIC_SCREEN_ROWS    23u
#define PANIC_SCREEN_COLUMNS 78u

/* Clears the screen to red, hides the cursor, and takes COM1 over, which is sent `way_out` first:
 * it ends what is shown there. */
void panic_screen_begin(const char *way_out);

/* Clears the screen for what comes next. */
void panic_screen_clear(void);

/*
 * Writes `text`, which is a line or a part of one, on the screen and, by polling, to COM1. What
 * does not fit on the screen any more is on COM1 only. What COM1 does not take in time is queued
 * there, for panic_screen_feed(); when it has not taken it for very long, what there is no room for
 * is missing there, and a line says so.
 */
void panic_screen_write(const char *text, size_t length);

/* Shows `keys` in the last row of the screen, and as a line on COM1. */
void panic_screen_show_keys(const char *keys);

/*
 * Shows the VGA_COLUMNS cells in row `row`, above that of the keys, in place of what was written.
 * All rows are to be shown. What was written is there again with panic_screen_show_written(), and
 * before more is written. COM1 gets none of that.
 */
void panic_screen_show_row(unsigned row, const uint16_t *cells);
void panic_screen_show_written(void);

/* COM1 takes of what is queued what it can take at once. Returns true when it has caught up so far
 * that a line there has told what is missing: what was shown before is missing, too. */
bool panic_screen_feed(void);

/* COM1 takes all of it, unless it takes nothing for a second. */
void panic_screen_flush(void);

#endif
