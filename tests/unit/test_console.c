/*
 * shell/terminal/console, against a model without circles, pages and damage: rows that are copied,
 * and a list of all that has left the top. A display that is painted only where the console says so
 * has to show what is to be seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/terminal/console.h"
#include "tests/unit/unit_test.h"

#define STEPS     60000u
#define LINES_MAX 200000u
#define BLANK     SCROLLBACK_BLANK

typedef uint16_t cell_row[VGA_COLUMNS];

static uint16_t main_cells[CONSOLE_CELLS], other_cells[CONSOLE_CELLS];
static struct console console;
static cell_row display[CONSOLE_ROWS];

static struct {
    cell_row screens[2][CONSOLE_ROWS];
    unsigned rows[2], columns[2];
    unsigned screen;
    unsigned used;
    uint16_t attribute;
    unsigned back; /* rows between the view and the end */
} model;

static cell_row *kept; /* all that has left the top of the main screen */
static unsigned kept_count;
static unsigned pages_left;

static void *allocate(void)
{
    if (pages_left == 0)
        return NULL;
    pages_left--;
    return malloc(SCROLLBACK_PAGE_SIZE);
}

static void give_back(void *page)
{
    pages_left++;
    free(page);
}

static const struct scrollback_source source = {allocate, give_back};

static int set_up(void **state)
{
    (void)state;
    pages_left = 1000;
    kept_count = 0;
    kept = malloc(LINES_MAX * sizeof(*kept));
    memset(&model, 0, sizeof(model));
    model.attribute = 0x0700;
    for (unsigned i = 0; i < CONSOLE_CELLS; i++)
        model.screens[0][i / VGA_COLUMNS][i % VGA_COLUMNS] = BLANK;
    memset(display, 0xEE, sizeof(display));
    console_init(&console, main_cells, other_cells, &source);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (struct scrollback_page *page = console.scrollback.oldest, *next; page; page = next) {
        memcpy(&next, page, sizeof(next));
        free(page);
    }
    free(kept);
    return 0;
}

/* --- The console ------------------------------------------------------------------------------ */

static void feed(const char *text)
{
    for (; *text; text++) {
        bool is_more = console_feed(&console, (uint8_t)*text);
        while (is_more)
            is_more = console_go_on(&console);
    }
}

/* As the kernel does it, whole rows and halves of them. */
static void paint(unsigned pieces)
{
    uint16_t buffer[VGA_COLUMNS];
    unsigned piece;
    while ((piece = console_damage(&console)) < CONSOLE_PIECES) {
        unsigned row = piece / CONSOLE_PIECES_PER_ROW;
        unsigned first = piece % CONSOLE_PIECES_PER_ROW;
        unsigned count =
            pieces < CONSOLE_PIECES_PER_ROW - first ? pieces : CONSOLE_PIECES_PER_ROW - first;
        const uint16_t *cells = console_view(&console, row, buffer);
        memcpy(&display[row][first * CONSOLE_PIECE], &cells[first * CONSOLE_PIECE],
               count * CONSOLE_PIECE * sizeof(*cells));
        console_was_painted(&console, piece, count);
    }
}

/* --- The model -------------------------------------------------------------------------------- */

static unsigned lines(void)
{
    return scrollback_lines(&console.scrollback);
}

static void keep(const cell_row row)
{
    memcpy(kept[kept_count++], row, sizeof(cell_row));
    model.back += model.back > 0;
    if (model.back > lines()) /* what was seen is gone */
        model.back = lines();
}

static void model_newline(void)
{
    cell_row *rows = model.screens[model.screen];
    if (model.rows[model.screen] < CONSOLE_ROWS - 1) {
        model.rows[model.screen]++;
        return;
    }
    if (model.screen == 0) {
        keep(rows[0]);
        model.used -= model.used > 0;
    }
    memmove(rows[0], rows[1], (CONSOLE_ROWS - 1) * sizeof(cell_row));
    for (unsigned i = 0; i < VGA_COLUMNS; i++)
        rows[CONSOLE_ROWS - 1][i] = (uint16_t)(model.attribute | ' ');
}

