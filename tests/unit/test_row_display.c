/* Rows in place: what the display sends is shown by a screen that knows characters and styles. */
#include <string.h>

#include "kernel/lib/ansi.h"
#include "shell/views/row_display.h"
#include "tests/unit/unit_test.h"

#define ROWS        24u
#define COLUMNS     80u
#define ROWS_MAX    80u
#define COLUMNS_MAX ROW_DISPLAY_COLUMNS_MAX

static struct {
    struct ansi_parser parser;
    struct display_cell cells[ROWS_MAX][COLUMNS_MAX];
    unsigned rows, columns;
    unsigned row, column; /* `columns`: behind a full row */
    uint8_t style;
    unsigned bytes; /* received since the last write_row() began */
} screen;

static struct display_cell shown[ROWS_MAX * COLUMNS_MAX];
static struct row_display display;

/* --- The screen: what is never sent is left out, and would end the test --------------------------
 */

static void put(void *context, uint8_t character)
{
    (void)context;
    assert_true(screen.column < screen.columns); /* nothing wraps */
    screen.cells[screen.row][screen.column++] = (struct display_cell){character, screen.style};
}

static void place_cursor(void *context, unsigned row, unsigned column)
{
    (void)context;
    assert_true(row < screen.rows && column < screen.columns);
    screen.row = row;
    screen.column = column;
}

/* As on a VT100: behind a full row the cursor still stands on its last character. */
static void erase_line(void *context, enum ansi_erase what)
{
    (void)context;
    assert_int_equal(what, ANSI_ERASE_TO_END);
    assert_int_equal(screen.style, STYLE_PLAIN);
    unsigned last = screen.columns - 1;
    for (unsigned i = screen.column < last ? screen.column : last; i <= last; i++)
        screen.cells[screen.row][i] = (struct display_cell){' ', STYLE_PLAIN};
}

static void erase_display(void *context, enum ansi_erase what)
{
    (void)context;
    assert_int_equal(what, ANSI_ERASE_ALL);
    for (unsigned i = 0; i < screen.rows * screen.columns; i++)
        screen.cells[i / screen.columns][i % screen.columns] =
            (struct display_cell){' ', STYLE_PLAIN};
}

static void set_attributes(void *context, const struct ansi_attributes *attributes)
{
    (void)context;
    assert_int_equal(attributes->background, ANSI_DEFAULT);
    unsigned color = attributes->foreground == ANSI_DEFAULT ? STYLE_PLAIN : attributes->foreground;
    screen.style = (uint8_t)(color | (attributes->bold ? STYLE_BOLD : 0u) |
                             (attributes->reverse ? STYLE_REVERSE : 0u));
}

static const struct ansi_screen_operations operations = {
    .put = put,
    .place_cursor = place_cursor,
    .erase_line = erase_line,
    .erase_display = erase_display,
    .set_attributes = set_attributes,
};

static void receive(void *context, const char *text, size_t length)
{
    assert_ptr_equal(context, &screen);
    screen.bytes += (unsigned)length;
    for (size_t i = 0; i < length; i++)
        ansi_feed(&screen.parser, (uint8_t)text[i]);
}

static void start_with(unsigned columns, unsigned rows)
{
    memset(&screen, 'x', sizeof(screen)); /* there was something else before */
    screen.rows = rows;
    screen.columns = columns;
    ansi_init(&screen.parser, &operations, NULL);
    display = (struct row_display){
        .write = receive, .context = &screen, .rows = rows, .columns = columns, .cells = shown};
    row_display_clear(&display);
}

static int start(void **state)
{
    (void)state;
    start_with(COLUMNS, ROWS);
    return 0;
}

/* --- Helpers ------------------------------------------------------------------------------------
 */

static void write_row(unsigned row, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

static void write_row(unsigned row, const char *format, ...)
{
    va_list arguments;
    screen.bytes = 0;
    va_start(arguments, format);
    row_display_write(&display, row, format, arguments);
    va_end(arguments);
    assert_int_equal(screen.style, STYLE_PLAIN);
}

/* The row is `text`, plain, and blank behind it. */
static void assert_row(unsigned row, const char *text)
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        assert_int_equal(screen.cells[row][i].character, i < strlen(text) ? text[i] : ' ');
        assert_int_equal(screen.cells[row][i].style, STYLE_PLAIN);
    }
}

