/*
 * VGA text mode, 80x25.
 *
 * Display memory is far slower than RAM and slowest to read, so `shown` keeps a copy of it: a
 * cell is written only where it changes, and display memory is read once, at the start.
 *
 * There is no lock, because every cell has one writer at a time: the status bar's row belongs to
 * its painter in interrupt context, all other rows to whoever paints the console that is shown,
 * with interrupts off. A panic may write anywhere: whom it interrupted never comes back.
 *
 * Registers: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem".
 */
#include "drivers/vga.h"

#include <stddef.h>

#include "kernel/cpu/io.h"

#define CELLS (VGA_ROWS * VGA_COLUMNS)

/* CRT controller at its address for colour displays: an index and, one port up, its data. */
#define CRTC              0x3D4
#define CRTC_CURSOR_START 0x0A /* first scan line of the cursor; bit 5 hides it */
#define CRTC_CURSOR_END   0x0B
#define CRTC_START_HIGH   0x0C /* the cell at the screen's top left corner */
#define CRTC_START_LOW    0x0D
#define CRTC_CURSOR_HIGH  0x0E /* the cell under the cursor */
#define CRTC_CURSOR_LOW   0x0F

#define CURSOR_HIDDEN     0x20
#define CURSOR_FIRST_LINE 13u /* an underline, with 16 scan lines to a character */
#define CURSOR_LAST_LINE  14u
#define POSITION_UNKNOWN  UINT32_MAX

/* Attribute controller: index and data are written in turns to one port, read from the next. */
#define ATTRIBUTE_WRITE      0x3C0
#define ATTRIBUTE_READ       0x3C1
#define ATTRIBUTE_MODE       0x10
#define ATTRIBUTE_SHOW       0x20 /* index bit 5: the palette drives the display, not the bus */
#define ATTRIBUTE_MODE_BLINK 0x08
#define INPUT_STATUS_1       0x3DA /* reading it makes the next attribute write an index */

/* As many cells as one 64-bit comparison looks at. */
#define CELLS_PER_GROUP 4u
_Static_assert(CELLS_PER_GROUP * sizeof(uint16_t) == sizeof(uint64_t), "in 64 bits");

static volatile uint16_t *display;
static uint16_t shown[CELLS] __attribute__((aligned(sizeof(uint64_t))));
static uint32_t cursor_position = POSITION_UNKNOWN;
static bool is_cursor_shown;

static inline __attribute__((always_inline)) void put(size_t index, uint16_t cell)
{
    if (shown[index] == cell)
        return;
    shown[index] = cell;
    display[index] = cell;
}

/* The index and the byte of data in one access: the data port follows the index port. */
static void write_crtc(uint8_t index, uint8_t value)
{
    port_write16(CRTC, (uint16_t)(value << 8 | index));
}

/* Bit 7 of an attribute becomes the fourth bit of the background instead of blinking. */
static void disable_blinking(void)
{
    port_read8(INPUT_STATUS_1);
    port_write8(ATTRIBUTE_WRITE, ATTRIBUTE_MODE | ATTRIBUTE_SHOW);
    uint8_t mode = port_read8(ATTRIBUTE_READ);
    port_write8(ATTRIBUTE_WRITE, mode & (uint8_t)~ATTRIBUTE_MODE_BLINK);
    port_read8(INPUT_STATUS_1);
}

void vga_init(void *memory)
{
    display = memory;
    for (size_t i = 0; i < CELLS; i++)
        shown[i] = display[i];

    disable_blinking();
    write_crtc(CRTC_START_HIGH, 0);
    write_crtc(CRTC_START_LOW, 0);
    write_crtc(CRTC_CURSOR_END, CURSOR_LAST_LINE);
    is_cursor_shown = false;
    vga_show_cursor(true);
}

static inline void put_all(size_t index, const uint16_t *cells, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put(index + i, cells[i]);
}

/* Four cells, for one comparison. */
static inline uint64_t group(const uint16_t *cells)
{
    uint64_t four;
    __builtin_memcpy(&four, cells, sizeof(four));
    return four;
}

void vga_write(unsigned row, unsigned column, const uint16_t *cells, unsigned count)
{
    if (row >= VGA_ROWS || column >= VGA_COLUMNS)
        return;
    if (count > VGA_COLUMNS - column)
        count = VGA_COLUMNS - column;

    size_t index = row * VGA_COLUMNS + column;
    for (; count >= CELLS_PER_GROUP; count -= CELLS_PER_GROUP) {
        if (group(&shown[index]) != group(cells))
            put_all(index, cells, CELLS_PER_GROUP);
        index += CELLS_PER_GROUP;
        cells += CELLS_PER_GROUP;
    }
    put_all(index, cells, count);
}

void vga_read(unsigned row, unsigned column, uint16_t *cells, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        cells[i] = shown[row * VGA_COLUMNS + column + i];
}

void vga_fill(unsigned row, unsigned column, unsigned count, uint16_t fill)
{
    size_t first = row * VGA_COLUMNS + column;
    for (size_t i = first; i < first + count && i < CELLS; i++)
        put(i, fill);
}

void vga_set_cursor(unsigned row, unsigned column)
{
    uint32_t position = row * VGA_COLUMNS + column;
    if (position == cursor_position)
        return;
    cursor_position = position;
    write_crtc(CRTC_CURSOR_HIGH, (uint8_t)(position >> 8));
    write_crtc(CRTC_CURSOR_LOW, (uint8_t)position);
}

void vga_show_cursor(bool visible)
{
    if (visible == is_cursor_shown)
        return;
    is_cursor_shown = visible;
    write_crtc(CRTC_CURSOR_START, visible ? CURSOR_FIRST_LINE : CURSOR_FIRST_LINE | CURSOR_HIDDEN);
}
