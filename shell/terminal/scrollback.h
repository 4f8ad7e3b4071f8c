/*
 * The lines that have left the top of a screen: the latest SCROLLBACK_LINES of them, colours too.
 *
 * A line is kept as runs of one attribute: attribute, length, characters; blanks at its end cost
 * nothing. Lines fill pages, which are taken as lines come. Where there is no page to be had, the
 * oldest one is used again. Knows no hardware.
 */
#ifndef AETHEL_SHELL_TERMINAL_SCROLLBACK_H
#define AETHEL_SHELL_TERMINAL_SCROLLBACK_H

#include <stdint.h>

#define SCROLLBACK_LINES     2000u
#define SCROLLBACK_COLUMNS   80u
#define SCROLLBACK_PAGE_SIZE 4096u
#define SCROLLBACK_BLANK     0x0720u /* the cell that trailing blanks consist of */

/* Where pages come from, aligned for a pointer. Called as scrollback_add() is. */
struct scrollback_source {
    void *(*allocate)(void); /* NULL: there are none to be had */
    void (*free)(void *page);
};

struct scrollback_page;

struct scrollback {
    const struct scrollback_source *source;
    struct scrollback_page *oldest, *newest; /* NULL: no line has come yet */
    unsigned pages, lines;                   /* how many there are in all */
};

/* Starts without lines, and without memory. `source` must live for ever. */
void scrollback_init(struct scrollback *scrollback, const struct scrollback_source *source);

/*
 * Adds the line of SCROLLBACK_COLUMNS cells, as the VGA has them. Lines beyond SCROLLBACK_LINES
 * go, the oldest first; and so do more of them, or this one, where there is no memory. Never
 * blocks. Any context; the caller excludes others.
 */
void scrollback_add(struct scrollback *scrollback, const uint16_t *cells);

/* How many lines can be asked for: SCROLLBACK_LINES at most. Any context. */
unsigned scrollback_lines(const struct scrollback *scrollback);

/* Stores line `index`, from 0, the oldest, to below scrollback_lines(), in SCROLLBACK_COLUMNS
 * cells. Any context; the caller excludes scrollback_add(). */
void scrollback_get(const struct scrollback *scrollback, unsigned index, uint16_t *cells);

#endif
