/*
 * What the screen understands of a program's output: every movement is of a sane size, and after
 * whatever came, CAN and a character show that character.
 */
#include "kernel/lib/ansi.h"
#include "tests/fuzz/fuzz.h"

#define FARTHEST 9999

static unsigned put_count;
static uint8_t last_put;

static void put(void *context, uint8_t character)
{
    (void)context;
    REQUIRE(character >= ' ' && character != 0x7F);
    put_count++;
    last_put = character;
}

static void nothing(void *context)
{
    (void)context;
}

static void move_cursor(void *context, int rows, int columns)
{
    (void)context;
    REQUIRE(rows >= -FARTHEST && rows <= FARTHEST);
    REQUIRE(columns >= -FARTHEST && columns <= FARTHEST);
    REQUIRE((rows == 0) != (columns == 0));
}

static void place_cursor(void *context, unsigned row, unsigned column)
{
    (void)context;
    REQUIRE(row < FARTHEST && column < FARTHEST);
}

static void erase(void *context, enum ansi_erase what)
{
    (void)context;
    REQUIRE(what <= ANSI_ERASE_ALL);
}

static void set_attributes(void *context, const struct ansi_attributes *attributes)
{
    (void)context;
    REQUIRE(attributes->foreground <= ANSI_DEFAULT && attributes->background <= ANSI_DEFAULT);
}

static void take_flag(void *context, bool flag)
{
    (void)context;
    (void)flag;
}

static const struct ansi_screen_operations operations = {
    .put = put,
    .newline = nothing,
    .carriage_return = nothing,
    .backspace = nothing,
    .tab = nothing,
    .bell = nothing,
    .move_cursor = move_cursor,
    .place_cursor = place_cursor,
    .erase_display = erase,
    .erase_line = erase,
    .set_attributes = set_attributes,
    .save_cursor = nothing,
    .restore_cursor = nothing,
    .show_cursor = take_flag,
    .use_other_screen = take_flag,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ansi_parser parser;
    ansi_init(&parser, &operations, NULL);
    for (size_t i = 0; i < size; i++)
        ansi_feed(&parser, data[i]);
    put_count = 0;
    ansi_feed(&parser, 0x18);
    ansi_feed(&parser, 'x');
    REQUIRE(put_count == 1 && last_put == 'x');
    return 0;
}
