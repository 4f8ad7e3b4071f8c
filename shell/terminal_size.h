/*
 * How large a terminal is. The screen is what it is. Of COM1's other end nothing is known: it is
 * asked, and until it answers, or somebody says it, 80x24 is assumed.
 */
#ifndef AETHEL_SHELL_TERMINAL_SIZE_H
#define AETHEL_SHELL_TERMINAL_SIZE_H

#include <stdbool.h>
#include <stdint.h>

struct terminal;

/* Of a larger terminal a part is used, and a smaller one shows a part. */
#define TERMINAL_COLUMNS_MIN 40u
#define TERMINAL_COLUMNS_MAX 250u
#define TERMINAL_ROWS_MIN    12u
#define TERMINAL_ROWS_MAX    80u

struct terminal_size {
    uint16_t columns, rows;
};

enum terminal_size_source {
    TERMINAL_SIZE_FIXED,
    TERMINAL_SIZE_ASSUMED,
    TERMINAL_SIZE_ANSWERED, /* the terminal has told it */
    TERMINAL_SIZE_SAID,     /* a person has */
};

/* Any context. */
struct terminal_size terminal_size(const struct terminal *terminal);

/*
 * From now on the terminal has that size, brought within the limits above. Whoever reads from it is
 * notified if it had another one, as by terminal_notify(). Any context.
 */
void terminal_set_size(struct terminal *terminal, struct terminal_size size,
                       enum terminal_size_source source);

/* Asks the terminal, unless its size is fixed. The answer changes the size when it comes, if it
 * does, and is never input. Blocks as terminal_write() does. */
void terminal_ask_size(struct terminal *terminal);

#endif
