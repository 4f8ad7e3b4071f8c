/* kernel/lib/ansi: what a screen is told, written down as text: a letter for each operation. */
#include <stdio.h>
#include <string.h>

#include "kernel/lib/ansi.h"
#include "tests/unit/unit_test.h"

static char record[4096];

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
    size_t length = strlen(record);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(record + length, sizeof(record) - length, format, arguments);
    va_end(arguments);
}

static void put(void *context, uint8_t character)
{
    (void)context;
    note("%c", character);
}

static void newline(void *context)
{
    (void)context;
    note("<nl>");
}

static void carriage_return(void *context)
{
    (void)context;
    note("<cr>");
}

static void backspace(void *context)
{
    (void)context;
    note("<bs>");
}

static void tab(void *context)
{
    (void)context;
    note("<tab>");
}

static void bell(void *context)
{
    (void)context;
    note("<bell>");
}

static void move_cursor(void *context, int rows, int columns)
{
    (void)context;
    note("<move %d %d>", rows, columns);
}

static void place_cursor(void *context, unsigned row, unsigned column)
{
    (void)context;
    note("<place %u %u>", row, column);
}

static void erase_display(void *context, enum ansi_erase what)
{
    (void)context;
    note("<display %u>", (unsigned)what);
}

static void erase_line(void *context, enum ansi_erase what)
{
    (void)context;
    note("<line %u>", (unsigned)what);
}

static void set_attributes(void *context, const struct ansi_attributes *attributes)
{
    (void)context;
    note("<%u on %u%s%s>", attributes->foreground, attributes->background,
         attributes->bold ? " bold" : "", attributes->reverse ? " reverse" : "");
}

static void save_cursor(void *context)
{
    (void)context;
    note("<save>");
}

static void restore_cursor(void *context)
{
    (void)context;
    note("<restore>");
}

static void show_cursor(void *context, bool visible)
{
    (void)context;
    note("<%s>", visible ? "show" : "hide");
}

static void use_other_screen(void *context, bool other)
{
    (void)context;
    note("<%s>", other ? "other" : "main");
}

static const struct ansi_screen_operations recorder = {
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

static void check(const char *output, const char *expected)
{
    struct ansi_parser parser;

    record[0] = '\0';
    ansi_init(&parser, &recorder, NULL);
    for (; *output; output++)
        ansi_feed(&parser, (uint8_t)*output);
    assert_string_equal(record, expected);
}

static void text_and_controls(void **state)
{
    (void)state;
    check("Hi ~!", "Hi ~!");
    check("a\r\nb\bc\td\ae", "a<cr><nl>b<bs>c<tab>d<bell>e");
    check("\x01\x02\x7F\x0E", "");
    check("\x80\xE4\xFF", "\x80\xE4\xFF");
}

static void cursor_movements(void **state)
{
    (void)state;
    check("\x1b[A\x1b[2B\x1b[13C\x1b[0D", "<move -1 0><move 2 0><move 0 13><move 0 -1>");
    check("\x1b[H\x1b[5H\x1b[;7H\x1b[12;40f\x1b[0;0H",
          "<place 0 0><place 4 0><place 0 6><place 11 39><place 0 0>");
    check("\x1b[s\x1b[u", "<save><restore>");
    check("\x1b[?25l\x1b[?25h", "<hide><show>");
    check("\x1b[?1049h\x1b[?1049l", "<other><main>");
}

static void erasing(void **state)
{
    (void)state;
    check("\x1b[J\x1b[0J\x1b[1J\x1b[2J", "<display 0><display 0><display 1><display 2>");
    check("\x1b[K\x1b[0K\x1b[1K\x1b[2K", "<line 0><line 0><line 1><line 2>");
    check("\x1b[3J\x1b[9K", "");
}

static void attributes(void **state)
{
    (void)state;
    check("\x1b[1m", "<16 on 16 bold>");
    check("\x1b[7m\x1b[27m", "<16 on 16 reverse><16 on 16>");
    check("\x1b[31;42m\x1b[m", "<1 on 2><16 on 16>");
    check("\x1b[97;100m", "<15 on 8>");
    check("\x1b[90m\x1b[107m\x1b[39m\x1b[49m", "<8 on 16><8 on 15><16 on 15><16 on 16>");
    check("\x1b[1;7;33;44m\x1b[22m\x1b[0m", "<3 on 4 bold reverse><3 on 4 reverse><16 on 16>");
    check("\x1b[1;;31m", "<1 on 16>");     /* an empty parameter resets */
    check("\x1b[31;38;5;7m", "<1 on 16>"); /* the palette's index is no rendition */
    check("\x1b[48;2;1;31;7m", "<16 on 16>");
    check("\x1b[5;32m", "<2 on 16>"); /* blinking is not known */
    check("\x1b[38m\x1b[50m\x1b[89m\x1b[98m\x1b[108m",
          "<16 on 16><16 on 16><16 on 16><16 on 16><16 on 16>");
}

static void unknown_sequences_are_swallowed_whole(void **state)
{
    (void)state;
    check("a\x1b[5Zb\x1b[?1047hc\x1b[>4;1md\x1b[!pe", "abcde");
    check("a\x1b/Bb\x1b"
          "0c",
          "abc"); /* the bytes at the border of the intermediate ones */
    check("a\x1b(Bb\x1b#8c\x1b=d\x1bMe\x1b%Gf", "abcdef");
    check("a\x1b[?31mb\x1b[1 qc\x1b[1:2md", "abcd");
    check("a\x1b[?2Jb\x1b[?Ac", "abc");
}

static void broken_sequences_do_no_harm(void **state)
{
    (void)state;
    check("\x1b[3\x1b[2Jx", "<display 2>x");
    check("\x1b\x1b[2Jx", "<display 2>x");
    check("\x1b[31\x18x\x1b[31\x1Ay", "xy");      /* CAN and SUB abandon it */
    check("\x1b[3\r\n1mx", "<cr><nl><1 on 16>x"); /* controls act inside it */
    check("\x1b[99999999999999999999Cx", "<move 0 9999>x");
    check("\x1b[2;3;4;5;6;9;1;31;32;33;34m", "<1 on 16 bold>"); /* from the ninth on: ignored */
}

/* Whatever comes, a printable byte at rest reaches the screen, and nothing is read or written out
 * of bounds. */
static void survives_junk(void **state)
{
    (void)state;
    static const char likely[] = "\x1b[[[0123456789;;;?mHJKA";
    uint64_t random = 8;
    struct ansi_parser parser;

    ansi_init(&parser, &recorder, NULL);
    for (unsigned round = 0; round < 200000; round++) {
        record[0] = '\0';
        if (random_below(&random, 2))
            ansi_feed(&parser, (uint8_t)likely[random_below(&random, sizeof(likely) - 1)]);
        else
            ansi_feed(&parser, (uint8_t)random_below(&random, 256));
    }
    ansi_feed(&parser, 0x18);
    record[0] = '\0';
    ansi_feed(&parser, 'x');
    assert_string_equal(record, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_controls),
        cmocka_unit_test(cursor_movements),
        cmocka_unit_test(erasing),
        cmocka_unit_test(attributes),
        cmocka_unit_test(unknown_sequences_are_swallowed_whole),
        cmocka_unit_test(broken_sequences_do_no_harm),
        cmocka_unit_test(survives_junk),
    };
    return cmocka_run_group_tests_name("ansi", tests, NULL, NULL);
}
