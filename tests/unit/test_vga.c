/* The text screen over memory made up here: what is shown, and that nothing is written twice. */
#include <string.h>

#include "drivers/vga.c"
#include "tests/unit/unit_test.h"

#define BLANK     0x0720
#define UNTOUCHED 0xDEAD /* put behind the driver's back: whoever writes the cell destroys it */

static uint16_t screen[CELLS + VGA_COLUMNS]; /* one row more, to see what runs over the end */
static uint8_t crtc[256];
static uint8_t attribute_mode;
static bool next_is_index;
static unsigned crtc_writes;

uint8_t port_read8(uint16_t port)
{
    if (port == INPUT_STATUS_1)
        next_is_index = true;
    return port == ATTRIBUTE_READ ? attribute_mode : 0;
}

void port_write8(uint16_t port, uint8_t value)
{
    assert_int_equal(port, ATTRIBUTE_WRITE);
    if (next_is_index)
        assert_int_equal(value, 0x30); /* the mode register; the display stays on */
    else
        attribute_mode = value;
    next_is_index = !next_is_index;
}

void port_write16(uint16_t port, uint16_t value)
{
    assert_int_equal(port, CRTC);
    crtc[value & 0xFF] = (uint8_t)(value >> 8);
    crtc_writes++;
}

static int set_up(void **state)
{
    (void)state;
    attribute_mode = 0x0C;
    next_is_index = false;
    memset(crtc, 0xFF, sizeof(crtc));
    for (size_t i = 0; i < COUNT_OF(screen); i++)
        screen[i] = BLANK;
    cursor_position = POSITION_UNKNOWN;
    vga_init(screen);
    crtc_writes = 0;
    return 0;
}

static void puts_the_display_into_a_known_state(void **state)
{
    (void)state;
    assert_int_equal(attribute_mode, 0x04);
    assert_true(next_is_index);
    assert_int_equal(crtc[0x0C] << 8 | crtc[0x0D], 0);
    assert_int_equal(crtc[0x0A], 13);
    assert_int_equal(crtc[0x0B], 14);
}

static void shows_and_hides_the_cursor_only_when_that_is_new(void **state)
{
    (void)state;
    vga_show_cursor(true);
    assert_int_equal(crtc_writes, 0);
    vga_show_cursor(false);
    vga_show_cursor(false);
    assert_int_equal(crtc[0x0A] & 0x20, 0x20);
    assert_int_equal(crtc_writes, 1);
}

static void moves_the_cursor_only_when_it_moves(void **state)
{
    (void)state;
    vga_set_cursor(24, 79);
    assert_int_equal(crtc[0x0E] << 8 | crtc[0x0F], 1999);
    assert_int_equal(crtc_writes, 2);
    vga_set_cursor(24, 79);
    assert_int_equal(crtc_writes, 2);
}

static void writes_only_cells_that_change(void **state)
{
    (void)state;
    const uint16_t cells[] = {0x0741, BLANK, 0x0743};
    screen[5 * VGA_COLUMNS + 11] = UNTOUCHED;
    vga_write(5, 10, cells, 3);
    assert_int_equal(screen[5 * VGA_COLUMNS + 10], 0x0741);
    assert_int_equal(screen[5 * VGA_COLUMNS + 11], UNTOUCHED);
    assert_int_equal(screen[5 * VGA_COLUMNS + 12], 0x0743);

    screen[5 * VGA_COLUMNS + 10] = UNTOUCHED;
    vga_write(5, 10, cells, 3);
    assert_int_equal(screen[5 * VGA_COLUMNS + 10], UNTOUCHED);
}

static void cuts_at_the_end_of_the_row(void **state)
{
    (void)state;
    const uint16_t cells[] = {0x0741, 0x0742, 0x0743};
    vga_write(3, 78, cells, 3);
    assert_int_equal(screen[3 * VGA_COLUMNS + 79], 0x0742);
    assert_int_equal(screen[4 * VGA_COLUMNS], BLANK);
    vga_write(25, 0, cells, 3);
    vga_write(0, 80, cells, 3);
    assert_int_equal(screen[CELLS], BLANK);
    assert_int_equal(screen[VGA_COLUMNS], BLANK);
}

static void tells_what_it_shows(void **state)
{
    (void)state;
    const uint16_t cells[] = {0x0741, 0x0742};
    uint16_t read[3];
    vga_write(7, 70, cells, 2);
    vga_read(7, 69, read, 3);
    assert_int_equal(read[0], BLANK);
    assert_int_equal(read[1], 0x0741);
    assert_int_equal(read[2], 0x0742);
}

static void fills_on_into_the_next_rows_and_not_past_the_screen(void **state)
{
    (void)state;
    vga_fill(23, 70, 1000, 0x1F2E);
    assert_int_equal(screen[23 * VGA_COLUMNS + 69], BLANK);
    assert_int_equal(screen[23 * VGA_COLUMNS + 70], 0x1F2E);
    assert_int_equal(screen[CELLS - 1], 0x1F2E);
    assert_int_equal(screen[CELLS], BLANK);
}

static void writes_groups_and_what_is_left_over(void **state)
{
    (void)state;
    uint16_t cells[VGA_COLUMNS];
    uint64_t random = 5;
    for (unsigned round = 0; round < 2000; round++) {
        unsigned row = random_below(&random, VGA_ROWS);
        unsigned column = random_below(&random, VGA_COLUMNS);
        unsigned count = random_below(&random, VGA_COLUMNS - column + 1);
        for (unsigned i = 0; i < count; i++)
            cells[i] = (uint16_t)(BLANK + random_below(&random, 2));
        uint16_t expected[CELLS];
        memcpy(expected, screen, sizeof(expected));
        memcpy(expected + row * VGA_COLUMNS + column, cells, count * sizeof(*cells));
        vga_write(row, column, cells, count);
        assert_memory_equal(screen, expected, sizeof(expected));
    }
}

static void writes_nothing_where_all_looks_the_same(void **state)
{
    (void)state;
    uint16_t cells[VGA_COLUMNS];
    for (unsigned i = 0; i < VGA_COLUMNS; i++) {
        cells[i] = BLANK;
        screen[i] = UNTOUCHED;
    }
    vga_write(0, 0, cells, VGA_COLUMNS);
    for (unsigned i = 0; i < VGA_COLUMNS; i++)
        assert_int_equal(screen[i], UNTOUCHED);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(puts_the_display_into_a_known_state),
        TEST(shows_and_hides_the_cursor_only_when_that_is_new),
        TEST(moves_the_cursor_only_when_it_moves),
        TEST(writes_only_cells_that_change),
        TEST(cuts_at_the_end_of_the_row),
        TEST(tells_what_it_shows),
        TEST(fills_on_into_the_next_rows_and_not_past_the_screen),
        TEST(writes_groups_and_what_is_left_over),
        TEST(writes_nothing_where_all_looks_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
