/* The panic screen: plain text from the top left corner on, nothing scrolls away. */
#include "drivers/panic_screen.h"

#include <stddef.h>
#include <stdint.h>

#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/cpu/guard.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define MARGIN      1u
#define KEYS_ROW    (VGA_ROWS - 1)
#define LAST_COLUMN (VGA_COLUMNS - MARGIN)

_Static_assert(PANIC_SCREEN_ROWS == KEYS_ROW - MARGIN, "the header says otherwise");
_Static_assert(PANIC_SCREEN_COLUMNS == VGA_COLUMNS - 2 * MARGIN, "the header says otherwise");

#define FLUSH_TURNS 1000000u /* of port_delay(), about a microsecond each */

/* Of the room that COM1 has: kept for the line that tells what is missing; and, once there was
 * none, to be there before it goes on, so that what is missing is missing in one piece. */
#define ROOM_KEPT    512u
#define ROOM_AGAIN   (SERIAL_PANIC_RING_SIZE / 2)
#define MISSING_SIZE 64u

static unsigned row;
static unsigned column;
static bool is_screen_lost; /* writing there faults: COM1 is all that is left */
static bool is_put_aside;   /* something else is shown than what was written */
static uint16_t written[KEYS_ROW * VGA_COLUMNS]; /* meanwhile */
static uint32_t missing; /* bytes that COM1 has had no room for, and has not been told of yet */

static uint16_t red_cell(char character, enum vga_color color)
{
    return vga_cell(character, color, VGA_RED);
}

static void use_screen(void (*function)(void *argument), void *argument)
{
    if (!is_screen_lost)
        is_screen_lost = !guard_run(function, argument);
}

static void clear(void *unused)
{
    (void)unused;
    is_put_aside = false;
    vga_fill(0, 0, KEYS_ROW * VGA_COLUMNS, red_cell(' ', VGA_WHITE));
}

static void begin(void *unused)
{
    vga_show_cursor(false);
    vga_fill(KEYS_ROW, 0, VGA_COLUMNS, red_cell(' ', VGA_WHITE));
    clear(unused);
}

/* --- In place of what was written ------------------------------------------------------------- */

static void put_aside(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < KEYS_ROW; i++)
        vga_read(i, 0, written + i * VGA_COLUMNS, VGA_COLUMNS);
    is_put_aside = true;
}

static void bring_back(void *unused)
{
    (void)unused;
    is_put_aside = false;
    for (unsigned i = 0; i < KEYS_ROW; i++)
        vga_write(i, 0, written + i * VGA_COLUMNS, VGA_COLUMNS);
}

struct cell_row {
    unsigned row;
    const uint16_t *cells;
};

static void show_row(void *argument)
{
    const struct cell_row *shown = argument;
    vga_write(shown->row, 0, shown->cells, VGA_COLUMNS);
}

void panic_screen_show_row(unsigned number, const uint16_t *cells)
{
    struct cell_row argument = {number, cells};
    if (!is_put_aside)
        use_screen(put_aside, NULL);
    use_screen(show_row, &argument);
}

void panic_screen_show_written(void)
{
    if (is_put_aside)
        use_screen(bring_back, NULL);
}

/* --- What is written -------------------------------------------------------------------------- */

void panic_screen_begin(const char *way_out)
{
    serial_take_over();
    serial_write_polled(way_out, strlen(way_out));
    serial_write_polled("\r\n", 2);
    row = column = MARGIN;
    use_screen(begin, NULL);
}

void panic_screen_clear(void)
{
    row = column = MARGIN;
    use_screen(clear, NULL);
}

static void put_on_screen(char character)
{
    if (character == '\n' || column == LAST_COLUMN) {
        row++;
        column = MARGIN;
    }
    if (character == '\n' || row >= KEYS_ROW)
        return;
    uint16_t cell = red_cell(character, VGA_WHITE);
    vga_write(row, column, &cell, 1);
    column++;
}

static void put_on_line(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            serial_write_polled("\r", 1);
        serial_write_polled(&text[i], 1);
    }
}

/* Whether COM1 has room for `length` characters, each of which may be a line's end. */
static bool has_room(size_t length)
{
    size_t kept = missing > 0 ? ROOM_AGAIN : ROOM_KEPT;
    return serial_queued() + 2 * length + kept <= SERIAL_PANIC_RING_SIZE;
}

static void tell_what_is_missing(void)
{
    char text[MISSING_SIZE];
    size_t length =
        format_string(text, sizeof(text), "\n(%u characters are missing here)\n", missing);
    missing = 0;
    put_on_line(text, length);
}

static void put_on_serial(const char *text, size_t length)
{
    if (!has_room(length)) {
        missing += (uint32_t)length;
        return;
    }
    if (missing > 0)
        tell_what_is_missing();
    put_on_line(text, length);
}

struct text {
    const char *text;
    size_t length;
};

static void show_text(void *argument)
{
    const struct text *text = argument;
    for (size_t i = 0; i < text->length; i++)
        put_on_screen(text->text[i]);
}

void panic_screen_write(const char *text, size_t length)
{
    struct text argument = {text, length};
    put_on_serial(text, length);
    panic_screen_show_written();
    use_screen(show_text, &argument);
}

static void show_keys(void *argument)
{
    const struct text *keys = argument;
    for (size_t i = 0; i < keys->length && i < PANIC_SCREEN_COLUMNS; i++) {
        uint16_t cell = red_cell(keys->text[i], VGA_YELLOW);
        vga_write(KEYS_ROW, MARGIN + (unsigned)i, &cell, 1);
    }
}

void panic_screen_show_keys(const char *keys)
{
    struct text argument = {keys, strlen(keys)};
    put_on_serial(keys, argument.length);
    put_on_serial("\n", 1);
    use_screen(show_keys, &argument);
}

bool panic_screen_feed(void)
{
    serial_feed_polled();
    bool has_caught_up = missing > 0 && has_room(0);
    if (has_caught_up)
        tell_what_is_missing();
    return has_caught_up;
}

void panic_screen_flush(void)
{
    uint32_t before = serial_queued();
    for (unsigned turns = 0; serial_queued() > 0 && turns < FLUSH_TURNS; turns++) {
        serial_feed_polled();
        port_delay();
        if (serial_queued() != before)
            turns = 0;
        before = serial_queued();
    }
}
