/*
 * A terminal as a person sees it: cells and a cursor. It understands what kernel/lib/ansi does, and
 * wraps long lines as a VT100 does. It has 80 columns, unless a test says otherwise.
 */
#ifndef AETHEL_TESTS_UNIT_MODEL_TERMINAL_H
#define AETHEL_TESTS_UNIT_MODEL_TERMINAL_H

#include <stddef.h>

#include "kernel/lib/ansi.h"

#define TERMINAL_COLUMNS 80u
#define TERMINAL_ROWS    25u

#define MODEL_COLUMNS_MAX 250u

struct model_terminal {
    struct ansi_parser parser;
    char cells[TERMINAL_ROWS][MODEL_COLUMNS_MAX];
    unsigned columns;
    unsigned row;
    unsigned column;
    bool wrap_pending; /* the last column is written: the next character goes to the next row */
    unsigned bells;
    unsigned bytes; /* that have been written to it */
};

/* An empty screen, the cursor in its upper left corner. */
void terminal_init(struct model_terminal *terminal);

/* The same, of another width. */
void terminal_init_columns(struct model_terminal *terminal, unsigned columns);

void terminal_write(struct model_terminal *terminal, const char *text, size_t length);

/* The text of a row, without the blanks at its end. Valid until the next call. */
const char *terminal_row(const struct model_terminal *terminal, unsigned row);

#endif
