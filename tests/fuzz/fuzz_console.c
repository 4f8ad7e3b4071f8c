/*
 * What programs print on a console, and keys that scroll it in between: a display that is painted
 * only where the console says so shows what is to be seen, whether there is memory or not.
 */
#include <string.h>

#include "shell/terminal/console.h"
#include "tests/fuzz/fuzz.h"

/* Bytes that no text begins with: what comes behind them says by how much. */
#define SCROLL 0xFF
#define PAINT  0xFE
#define MEMORY 0xFD

#define ROWS_A_STEP 20

static uint16_t main_cells[CONSOLE_CELLS], other_cells[CONSOLE_CELLS];
static uint16_t display[CONSOLE_ROWS][VGA_COLUMNS];
static unsigned pages_left;

static void *allocate(void)
{
    return pages_left > 0 && pages_left-- ? malloc(SCROLLBACK_PAGE_SIZE) : NULL;
}

static void give_back(void *page)
{
    pages_left++;
    free(page);
}

static const struct scrollback_source source = {allocate, give_back};

static void paint(struct console *console, unsigned most)
{
    uint16_t buffer[VGA_COLUMNS];
    unsigned piece;
    while (most-- > 0 && (piece = console_damage(console)) < CONSOLE_PIECES) {
        unsigned row = piece / CONSOLE_PIECES_PER_ROW;
        unsigned column = piece % CONSOLE_PIECES_PER_ROW * CONSOLE_PIECE;
        const uint16_t *cells = console_view(console, row, buffer);
        memcpy(&display[row][column], &cells[column], CONSOLE_PIECE * sizeof(*cells));
        console_was_painted(console, piece, 1);
    }
}

static void step(struct console *console, struct fuzz_input *input)
{
    uint8_t byte = fuzz_take(input);
    if (byte == SCROLL)
        console_scroll(console, (int8_t)fuzz_take(input) * ROWS_A_STEP);
    else if (byte == PAINT)
        paint(console, fuzz_take(input));
    else if (byte == MEMORY)
        pages_left = fuzz_take(input);
    else if (console_feed(console, byte))
        while (console_go_on(console))
            ;
}

static void check(struct console *console)
{
    uint16_t buffer[VGA_COLUMNS];
    unsigned row, column;
    console_cursor(console, &row, &column);
    REQUIRE(row - console->back < CONSOLE_ROWS && column < VGA_COLUMNS);
    REQUIRE(console->back <= scrollback_lines(&console->scrollback));
    paint(console, CONSOLE_PIECES);
    for (row = 0; row < CONSOLE_ROWS; row++)
        REQUIRE(memcmp(display[row], console_view(console, row, buffer), sizeof(buffer)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = fuzz_input_of(data, size);
    struct console console;
    pages_left = UINT8_MAX;
    console_init(&console, main_cells, other_cells, &source);
    while (fuzz_has_more(&input))
        step(&console, &input);
    check(&console);
    struct scrollback_page *page = console.scrollback.oldest;
    while (page != NULL) {
        struct scrollback_page *next;
        memcpy(&next, page, sizeof(next)); /* a page begins with it */
        free(page);
        page = next;
    }
    return 0;
}