/* --- Tests --------------------------------------------------------------------------------------
 */

static void clearing_leaves_blanks(void **state)
{
    (void)state;
    for (unsigned row = 0; row < ROWS; row++)
        assert_row(row, "");
}

static void a_row_is_shown_in_its_place(void **state)
{
    (void)state;
    write_row(0, "first %d", 1);
    write_row(ROWS - 1, "last");
    assert_row(0, "first 1");
    assert_row(1, "");
    assert_row(ROWS - 1, "last");
}

static void the_same_row_is_not_sent_again(void **state)
{
    (void)state;
    write_row(5, "the %s", "same");
    write_row(5, "the same");
    assert_int_equal(screen.bytes, 0);
    write_row(5, "the same   "); /* as it looks */
    assert_int_equal(screen.bytes, 0);
}

static void only_what_differs_is_sent(void **state)
{
    (void)state;
    write_row(2, "%70d", 1234);
    write_row(2, "%70d", 1235);
    assert_int_equal(screen.bytes, strlen("\033[3;70H5"));
    write_row(2, "7%69d", 1239);
    assert_int_equal(screen.bytes, strlen("\033[3;1H7") + strlen("\033[3;70H9"));
    write_row(2, "8  8%66d", 1239); /* a short gap is bridged */
    assert_int_equal(screen.bytes, strlen("\033[3;1H8  8"));
}

static void a_shorter_row_leaves_nothing(void **state)
{
    (void)state;
    write_row(3, "a long row of text");
    write_row(3, "a long");
    assert_int_equal(screen.bytes, strlen("\033[4;7H\033[K"));
    assert_row(3, "a long");
    write_row(3, "%s", "");
    assert_row(3, "");
}

static void a_long_row_is_cut(void **state)
{
    char text[2 * COLUMNS];
    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    write_row(ROWS - 1, "%s", text);
    text[COLUMNS] = '\0';
    assert_row(ROWS - 1, text);
    text[COLUMNS - 1] = '\0';
    write_row(ROWS - 1, "%s", text);
    assert_row(ROWS - 1, text);
}

static void styles_take_no_column(void **state)
{
    enum { A = STYLE_RED | STYLE_BOLD, B = STYLE_GREEN | STYLE_REVERSE };
    (void)state;
    write_row(1, "ab%ccd%cef%cgh", A, B, STYLE_PLAIN);
    static const uint8_t styles[] = {STYLE_PLAIN, STYLE_PLAIN, A, A, B, B, STYLE_PLAIN};
    for (unsigned i = 0; i < sizeof(styles); i++) {
        assert_int_equal(screen.cells[1][i].character, 'a' + i);
        assert_int_equal(screen.cells[1][i].style, styles[i]);
    }
}

static void every_style_arrives(void **state)
{
    (void)state;
    for (unsigned style = STYLE_RED; style <= (STYLE_PLAIN | STYLE_BOLD | STYLE_REVERSE); style++) {
        if ((style & STYLE_PLAIN) == 0)
            continue;
        write_row(7, "%c%c", (int)style, 'x');
        assert_int_equal(screen.cells[7][0].style, style);
    }
}

static void a_change_of_style_alone_is_a_change(void **state)
{
    (void)state;
    write_row(4, "one two");
    write_row(4, "one %ctwo", STYLE_YELLOW);
    assert_int_equal(screen.cells[4][3].style, STYLE_PLAIN);
    assert_int_equal(screen.cells[4][4].style, STYLE_YELLOW);
    write_row(4, "one two");
    assert_row(4, "one two");
}

