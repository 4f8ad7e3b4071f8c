/*
 * VGA text mode, 80x25: cells and the hardware cursor. What the cells mean (terminals, the
 * status bar, the panic screen) is for others to know.
 */
#ifndef AETHEL_DRIVERS_VGA_H
#define AETHEL_DRIVERS_VGA_H

#include <stdbool.h>
#include <stdint.h>

#define VGA_COLUMNS 80u
#define VGA_ROWS    25u

enum vga_color {
    VGA_BLACK,
    VGA_BLUE,
    VGA_GREEN,
    VGA_CYAN,
    VGA_RED,
    VGA_MAGENTA,
    VGA_BROWN,
    VGA_LIGHT_GREY,
    VGA_DARK_GREY,
    VGA_LIGHT_BLUE,
    VGA_LIGHT_GREEN,
    VGA_LIGHT_CYAN,
    VGA_LIGHT_RED,
    VGA_LIGHT_MAGENTA,
    VGA_YELLOW,
    VGA_WHITE,
};

/* A cell as the hardware keeps it: character (code page 437) below, attribute above. */
static inline uint16_t vga_cell(char character, enum vga_color foreground,
                                enum vga_color background)
{
    return (uint16_t)((uint8_t)character | (unsigned)foreground << 8 | (unsigned)background << 12);
}

/*
 * Puts the display into a known state (16 background colours instead of blinking, cursor shape)
 * and learns what is on the screen. `memory` is where physical 0xB8000 is mapped.
 */
void vga_init(void *memory);

/*
 * Writes `count` cells from (row, column) on, only those that differ from what is shown. Cells
 * past the end of the row are ignored. Any context, but two who could interrupt each other may not
 * write the same row: who shares one with others has interrupts off.
 */
void vga_write(unsigned row, unsigned column, const uint16_t *cells, unsigned count);

/* Copies `count` cells of one row, from (row, column) on, as they are shown. Any context. */
void vga_read(unsigned row, unsigned column, uint16_t *cells, unsigned count);

/* Fills the rectangle of `count` cells from (row, column) on, running on into the next rows. */
void vga_fill(unsigned row, unsigned column, unsigned count, uint16_t fill);

/* Moves the hardware cursor, and shows or hides it, unless that is so already. Interrupts off. */
void vga_set_cursor(unsigned row, unsigned column);
void vga_show_cursor(bool visible);

#endif
