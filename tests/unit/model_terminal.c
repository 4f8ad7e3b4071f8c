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
    memmove(terminal->cells[0], terminal->cells[1], sizeof(terminal->cells) - MODEL_COLUMNS_MAX);
    memset(terminal->cells[TERMINAL_ROWS - 1], ' ', MODEL_COLUMNS_MAX);
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
    if (terminal->column + 1 < terminal->columns)
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
    assert_uint_in_range(column, 0, terminal->columns - 1);
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

    assert_true(what == ANSI_ERASE_ALL || what == ANSI_ERASE_TO_END);
    char *start = what == ANSI_ERASE_ALL ? terminal->cells[0]
                                         : &terminal->cells[terminal->row][terminal->column];
    memset(start, ' ', sizeof(terminal->cells) - (size_t)(start - terminal->cells[0]));
}

static void erase_line(void *context, enum ansi_erase what)
{
    struct model_terminal *terminal = context;

    assert_int_equal(what, ANSI_ERASE_TO_END);
    memset(&terminal->cells[terminal->row][terminal->column], ' ',
           MODEL_COLUMNS_MAX - terminal->column);
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
    terminal_init_columns(terminal, TERMINAL_COLUMNS);
}

void terminal_init_columns(struct model_terminal *terminal, unsigned columns)
{
    *terminal = (struct model_terminal){.columns = columns};
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
    static char text[MODEL_COLUMNS_MAX + 1];
    unsigned length = terminal->columns;

    memcpy(text, terminal->cells[row], length);
    while (length && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}
