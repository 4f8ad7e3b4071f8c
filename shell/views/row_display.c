/* Finds what differs in a row, and writes that. */
#include "shell/views/row_display.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define COLOR_MASK  STYLE_PLAIN
#define SGR_DEFAULT 9u /* instead of a colour in 30..37: the terminal's own */

/* So many cells that have not changed are sent again rather than skipped, which takes as many bytes
 * as ESC [ 12 ; 34 H. */
#define SHORT_GAP 8u

#define CHARACTERS_AT_ONCE 80u

static const struct display_cell blank = {' ', STYLE_PLAIN};

static bool is_equal(struct display_cell first, struct display_cell second)
{
    return first.character == second.character && first.style == second.style;
}

static void print(const struct row_display *display, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

static void print(const struct row_display *display, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_to(display->write, display->context, format, arguments);
    va_end(arguments);
}

/* --- From text to cells ----------------------------------------------------------------------- */

struct row {
    struct display_cell cells[ROW_DISPLAY_COLUMNS_MAX];
    unsigned columns;
    unsigned length;
    uint8_t style;
};

static void put_text(void *context, const char *text, size_t length)
{
    struct row *row = context;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        if (byte < FIRST_PRINTABLE)
            row->style = byte;
        else if (row->length < row->columns)
            row->cells[row->length++] = (struct display_cell){byte, row->style};
    }
}

static void make_row(struct row *row, const char *format, va_list arguments)
{
    row->length = 0;
    row->style = STYLE_PLAIN;
    format_to(put_text, row, format, arguments);
    while (row->length > 0 && is_equal(row->cells[row->length - 1], blank))
        row->length--;
    for (unsigned i = row->length; i < row->columns; i++)
        row->cells[i] = blank;
}

/* --- From cells to the terminal --------------------------------------------------------------- */

static void set_style(const struct row_display *display, unsigned style)
{
    unsigned color = style & COLOR_MASK;
    if (style == STYLE_PLAIN)
        print(display, "\033[m");
    else
        print(display, "\033[0;3%u%s%sm", color != STYLE_PLAIN ? color : SGR_DEFAULT,
              style & STYLE_BOLD ? ";1" : "", style & STYLE_REVERSE ? ";7" : "");
}

/* Writes the cells [from, to), of one style after the other. */
static void write_cells(const struct row_display *display, const struct display_cell *cells,
                        unsigned from, unsigned to)
{
    char text[CHARACTERS_AT_ONCE];
    uint8_t style = STYLE_PLAIN;
    while (from < to) {
        unsigned length = 0;
        if (cells[from].style != style)
            set_style(display, style = cells[from].style);
        while (from < to && length < sizeof(text) && cells[from].style == style)
            text[length++] = (char)cells[from++].character;
        display->write(display->context, text, length);
    }
    if (style != STYLE_PLAIN)
        set_style(display, STYLE_PLAIN);
}

/* The end of the run of changes that begins at `column`: a long gap follows, or nothing. */
static unsigned end_of_changes(const struct row *new, const struct display_cell *old,
                               unsigned column)
{
    unsigned end = column;
    for (; column < new->columns &&column - end <= SHORT_GAP; column++) {
        if (!is_equal(new->cells[column], old[column]))
            end = column + 1;
    }
    return end;
}

void row_display_clear(struct row_display *display)
{
    print(display, "\033[m\033[H\033[2J");
    for (unsigned i = 0; i < display->rows * display->columns; i++)
        display->cells[i] = blank;
}

/*
 * Erasing to the end of the row stands for all blanks there. It cannot take the last character
 * along: a cursor that waits behind a full row, to wrap, stands behind one that is not blank.
 */
void row_display_write(struct row_display *display, unsigned row_number, const char *format,
                       va_list arguments)
{
    struct display_cell *old = &display->cells[row_number * display->columns];
    struct row new = {.columns = display->columns};
    make_row(&new, format, arguments);
    for (unsigned column = 0; column < new.columns; column++) {
        if (is_equal(new.cells[column], old[column]))
            continue;
        unsigned end = end_of_changes(&new, old, column);
        print(display, "\033[%u;%uH", row_number + 1, column + 1);
        write_cells(display, new.cells, column, end < new.length ? end : new.length);
        if (end > new.length) {
            print(display, "\033[K");
            break;
        }
        column = end;
    }
    memcpy(old, new.cells, new.columns * sizeof(*old));
}

void row_display_print(void (*write)(void *context, const char *text, size_t length), void *context,
                       const char *text, bool has_colors)
{
    const struct row_display display = {.write = write, .context = context};
    for (const char *end = text; *text != '\0'; text = end) {
        while (*end != '\0' && (uint8_t)*end >= FIRST_PRINTABLE)
            end++;
        write(context, text, (size_t)(end - text));
        for (; *end != '\0' && (uint8_t)*end < FIRST_PRINTABLE; end++)
            if (has_colors && (end[1] == '\0' || (uint8_t)end[1] >= FIRST_PRINTABLE))
                set_style(&display, (uint8_t)*end);
    }
}
