/* The size of a terminal, and asking it. */
#include "shell/terminal_size.h"

#include "shell/terminal.h"

/*
 * The cursor goes as far as it can, tells where it is, and goes back. Some terminals know one way
 * to remember its place and some the other (DECSC and SCOSC: XTerm Control Sequences); all that
 * have a cursor answer this.
 */
#define QUESTION "\0337\033[s\033[999;999H\033[6n\033[u\0338"

static uint16_t limit(uint16_t value, uint16_t least, uint16_t most)
{
    if (value < least)
        return least;
    return value < most ? value : most;
}

struct terminal_size terminal_size(const struct terminal *terminal)
{
    uint32_t size = terminal->size;
    return (struct terminal_size){.columns = (uint16_t)(size >> 16), .rows = (uint16_t)size};
}

void terminal_set_size(struct terminal *terminal, struct terminal_size size,
                       enum terminal_size_source source)
{
    uint32_t new_size =
        TERMINAL_SIZE(limit(size.columns, TERMINAL_COLUMNS_MIN, TERMINAL_COLUMNS_MAX),
                      limit(size.rows, TERMINAL_ROWS_MIN, TERMINAL_ROWS_MAX));
    bool has_changed = terminal->size != new_size;
    terminal->size_source = source;
    terminal->size = new_size;
    if (has_changed)
        terminal_notify(terminal);
}

void terminal_ask_size(struct terminal *terminal)
{
    if (terminal->size_source == TERMINAL_SIZE_FIXED)
        return;
    terminal->operations->expect_size();
    terminal_write(terminal, QUESTION, sizeof(QUESTION) - 1);
}