static void model_put(char character)
{
    if (model.columns[model.screen] == VGA_COLUMNS) {
        model.columns[model.screen] = 0;
        model_newline();
    }
    unsigned row = model.rows[model.screen];
    model.screens[model.screen][row][model.columns[model.screen]++] =
        (uint16_t)(model.attribute | (uint8_t)character);
    if (model.screen == 0 && model.used <= row)
        model.used = row + 1;
}

static void model_erase(void)
{
    for (unsigned i = 0; model.screen == 0 && i < model.used; i++)
        keep(model.screens[0][i]);
    if (model.screen == 0)
        model.used = 0;
    for (unsigned i = 0; i < CONSOLE_CELLS; i++)
        model.screens[model.screen][i / VGA_COLUMNS][i % VGA_COLUMNS] =
            (uint16_t)(model.attribute | ' ');
}

static void model_use(unsigned screen)
{
    if (model.screen == screen)
        return;
    model.back = 0;
    model.screen = screen;
    if (screen == 0)
        return;
    model.rows[1] = model.rows[0];
    model.columns[1] = model.columns[0];
    model_erase();
}

static const uint16_t *model_view(unsigned row)
{
    if (row < model.back)
        return kept[kept_count - model.back + row];
    return model.screens[model.screen][row - model.back];
}

static void check(void)
{
    paint(1 + kept_count % CONSOLE_PIECES_PER_ROW);
    assert_int_equal(console.back, model.back);
    for (unsigned row = 0; row < CONSOLE_ROWS; row++)
        assert_memory_equal(display[row], model_view(row), sizeof(cell_row));
    unsigned row, column;
    unsigned expected_row = model.rows[model.screen] + model.back;
    assert_int_equal(console_cursor(&console, &row, &column), expected_row < CONSOLE_ROWS);
    assert_int_equal(row, expected_row);
}

/* --- Steps ------------------------------------------------------------------------------------ */

static void print(uint64_t *random)
{
    char text[2] = {0};
    for (unsigned count = random_below(random, 100); count > 0; count--) {
        text[0] = (char)(' ' + random_below(random, 95));
        feed(text);
        model_put(text[0]);
    }
    if (random_below(random, 4) > 0) {
        feed("\r\n");
        model.columns[model.screen] = 0;
        model_newline();
    }
}

static void color(uint64_t *random)
{
    static const struct {
        const char *sequence;
        uint16_t attribute;
    } colors[] = {{"\033[m", 0x0700},
                  {"\033[31m", 0x0400},
                  {"\033[m\033[1;42m", 0x2F00},
                  {"\033[0;7m", 0x7000}};
    unsigned index = random_below(random, 4);
    feed("\033[m");
    feed(colors[index].sequence);
    model.attribute = colors[index].attribute;
}

static void scroll(uint64_t *random)
{
    int rows = (int)random_below(random, random_below(random, 10) == 0 ? 5000 : 60) - 28;
    int back = (int)model.back + rows;
    back = back < 0 ? 0 : back;
    back = back > (int)lines() ? (int)lines() : back;
    bool moves = model.screen == 0 && back != (int)model.back;
    assert_int_equal(console_scroll(&console, rows), moves);
    if (moves)
        model.back = (unsigned)back;
}

static void step(uint64_t *random)
{
    unsigned what = random_below(random, 100);
    if (what < 60) {
        print(random);
    } else if (what < 75) {
        scroll(random);
    } else if (what < 90) {
        color(random);
    } else if (what < 93) {
        feed("\033[2J");
        model_erase();
    } else if (what < 97) {
        feed("\033[?1049l");
        model_use(0);
    } else if (what < 98) {
        feed("\033[?1049h");
        model_use(1);
    } else if (what < 99) {
        pages_left = random_below(random, 30);
    } else {
        console_damage_all(&console);
    }
}

static void shows_what_the_model_does(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (unsigned i = 0; i < STEPS; i++) {
        step(&random);
        if (random_below(&random, 3) == 0)
            check();
    }
    assert_true(kept_count < LINES_MAX && kept_count > 10000);
}

