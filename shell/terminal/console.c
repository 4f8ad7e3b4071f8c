/*
 * The screen as an ANSI terminal. The parser says what to do, the functions below do it on the
 * cells. As on a VT100 the line wraps when a character comes that does not fit, not when the last
 * column is filled: a text of exactly 80 columns and its newline take one row.
 */
#include "shell/terminal/console.h"

#include "drivers/code_page.h"

#define TAB_WIDTH 8u

#define NO_GLYPH '?' /* for characters that the screen's font does not have */

#define DEFAULT_FOREGROUND VGA_LIGHT_GREY
#define DEFAULT_BACKGROUND VGA_BLACK
#define DEFAULT_ATTRIBUTE  (DEFAULT_FOREGROUND | DEFAULT_BACKGROUND << 4)

_Static_assert(SCROLLBACK_COLUMNS == VGA_COLUMNS, "whole rows are kept");
_Static_assert(SCROLLBACK_BLANK == (' ' | DEFAULT_ATTRIBUTE << 8), "and blanks for nothing");
_Static_assert(CONSOLE_PIECES_PER_ROW == 2 && CONSOLE_PIECES < 64, "see damage()");

static uint16_t cell_of(const struct console *console, char character)
{
    return (uint16_t)((uint8_t)character | console->attribute << 8);
}

static uint16_t *row_cells(const struct console_screen *screen, unsigned row)
{
    unsigned place = screen->top + row;
    return screen->cells + (place < CONSOLE_ROWS ? place : place - CONSOLE_ROWS) * VGA_COLUMNS;
}

/* Four at a time, as long as there are. */
static void fill(uint16_t *cells, unsigned count, uint16_t cell)
{
    uint64_t four = cell * 0x0001000100010001ul;
    for (; count >= 4; count -= 4, cells += 4)
        __builtin_memcpy(cells, &four, sizeof(four));
    while (count-- > 0)
        *cells++ = cell;
}

/* --- The view --------------------------------------------------------------------------------- */

static bool is_on_main(const struct console *console)
{
    return console->screen == &console->main;
}

/* The cells from `first` to `last` of a row of the screen that is in use have changed. */
static void damage(struct console *console, unsigned row, unsigned first, unsigned last)
{
    unsigned shown = row + console->back;
    uint64_t pieces = (first < CONSOLE_PIECE ? 1u : 0u) | (last >= CONSOLE_PIECE ? 2u : 0u);
    if (shown < CONSOLE_ROWS)
        console->damage |= pieces << shown * CONSOLE_PIECES_PER_ROW;
}

void console_damage_all(struct console *console)
{
    console->damage = (1ul << CONSOLE_PIECES) - 1;
}

const uint16_t *console_view(const struct console *console, unsigned row, uint16_t *buffer)
{
    if (row >= console->back)
        return row_cells(console->screen, row - console->back);
    unsigned lines = scrollback_lines(&console->scrollback);
    scrollback_get(&console->scrollback, lines - console->back + row, buffer);
    return buffer;
}

static void set_back(struct console *console, unsigned back)
{
    console->back = back;
    console_damage_all(console);
}

bool console_scroll(struct console *console, int rows)
{
    int lines = (int)scrollback_lines(&console->scrollback);
    int back = (int)console->back + rows;
    if (back < 0)
        back = 0;
    else if (back > lines)
        back = lines;
    if (!is_on_main(console) || (unsigned)back == console->back)
        return false;
    set_back(console, (unsigned)back);
    return true;
}

/* Keeps a row of the main screen. A view that is scrolled back stays at the lines that it shows,
 * unless they are gone. */
static void keep(struct console *console, unsigned row)
{
    scrollback_add(&console->scrollback, row_cells(&console->main, row));
    if (console->back == 0)
        return;
    console->back++;
    unsigned lines = scrollback_lines(&console->scrollback);
    if (console->back > lines)
        set_back(console, lines);
}

static unsigned shown_column(const struct console *console)
{
    unsigned column = console->screen->column;
    return column < VGA_COLUMNS ? column : VGA_COLUMNS - 1;
}

