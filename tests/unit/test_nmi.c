/* NMIs, on a chipset made up. */
#include <string.h>

#include "kernel/cpu/nmi.c"
#include "tests/unit/unit_test.h"

static uint8_t port_61, index_70;
static bool card_holds_line; /* IOCHK#: latched as long as its control bit is clear */
static bool bus_failed;      /* SERR# */
static unsigned unmaskings;
static char logged[LOG_MESSAGE_SIZE];
static unsigned lines_logged;

uint8_t port_read8(uint16_t port)
{
    if (port != 0x61)
        return 0;
    uint8_t value = port_61 | 0x30; /* refresh and timer 2 toggle */
    if (card_holds_line && !(port_61 & 0x08))
        value |= 0x40;
    if (bus_failed && !(port_61 & 0x04))
        value |= 0x80;
    return value;
}

void port_write8(uint16_t port, uint8_t value)
{
    if (port == 0x61) {
        assert_int_equal(value & 0xF0, 0); /* these have to be written as 0 */
        port_61 = value;
    } else {
        assert_int_equal(port, 0x70);
        if ((index_70 & 0x80) && !(value & 0x80))
            unmaskings++;
        index_70 = value;
    }
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_arguments(logged, sizeof(logged), format, arguments);
    va_end(arguments);
    assert_int_equal(level, LOG_WARNING);
    lines_logged++;
}

bool symbol_lookup(uint64_t address, char name[SYMBOL_NAME_SIZE], uint64_t *offset)
{
    if (address < 0x1000)
        return false;
    strcpy(name, "function");
    *offset = address - 0x1000;
    return true;
}

static int set_up(void **state)
{
    (void)state;
    port_61 = 0x03; /* the speaker sounds */
    index_70 = 0x80;
    card_holds_line = bus_failed = is_check_quiet = false;
    count = told = 0;
    looks_to_wait = unmaskings = lines_logged = 0;
    memset(logged, 0, sizeof(logged));
    return 0;
}

static void look_after_a_second(void)
{
    for (unsigned i = 0; i < LOOKS_PER_LINE; i++)
        nmi_look_after();
}

static void lets_them_come(void **state)
{
    (void)state;
    nmi_enable();
    assert_int_equal(index_70 & 0x80, 0);
}

static void tells_of_one_later(void **state)
{
    (void)state;
    assert_true(nmi_take(0x1012));
    assert_int_equal(lines_logged, 0);
    nmi_look_after();
    assert_string_equal(logged,
                        "NMI: no reason given by the chipset (port 61h is 0x33), in function+0x12");
    look_after_a_second();
    assert_int_equal(lines_logged, 1);
    assert_int_equal(unmaskings, 1); /* what came meanwhile makes a new edge */
    assert_int_equal(index_70 & 0x80, 0);
}

static void names_no_function_outside_of_the_kernel(void **state)
{
    (void)state;
    assert_true(nmi_take(0x10));
    nmi_look_after();
    assert_non_null(strstr(logged, "in unknown code+0"));
}

static void quiets_a_card_until_it_has_been_told(void **state)
{
    (void)state;
    card_holds_line = true;
    assert_true(nmi_take(0x1000));
    assert_int_equal(port_61, 0x0B);
    nmi_look_after();
    assert_non_null(strstr(logged, "I/O channel check (port 61h is 0x73)"));
    assert_int_equal(port_61, 0x03);
}

static void a_flood_does_not_fill_the_log(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 30 * LOOKS_PER_LINE; i++) {
        assert_true(nmi_take(0x1000));
        nmi_look_after();
    }
    assert_true(lines_logged <= 31);
    assert_non_null(strstr(logged, "; 9 before"));
}

static void a_system_error_ends_it(void **state)
{
    (void)state;
    char text[NMI_TEXT_SIZE];
    bus_failed = true;
    assert_false(nmi_take(0x1000));
    assert_int_equal(port_61, 0x07); /* or it would come again and again */
    nmi_describe(text);
    assert_string_equal(text, "memory parity or system error (port 61h is 0xb3)");
}

static void a_panic_tells_those_that_nobody_told(void **state)
{
    (void)state;
    assert_false(nmi_take_untold());
    nmi_take(0x1000);
    assert_true(nmi_take_untold());
    assert_false(nmi_take_untold());
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lets_them_come),
        TEST(tells_of_one_later),
        TEST(names_no_function_outside_of_the_kernel),
        TEST(quiets_a_card_until_it_has_been_told),
        TEST(a_flood_does_not_fill_the_log),
        TEST(a_system_error_ends_it),
        TEST(a_panic_tells_those_that_nobody_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
