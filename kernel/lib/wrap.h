/*
 * Text broken into rows of a width, at blanks. What stands in a column of its own, behind two
 * blanks or more, goes on below its beginning. Pure.
 */
#ifndef AETHEL_KERNEL_LIB_WRAP_H
#define AETHEL_KERNEL_LIB_WRAP_H

#include <stdbool.h>

struct wrap {
    const char *rest;
    unsigned columns;
    unsigned indent; /* of further rows of the line that is being broken */
    bool is_in_line; /* a row of it has been told */
};

/* A row: so many blanks, and behind them `length` characters of the text. */
struct wrapped_row {
    unsigned indent;
    unsigned length;
    const char *text;
};

/* Begins with `text`, lines that \n parts. `columns` is at least 2. Any context. */
void wrap_init(struct wrap *wrap, const char *text, unsigned columns);

/* Whether there are no more rows. Any context. */
bool wrap_has_ended(const struct wrap *wrap);

/* Stores the next row. Returns false if there is none. Any context. */
bool wrap_next(struct wrap *wrap, struct wrapped_row *row);

#endif