static void blanks_in_reverse_are_shown_to_the_end(void **state)
{
    (void)state;
    write_row(0, "%c%80s", STYLE_PLAIN | STYLE_REVERSE, "");
    for (unsigned i = 0; i < COLUMNS; i++)
        assert_int_equal(screen.cells[0][i].style, STYLE_PLAIN | STYLE_REVERSE);
    write_row(0, "x");
    assert_row(0, "x");
}

static void clearing_forgets(void **state)
{
    (void)state;
    write_row(0, "text");
    memset(screen.cells, 'x', sizeof(screen.cells));
    row_display_clear(&display);
    write_row(0, "text");
    assert_row(0, "text");
}

static void write_junk(unsigned rounds)
{
    static const char letters[] = "  ab\x01\x07\x0f\x17";
    uint64_t random = 1;
    char text[COLUMNS_MAX + 10];
    for (unsigned round = 0; round < rounds; round++) {
        unsigned row = random_below(&random, screen.rows);
        unsigned length = random_below(&random, screen.columns + 10);
        for (unsigned i = 0; i < length; i++)
            text[i] = letters[random_below(&random, sizeof(letters) - 1)];
        text[length] = '\0';
        write_row(row, "%s", text);

        unsigned column = 0;
        uint8_t style = STYLE_PLAIN;
        for (unsigned i = 0; i < length; i++) {
            if (text[i] < ' ') {
                style = (uint8_t)text[i];
            } else if (column < screen.columns) {
                assert_int_equal(screen.cells[row][column].character, text[i]);
                assert_int_equal(screen.cells[row][column++].style, style);
            }
        }
        for (; column < screen.columns; column++)
            assert_int_equal(screen.cells[row][column].character, ' ');
        for (unsigned i = 0; i < screen.rows; i++)
            assert_memory_equal(screen.cells[i], &shown[i * screen.columns],
                                screen.columns * sizeof(shown[0]));
    }
}

/* After any rows in any order the screen shows the last text of each. */
static void junk_ends_up_as_written(void **state)
{
    static const struct {
        unsigned columns, rows;
    } sizes[] = {{40, 12}, {60, 20}, {80, 24}, {132, 50}, {250, 80}};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(sizes); i++) {
        start_with(sizes[i].columns, sizes[i].rows);
        write_junk(5000);
    }
}

/* Lines that go on below each other, with the styles of rows. */
static void a_text_is_printed_with_its_styles(void **state)
{
    (void)state;
    row_display_print(receive, &screen,
                      "ab\x01\x02"
                      "cd\x07",
                      true);
    assert_int_equal(screen.style, STYLE_PLAIN);
    assert_row(5, "");
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(screen.cells[0][i].character, "abcd"[i]);
        assert_int_equal(screen.cells[0][i].style, i < 2 ? STYLE_PLAIN : STYLE_GREEN);
    }
}

static void a_text_is_printed_without_its_styles(void **state)
{
    (void)state;
    row_display_print(receive, &screen,
                      "\x01"
                      "ab\x02\x03"
                      "cd\x07",
                      false);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(screen.cells[0][i].character, "abcd"[i]);
        assert_int_equal(screen.cells[0][i].style, STYLE_PLAIN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clearing_leaves_blanks, start),
        cmocka_unit_test_setup(a_row_is_shown_in_its_place, start),
        cmocka_unit_test_setup(the_same_row_is_not_sent_again, start),
        cmocka_unit_test_setup(only_what_differs_is_sent, start),
        cmocka_unit_test_setup(a_shorter_row_leaves_nothing, start),
        cmocka_unit_test_setup(a_long_row_is_cut, start),
        cmocka_unit_test_setup(styles_take_no_column, start),
        cmocka_unit_test_setup(every_style_arrives, start),
        cmocka_unit_test_setup(a_change_of_style_alone_is_a_change, start),
        cmocka_unit_test_setup(blanks_in_reverse_are_shown_to_the_end, start),
        cmocka_unit_test_setup(clearing_forgets, start),
        cmocka_unit_test_setup(junk_ends_up_as_written, start),
        cmocka_unit_test_setup(a_text_is_printed_with_its_styles, start),
        cmocka_unit_test_setup(a_text_is_printed_without_its_styles, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