bool console_cursor(const struct console *console, unsigned *row, unsigned *column)
{
    *row = console->screen->row + console->back;
    *column = shown_column(console);
    return !console->is_cursor_hidden && *row < CONSOLE_ROWS;
}

/* --- What the parser asks for ----------------------------------------------------------------- */

static void scroll_up(struct console *console)
{
    struct console_screen *screen = console->screen;
    bool was_back = console->back > 0;
    if (is_on_main(console)) {
        keep(console, 0);
        console->used_rows -= console->used_rows > 0;
    }
    screen->top = screen->top + 1 < CONSOLE_ROWS ? screen->top + 1 : 0;
    fill(row_cells(screen, CONSOLE_ROWS - 1), VGA_COLUMNS, cell_of(console, ' '));
    if (!was_back)
        console_damage_all(console);
}

static void newline(void *context)
{
    struct console *console = context;
    if (console->screen->row + 1 < CONSOLE_ROWS)
        console->screen->row++;
    else
        scroll_up(console);
}

static void carriage_return(void *context)
{
    struct console *console = context;
    console->screen->column = 0;
}

static void put(void *context, uint8_t character)
{
    struct console *console = context;
    struct console_screen *screen = console->screen;
    if (screen->column == VGA_COLUMNS) {
        carriage_return(context);
        newline(context);
    }
    uint8_t glyph = code_page_437(character);
    row_cells(screen, screen->row)[screen->column] =
        cell_of(console, glyph ? (char)glyph : NO_GLYPH);
    if (is_on_main(console) && console->used_rows <= screen->row)
        console->used_rows = screen->row + 1;
    damage(console, screen->row, screen->column, screen->column);
    screen->column++;
}

static void backspace(void *context)
{
    struct console *console = context;
    unsigned column = console->screen->column;
    if (column > 0)
        console->screen->column = shown_column(console) - (column < VGA_COLUMNS);
}

static void tab(void *context)
{
    struct console *console = context;
    console->screen->column = (shown_column(console) / TAB_WIDTH + 1) * TAB_WIDTH;
    console->screen->column = shown_column(console);
}

/* There is no driver for the speaker. */
static void bell(void *context)
{
    (void)context;
}

static unsigned limit(int position, unsigned count)
{
    if (position < 0)
        return 0;
    return (unsigned)position < count ? (unsigned)position : count - 1;
}

static void move_cursor(void *context, int down, int right)
{
    struct console *console = context;
    console->screen->row = limit((int)console->screen->row + down, CONSOLE_ROWS);
    console->screen->column = limit((int)shown_column(console) + right, VGA_COLUMNS);
}

static void place_cursor(void *context, unsigned row, unsigned column)
{
    struct console *console = context;
    console->screen->row = limit((int)row, CONSOLE_ROWS);
    console->screen->column = limit((int)column, VGA_COLUMNS);
}

/* Columns `first` to before `end` of a row. */
static void erase(struct console *console, unsigned row, unsigned first, unsigned end)
{
    fill(row_cells(console->screen, row) + first, end - first, cell_of(console, ' '));
    damage(console, row, first, end - 1);
}

static void erase_rows(struct console *console, unsigned first, unsigned end)
{
    for (unsigned row = first; row < end; row++)
        erase(console, row, 0, VGA_COLUMNS);
}

static void erase_line(void *context, enum ansi_erase what)
{
    struct console *console = context;
    unsigned cursor = shown_column(console);
    erase(console, console->screen->row, what == ANSI_ERASE_TO_END ? cursor : 0,
          what == ANSI_ERASE_FROM_START ? cursor + 1 : VGA_COLUMNS);
}

