/*
 * Rows of text on a terminal, each written in its place. It remembers what the terminal shows, so
 * that only what differs is sent: nothing flickers, and a slow line is not kept busy. Pure: writes
 * text with ANSI sequences through a callback.
 */
#ifndef AETHEL_SHELL_VIEWS_ROW_DISPLAY_H
#define AETHEL_SHELL_VIEWS_ROW_DISPLAY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_DISPLAY_COLUMNS_MAX 250u

/*
 * How characters look: a colour, with STYLE_BOLD or STYLE_REVERSE or both. In the text of a row, a
 * style is a character that takes no column, and holds for those behind it: "%c", STYLE_RED. A row
 * begins plain.
 */
enum text_style {
    STYLE_RED = 1,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_MAGENTA,
    STYLE_CYAN,
    STYLE_PLAIN,       /* the terminal's own colour */
    STYLE_BOLD = 8,    /* to be added to one of the above */
    STYLE_REVERSE = 16 /* likewise */
};

struct display_cell {
    uint8_t character;
    uint8_t style;
};

struct row_display {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
    unsigned rows, columns;     /* up to ROW_DISPLAY_COLUMNS_MAX columns */
    struct display_cell *cells; /* row by row: as the terminal shows them */
};

/* Clears the terminal. All members have been set, but for what is in the cells. Always the first.
 */
void row_display_clear(struct row_display *display);

/*
 * Makes row number `row`, from 0, of the terminal show the text, cut to its columns, and nothing
 * behind it. Leaves the cursor anywhere.
 */
void row_display_write(struct row_display *display, unsigned row, const char *format,
                       va_list arguments) __attribute__((format(__printf__, 3, 0)));

/* Writes a text with styles where the cursor is, for output that goes on line by line; or without
 * them, if `has_colors` is false. */
void row_display_print(void (*write)(void *context, const char *text, size_t length), void *context,
                       const char *text, bool has_colors);

#endif
