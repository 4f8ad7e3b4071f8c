/*
 * The consoles on the VGA screen: each a terminal with a screen of its own, of which one is shown,
 * in all rows but the last, which belongs to the status bar. The first one is there from the boot
 * on; another one comes to be, and gets its shell, when it is first shown.
 */
#ifndef AETHEL_SHELL_TERMINAL_SCREEN_H
#define AETHEL_SHELL_TERMINAL_SCREEN_H

#include "shell/terminal.h"

#define SCREENS_MAX 4u

/* The first console. */
extern struct terminal screen_terminal;

/* Clears the screen and makes screen_terminal usable. After vga_init(); boot only. */
void terminal_screen_init(void);

/* Names what starts a shell on a console that is shown for the first time; it is called as
 * thread_create() may be. If it returns false, it is called again the next time that the console is
 * to be shown. Until this has been called no other console than the first one can be shown. */
void terminal_screen_set_starter(bool (*start_shell)(struct terminal *terminal));

/* The console that is shown, and its number, which counts from 0. Any context. */
struct terminal *terminal_screen_shown(void);
unsigned terminal_screen_shown_index(void);

/* Shows console `index`, below SCREENS_MAX. Some ticks later all of it is painted. Where there is
 * no memory for it the log says so, and nothing happens. Interrupts off. */
void terminal_screen_show(unsigned index);

/*
 * Scrolls what is shown `rows` back, or forth if negative; or to the end. While it is scrolled back
 * it stays where it is, whatever is printed. Nothing is scrolled while a view has the console.
 * Returns whether anything has moved: then terminal_screen_paint() is to be called, or
 * terminal_screen_row() tells what there is to be seen. Interrupts off.
 */
bool terminal_screen_scroll(int rows);
bool terminal_screen_scroll_to_end(void);

/* Takes the console that is shown back from a view to what is behind it. Returns whether it had
 * one. After a panic. */
bool terminal_screen_leave_view(void);

/* How far back the console that is shown is scrolled, in rows. Any context. */
unsigned terminal_screen_back(void);

/* How many bytes of memory the lines take that have scrolled off all consoles. Any context. */
size_t terminal_screen_scrollback_size(void);

/* Brings the display up to date, a row at each of the ticks to come. Any context. */
void terminal_screen_paint(void);

/* To be called some times a second: does so if somebody who wrote was killed, or displaced, before
 * what he wrote was painted. Interrupt context. */
void terminal_screen_poll(void);

/* Row `row`, from 0, of what is to be seen of the console that is shown: where it lies, or
 * `buffer`, of VGA_COLUMNS cells, which it is stored in. Interrupts off. */
const uint16_t *terminal_screen_row(unsigned row, uint16_t *buffer);

#endif