static void erase_display(void *context, enum ansi_erase what)
{
    struct console *console = context;
    unsigned row = console->screen->row;
    if (what == ANSI_ERASE_ALL && is_on_main(console)) {
        console->rows_to_keep = console->used_rows;
        console->rows_kept = 0;
    }
    if (what == ANSI_ERASE_ALL) {
        if (console->rows_to_keep == 0)
            erase_rows(console, 0, CONSOLE_ROWS);
        return;
    }
    erase_line(context, what);
    if (what == ANSI_ERASE_TO_END && is_on_main(console) && console->used_rows > row)
        console->used_rows = row + (console->screen->column > 0);
    if (what == ANSI_ERASE_TO_END)
        erase_rows(console, row + 1, CONSOLE_ROWS);
    else
        erase_rows(console, 0, row);
}

bool console_go_on(struct console *console)
{
    if (console->rows_to_keep == 0)
        return false;
    keep(console, console->rows_kept++);
    if (console->rows_kept < console->rows_to_keep)
        return true;
    console->rows_to_keep = console->used_rows = 0;
    erase_rows(console, 0, CONSOLE_ROWS);
    return false;
}

/* ANSI counts blue, green, red from the highest bit down; the VGA's palette the other way. */
static unsigned to_vga(unsigned color, enum vga_color default_color)
{
    static const uint8_t colors[] = {VGA_BLACK, VGA_RED,     VGA_GREEN, VGA_BROWN,
                                     VGA_BLUE,  VGA_MAGENTA, VGA_CYAN,  VGA_LIGHT_GREY};
    if (color == ANSI_DEFAULT)
        return default_color;
    return colors[color % ANSI_BRIGHT] | (color & ANSI_BRIGHT);
}

static void set_attributes(void *context, const struct ansi_attributes *attributes)
{
    struct console *console = context;
    unsigned foreground = to_vga(attributes->foreground, DEFAULT_FOREGROUND);
    unsigned background = to_vga(attributes->background, DEFAULT_BACKGROUND);
    if (attributes->bold)
        foreground |= ANSI_BRIGHT;
    console->attribute = (uint8_t)(attributes->reverse ? background | foreground << 4
                                                       : foreground | background << 4);
}

static void save_cursor(void *context)
{
    struct console *console = context;
    console->saved_row = console->screen->row;
    console->saved_column = console->screen->column;
}

static void restore_cursor(void *context)
{
    struct console *console = context;
    console->screen->row = console->saved_row;
    console->screen->column = console->saved_column;
}

static void show_cursor(void *context, bool visible)
{
    struct console *console = context;
    console->is_cursor_hidden = !visible;
}

/* The other one is blank at first, with the cursor where it was. */
static void use_other_screen(void *context, bool other)
{
    struct console *console = context;
    if (other != is_on_main(console))
        return;
    console->screen = other ? &console->other : &console->main;
    set_back(console, 0);
    if (!other)
        return;
    console->other.row = console->main.row;
    console->other.column = console->main.column;
    erase_rows(console, 0, CONSOLE_ROWS);
}

bool console_leave_other_screen(struct console *console)
{
    bool was_on_other = !is_on_main(console);
    use_other_screen(console, false);
    return was_on_other;
}

static const struct ansi_screen_operations operations = {
    .put = put,
    .newline = newline,
    .carriage_return = carriage_return,
    .backspace = backspace,
    .tab = tab,
    .bell = bell,
    .move_cursor = move_cursor,
    .place_cursor = place_cursor,
    .erase_display = erase_display,
    .erase_line = erase_line,
    .set_attributes = set_attributes,
    .save_cursor = save_cursor,
    .restore_cursor = restore_cursor,
    .show_cursor = show_cursor,
    .use_other_screen = use_other_screen,
};

bool console_feed(struct console *console, uint8_t byte)
{
    ansi_feed(&console->parser, byte);
    return console->rows_to_keep > 0;
}

void console_init(struct console *console, uint16_t *main_cells, uint16_t *other_cells,
                  const struct scrollback_source *source)
{
    *console = (struct console){
        .main = {.cells = main_cells},
        .other = {.cells = other_cells},
        .screen = &console->main,
        .attribute = DEFAULT_ATTRIBUTE,
    };
    ansi_init(&console->parser, &operations, console);
    scrollback_init(&console->scrollback, source);
    erase_rows(console, 0, CONSOLE_ROWS);
}