/* --- One by one ------------------------------------------------------------------------------- */

static void expect_row(unsigned row, const char *text)
{
    uint16_t buffer[VGA_COLUMNS];
    const uint16_t *cells = console_view(&console, row, buffer);
    for (unsigned i = 0; i < VGA_COLUMNS; i++) {
        char expected = i < strlen(text) ? text[i] : ' ';
        assert_int_equal(cells[i] & 0xFF, expected);
    }
}

static void print_numbers(unsigned first, unsigned end)
{
    char line[16];
    for (unsigned i = first; i < end; i++) {
        snprintf(line, sizeof(line), "%u\r\n", i);
        feed(line);
    }
}

static void scrolls_2000_lines_back_and_forth(void **state)
{
    (void)state;
    print_numbers(0, 3000);
    assert_false(console_scroll(&console, -1));
    assert_true(console_scroll(&console, 5000));
    assert_int_equal(console.back, 2000);
    expect_row(0, "977"); /* 23 are on the screen */
    assert_false(console_scroll(&console, 1));
    assert_true(console_scroll(&console, -1));
    expect_row(0, "978");
    assert_true(console_scroll(&console, -5000));
    expect_row(22, "2999");
    expect_row(23, "");
}

static void stays_where_it_is_while_more_is_printed(void **state)
{
    (void)state;
    print_numbers(0, 100);
    console_scroll(&console, 10);
    expect_row(0, "67");
    paint(1);
    print_numbers(100, 110);
    expect_row(0, "67");
    assert_int_equal(console_damage(&console), CONSOLE_PIECES);
    print_numbers(110, 3000); /* until that line is gone */
    expect_row(0, "977");
    console_scroll(&console, -2000);
    expect_row(22, "2999");
}

static void clearing_loses_nothing(void **state)
{
    (void)state;
    feed("one\r\n\r\nthree\r\n");
    feed("\033[H\033[2J");
    expect_row(0, "");
    assert_int_equal(scrollback_lines(&console.scrollback), 3);
    feed("\033[2J\033[2J");
    assert_int_equal(scrollback_lines(&console.scrollback), 3);
    console_scroll(&console, 3);
    expect_row(0, "one");
    expect_row(2, "three");
}

static void a_view_leaves_no_lines(void **state)
{
    (void)state;
    feed("before\r\n\033[?1049h");
    print_numbers(0, 100);
    feed("\033[2J");
    assert_false(console_scroll(&console, 1));
    assert_int_equal(scrollback_lines(&console.scrollback), 0);
    feed("\033[?1049l");
    expect_row(0, "before");
    feed("\033[?1049h");
    assert_true(console_leave_other_screen(&console));
    assert_false(console_leave_other_screen(&console));
    expect_row(0, "before");
}

/* Who was killed while the screen was being cleared left the rest to the next. */
static void clearing_goes_on_where_it_was_left(void **state)
{
    (void)state;
    feed("one\r\ntwo\r\nthree\r\n\033[2");
    assert_true(console_feed(&console, 'J'));
    assert_true(console_go_on(&console));
    assert_true(console_go_on(&console));
    assert_false(console_go_on(&console));
    assert_false(console_go_on(&console));
    assert_int_equal(scrollback_lines(&console.scrollback), 3);
}

static void a_hidden_cursor_is_not_seen(void **state)
{
    (void)state;
    unsigned row, column;
    feed("ab\033[?25l");
    assert_false(console_cursor(&console, &row, &column));
    feed("\033[?25h");
    assert_true(console_cursor(&console, &row, &column));
    assert_int_equal(row, 0);
    assert_int_equal(column, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_what_the_model_does),
        TEST(scrolls_2000_lines_back_and_forth),
        TEST(stays_where_it_is_while_more_is_printed),
        TEST(clearing_loses_nothing),
        TEST(a_view_leaves_no_lines),
        TEST(clearing_goes_on_where_it_was_left),
        TEST(a_hidden_cursor_is_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
