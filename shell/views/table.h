/* Tables that are printed: a row of fields takes as many rows as the terminal is wide. */
#ifndef AETHEL_SHELL_VIEWS_TABLE_H
#define AETHEL_SHELL_VIEWS_TABLE_H

#include <stdint.h>

#include "shell/terminal.h"

struct table_column {
    const char *head;
    int8_t width; /* negative: aligned to the left */
};

/*
 * Prints the `count` fields, each in its column and a blank between two; NULL: the heads. What does
 * not fit goes on in further rows, which begin with two blanks. Blocks.
 */
void table_print(struct terminal *terminal, const struct table_column *columns, unsigned count,
                 const char *const *fields);

#endif
