/* The panic screen: plain text from the top left corner on, nothing scrolls away. */
#include "drivers/panic_screen.h"

#include <stdint.h>

#include "drivers/serial.h"
#include "drivers/vga.h"

#define MARGIN 1u

static unsigned row;
static unsigned column;

static uint16_t red_cell(char character)
{
    return vga_cell(character, VGA_WHITE, VGA_RED);
}

void panic_screen_begin(void)
{
    row = MARGIN;
    column = MARGIN;
    vga_show_cursor(false);
    vga_fill(0, 0, VGA_ROWS * VGA_COLUMNS, red_cell(' '));
    serial_write_polled("\r\n", 2);
}

static void put_on_screen(char character)
{
    if (character == '\n' || column == VGA_COLUMNS - MARGIN) {
        row++;
        column = MARGIN;
    }
    if (character == '\n' || row >= VGA_ROWS)
        return;
    uint16_t cell = red_cell(character);
    vga_write(row, column, &cell, 1);
    column++;
}

void panic_screen_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        put_on_screen(text[i]);
        if (text[i] == '\n')
            serial_write_polled("\r", 1);
        serial_write_polled(&text[i], 1);
    }
}
