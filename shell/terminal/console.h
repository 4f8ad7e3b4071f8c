/*
 * A console: what is printed on it, as cells, be it shown or not. The last of what has left its top
 * is kept (shell/terminal/scrollback.h), and its view can be scrolled back to that, and stays there
 * while more is printed. Programs that ask for the other screen get it; nothing of that is kept.
 *
 * Nothing here touches the display: what of the view is to be painted anew is told in pieces. Knows
 * no hardware. All functions: with interrupts off, since keys act in the middle of a text; they
 * take constant time, and never block.
 */
#ifndef AETHEL_SHELL_TERMINAL_CONSOLE_H
#define AETHEL_SHELL_TERMINAL_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/vga.h"
#include "kernel/lib/ansi.h"
#include "shell/terminal/scrollback.h"

#define CONSOLE_ROWS  (VGA_ROWS - 1) /* the last one is the status bar's */
#define CONSOLE_CELLS (CONSOLE_ROWS * VGA_COLUMNS)

/* What is painted at a time: half a row. */
#define CONSOLE_PIECES_PER_ROW 2u
#define CONSOLE_PIECE          (VGA_COLUMNS / CONSOLE_PIECES_PER_ROW)
#define CONSOLE_PIECES         (CONSOLE_ROWS * CONSOLE_PIECES_PER_ROW)

/* Rows in a circle. */
struct console_screen {
    uint16_t *cells;
    unsigned top;         /* which of them is the first one */
    unsigned row, column; /* of the cursor; column VGA_COLUMNS: the next character wraps */
};

struct console {
    struct ansi_parser parser;
    struct console_screen main, other;
    struct console_screen *screen; /* that is in use */
    unsigned saved_row, saved_column;
    unsigned used_rows;    /* of the main screen: below them nothing was put */
    unsigned rows_to_keep; /* of those: see console_go_on(); 0: none */
    unsigned rows_kept;
    uint8_t attribute;
    bool is_cursor_hidden;
    unsigned back; /* rows that the view is scrolled back; 0 on the other screen */
    struct scrollback scrollback;
    uint64_t damage; /* a bit for each piece of the view that is to be painted */
};

/* Makes a blank one of CONSOLE_CELLS cells for each of its screens. */
void console_init(struct console *console, uint16_t *main_cells, uint16_t *other_cells,
                  const struct scrollback_source *source);

/* Takes the next byte of output. Returns whether there is more to do: then console_go_on() is to be
 * called until it returns false. */
bool console_feed(struct console *console, uint8_t byte);

/*
 * Where the whole screen is to be cleared its rows are kept as if they had been scrolled off, one a
 * call, so that interrupts are not off for long. Returns whether there is more to do.
 */
bool console_go_on(struct console *console);

/* Scrolls the view `rows` back, or forth if negative, as far as there is something to see, and not
 * on the other screen. Returns whether it has moved. */
bool console_scroll(struct console *console, int rows);

/* Back to the main screen, if the other one is in use. Returns whether it was. */
bool console_leave_other_screen(struct console *console);

/* Row `row` of the view: where it lies, or `buffer`, of VGA_COLUMNS cells, which it is stored in.
 */
const uint16_t *console_view(const struct console *console, unsigned row, uint16_t *buffer);

/* Where the cursor is in the view. Returns false if it is not to be seen. */
bool console_cursor(const struct console *console, unsigned *row, unsigned *column);

/* The first piece of the view that is to be painted, counted by rows, or CONSOLE_PIECES. */
static inline unsigned console_damage(const struct console *console)
{
    return console->damage != 0 ? (unsigned)__builtin_ctzl(console->damage) : CONSOLE_PIECES;
}

/* `count` pieces from `first` on have been painted. */
static inline void console_was_painted(struct console *console, unsigned first, unsigned count)
{
    console->damage &= ~(((1ul << count) - 1) << first);
}

/* All of the view is to be painted. */
void console_damage_all(struct console *console);

#endif
