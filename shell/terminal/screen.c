/*
 * The screen as an ANSI terminal. The parser says what to do, the functions below do it on the
 * cells. As on a VT100 the line wraps when a character comes that does not fit, not when the last
 * column is filled: a text of exactly 80 columns and its newline take one row.
 */
#include "shell/terminal_screen.h"

#include "drivers/code_page.h"
#include "drivers/vga.h"
#include "kernel/lib/ansi.h"

#define INPUT_SIZE 1024u
#define ROWS       (VGA_ROWS - 1) /* the last one is the status bar's */
#define TAB_WIDTH  8u

#define NO_GLYPH '?' /* for characters that the screen's font does not have */

#define DEFAULT_FOREGROUND VGA_LIGHT_GREY
#define DEFAULT_BACKGROUND VGA_BLACK

static struct ansi_parser parser;
static unsigned row, column; /* column VGA_COLUMNS: the next character wraps */
static unsigned saved_row, saved_column;

/* What the main screen shows while the other one is in use. */
static struct {
    bool is_hidden;
    unsigned row, column;
    uint16_t cells[ROWS][VGA_COLUMNS];
} main_screen;

static enum vga_color foreground = DEFAULT_FOREGROUND;
static enum vga_color background = DEFAULT_BACKGROUND;

/* ANSI counts blue, green, red from the highest bit down; the VGA's palette the other way. */
static enum vga_color to_vga(unsigned color, enum vga_color default_color)
{
    static const uint8_t colors[] = {VGA_BLACK, VGA_RED,     VGA_GREEN, VGA_BROWN,
                                     VGA_BLUE,  VGA_MAGENTA, VGA_CYAN,  VGA_LIGHT_GREY};
    if (color == ANSI_DEFAULT)
        return default_color;
    return (enum vga_color)(colors[color % ANSI_BRIGHT] | (color & ANSI_BRIGHT));
}

static uint16_t blank(void)
{
    return vga_cell(' ', foreground, background);
}

static unsigned shown_column(void)
{
    return column < VGA_COLUMNS ? column : VGA_COLUMNS - 1;
}

static void newline(void *context)
{
    (void)context;
    if (row + 1 < ROWS)
        row++;
    else
        vga_scroll_up(0, ROWS, blank());
}

static void carriage_return(void *context)
{
    (void)context;
    column = 0;
}

static void put(void *context, uint8_t character)
{
    if (column == VGA_COLUMNS) {
        carriage_return(context);
        newline(context);
    }
    uint8_t glyph = code_page_437(character);
    uint16_t cell = vga_cell(glyph ? (char)glyph : NO_GLYPH, foreground, background);
    vga_write(row, column++, &cell, 1);
}

static void backspace(void *context)
{
    (void)context;
    if (column > 0)
        column = shown_column() - (column < VGA_COLUMNS);
}

static void tab(void *context)
{
    (void)context;
    column = (shown_column() / TAB_WIDTH + 1) * TAB_WIDTH;
    column = shown_column();
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
    (void)context;
    row = limit((int)row + down, ROWS);
    column = limit((int)shown_column() + right, VGA_COLUMNS);
}

static void place_cursor(void *context, unsigned new_row, unsigned new_column)
{
    (void)context;
    row = limit((int)new_row, ROWS);
    column = limit((int)new_column, VGA_COLUMNS);
}

/* Fills the cells from number `first` to before number `end`, counted from the screen's start. */
static void erase(unsigned first, unsigned end)
{
    vga_fill(first / VGA_COLUMNS, first % VGA_COLUMNS, end - first, blank());
}

/* Erases the part of the cells [start, end) that lies on the side of the cursor `what` names. */
static void erase_part(enum ansi_erase what, unsigned start, unsigned end)
{
    unsigned cursor = row * VGA_COLUMNS + shown_column();
    erase(what == ANSI_ERASE_TO_END ? cursor : start,
          what == ANSI_ERASE_FROM_START ? cursor + 1 : end);
}

static void erase_display(void *context, enum ansi_erase what)
{
    (void)context;
    erase_part(what, 0, ROWS * VGA_COLUMNS);
}

static void erase_line(void *context, enum ansi_erase what)
{
    (void)context;
    erase_part(what, row * VGA_COLUMNS, (row + 1) * VGA_COLUMNS);
}

static void set_attributes(void *context, const struct ansi_attributes *attributes)
{
    (void)context;
    foreground = to_vga(attributes->foreground, DEFAULT_FOREGROUND);
    background = to_vga(attributes->background, DEFAULT_BACKGROUND);
    if (attributes->bold)
        foreground |= (enum vga_color)ANSI_BRIGHT;
    if (attributes->reverse) {
        enum vga_color swapped = foreground;
        foreground = background;
        background = swapped;
    }
}

static void save_cursor(void *context)
{
    (void)context;
    saved_row = row;
    saved_column = column;
}

static void restore_cursor(void *context)
{
    (void)context;
    row = saved_row;
    column = saved_column;
}

static void show_cursor(void *context, bool visible)
{
    (void)context;
    vga_show_cursor(visible);
}

static void use_other_screen(void *context, bool other)
{
    (void)context;
    if (other == main_screen.is_hidden)
        return;
    main_screen.is_hidden = other;
    for (unsigned i = 0; i < ROWS; i++) {
        if (other)
            vga_read(i, 0, main_screen.cells[i], VGA_COLUMNS);
        else
            vga_write(i, 0, main_screen.cells[i], VGA_COLUMNS);
    }
    if (other) {
        main_screen.row = row;
        main_screen.column = column;
    } else {
        row = main_screen.row;
        column = main_screen.column;
    }
}

static const struct ansi_screen_operations screen_operations = {
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

static size_t write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        ansi_feed(&parser, (uint8_t)text[i]);
    vga_set_cursor(row, shown_column());
    return length;
}

static void write_polled(const char *text, size_t length)
{
    write(text, length);
}

static const struct terminal_operations operations = {
    .write = write,
    .write_polled = write_polled,
};

struct terminal screen_terminal = {
    .name = "vga",
    .rescue_key = "F12",
    .size = TERMINAL_SIZE(VGA_COLUMNS, ROWS),
    .size_source = TERMINAL_SIZE_FIXED,
    .has_status_bar = true,
    .operations = &operations,
    .output = MUTEX("screen"),
};

void terminal_screen_init(void)
{
    static uint8_t input_bytes[INPUT_SIZE];
    terminal_init(&screen_terminal, input_bytes, sizeof(input_bytes));
    ansi_init(&parser, &screen_operations, NULL);
    erase_display(NULL, ANSI_ERASE_ALL);
    vga_set_cursor(row, column);
}
