/* The model terminal: the plainest thing that does what the header says. */
#include "tests/unit/model_terminal.h"

#include "kernel/lib/string.h"
#include "tests/unit/unit_test.h"

static void newline(void *context)
{
    struct model_terminal *terminal = context;

    terminal->wrap_pending = false;
    if (terminal->row + 1 < TERMINAL_ROWS) {
        terminal->row++;
        return;
    }
    memmove(terminal->cells[0], terminal->cells[1], sizeof(terminal->cells) - TERMINAL_COLUMNS);
    memset(terminal->cells[TERMINAL_ROWS - 1], ' ', TERMINAL_COLUMNS);
}

static void carriage_return(void *context)
{
    struct model_terminal *terminal = context;

    terminal->column = 0;
    terminal->wrap_pending = false;
}

static void put(void *context, uint8_t character)
{
    struct model_terminal *terminal = context;

    if (terminal->wrap_pending) {
        carriage_return(terminal);
        newline(terminal);
    }
    terminal->cells[terminal->row][terminal->column] = (char)character;
    if (terminal->column + 1 < TERMINAL_COLUMNS)
        terminal->column++;
    else
        terminal->wrap_pending = true;
}

/* A cursor that is told to leave the screen is an error of who tells it. */
static void move_cursor(void *context, int rows, int columns)
{
    struct model_terminal *terminal = context;
    int row = (int)terminal->row + rows;
    int column = (int)terminal->column + columns;

    assert_uint_in_range(row, 0, TERMINAL_ROWS - 1);
    assert_uint_in_range(column, 0, TERMINAL_COLUMNS - 1);
    terminal->row = (unsigned)row;
    terminal->column = (unsigned)column;
    terminal->wrap_pending = false;
}

static void backspace(void *context)
{
    move_cursor(context, 0, -1);
}

static void bell(void *context)
{
    struct model_terminal *terminal = context;
    terminal->bells++;
}

static void place_cursor(void *context, unsigned row, unsigned column)
{
    struct model_terminal *terminal = context;

    terminal->row = row;
    terminal->column = column;
    terminal->wrap_pending = false;
}

static void erase_display(void *context, enum ansi_erase what)
{
    struct model_terminal *terminal = context;

    assert_int_equal(what, ANSI_ERASE_ALL);
    memset(terminal->cells, ' ', sizeof(terminal->cells));
}

static void erase_line(void *context, enum ansi_erase what)
{
    struct model_terminal *terminal = context;

    assert_int_equal(what, ANSI_ERASE_TO_END);
    memset(&terminal->cells[terminal->row][terminal->column], ' ',
           TERMINAL_COLUMNS - terminal->column);
}

/* What the line editor never sends is left out: to receive it is a fault, and ends the test. */
static const struct ansi_screen_operations operations = {
    .put = put,
    .newline = newline,
    .carriage_return = carriage_return,
    .backspace = backspace,
    .bell = bell,
    .move_cursor = move_cursor,
    .place_cursor = place_cursor,
    .erase_display = erase_display,
    .erase_line = erase_line,
};

void terminal_init(struct model_terminal *terminal)
{
    *terminal = (struct model_terminal){.row = 0};
    memset(terminal->cells, ' ', sizeof(terminal->cells));
    ansi_init(&terminal->parser, &operations, terminal);
}

void terminal_write(struct model_terminal *terminal, const char *text, size_t length)
{
    terminal->bytes += (unsigned)length;
    for (size_t i = 0; i < length; i++)
        ansi_feed(&terminal->parser, (uint8_t)text[i]);
}

const char *terminal_row(const struct model_terminal *terminal, unsigned row)
{
    static char text[TERMINAL_COLUMNS + 1];
    unsigned length = TERMINAL_COLUMNS;

    memcpy(text, terminal->cells[row], TERMINAL_COLUMNS);
    while (length && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}
