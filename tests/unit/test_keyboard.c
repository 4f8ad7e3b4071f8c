/* The keyboard driver against an 8042 and a keyboard made up here. */
#include <string.h>

#include "drivers/keyboard.c"
#include "tests/unit/unit_test.h"

#define CAPS_LOCK_DOWN 0x3A
#define CAPS_LOCK_UP   0xBA
#define A_DOWN         0x1E
#define A_UP           0x9E

/* --- Controller and keyboard ----------------------------------------------------------------- */

static struct {
    bool is_absent;
    bool is_deaf;          /* the controller answers no command */
    bool is_silent;        /* there is no keyboard */
    bool refuses_value;    /* the keyboard asks for the first value of the lights once more */
    unsigned refusals;     /* how many bytes the keyboard asks for once more */
    uint8_t configuration; /* as the firmware left it */
    uint8_t command;       /* that waits for its byte of data */

    struct {
        uint8_t byte;
        bool from_mouse;
    } output[32];
    unsigned output_count;

    uint8_t told[32]; /* what the keyboard was sent */
    unsigned told_count;
    bool expects_lights;
    uint8_t lights;
} machine;

static unsigned delays;
static void (*handler)(void);
static bool is_unmasked;

static void put_output(uint8_t byte, bool from_mouse)
{
    assert_true(machine.output_count < COUNT_OF(machine.output));
    machine.output[machine.output_count].byte = byte;
    machine.output[machine.output_count++].from_mouse = from_mouse;
}

static void tell_keyboard(uint8_t byte)
{
    assert_true(machine.told_count < COUNT_OF(machine.told));
    machine.told[machine.told_count++] = byte;
    if (machine.is_silent)
        return;
    if (machine.refusals) {
        machine.refusals--;
        put_output(KEYBOARD_SEND_AGAIN, false);
        return;
    }
    if (machine.expects_lights && machine.refuses_value) {
        machine.refuses_value = false;
        put_output(KEYBOARD_SEND_AGAIN, false);
        return;
    }
    if (machine.expects_lights)
        machine.lights = byte;
    machine.expects_lights = byte == KEYBOARD_SET_LEDS;
    put_output(KEYBOARD_ACKNOWLEDGE, false);
}

uint8_t port_read8(uint16_t port)
{
    if (machine.is_absent)
        return 0xFF;
    bool is_full = machine.output_count > 0;
    if (port == STATUS)
        return (uint8_t)(is_full | (is_full && machine.output[0].from_mouse ? 0x20 : 0));
    assert_int_equal(port, DATA);
    uint8_t byte = machine.output[0].byte;
    if (is_full)
        memmove(machine.output, machine.output + 1,
                --machine.output_count * sizeof(machine.output[0]));
    return byte;
}

void port_write8(uint16_t port, uint8_t value)
{
    if (port == COMMAND) {
        machine.command = value;
        if (value == COMMAND_READ_CONFIGURATION && !machine.is_deaf)
            put_output(machine.configuration, false);
    } else if (machine.command == COMMAND_WRITE_CONFIGURATION) {
        machine.configuration = value;
        machine.command = 0;
    } else {
        tell_keyboard(value);
    }
}

void port_delay(void)
{
    delays++;
}

int irq_register(unsigned line, void (*new_handler)(void), const char *name)
{
    assert_int_equal(line, 1);
    assert_string_equal(name, "keyboard");
    handler = new_handler;
    return 0;
}

void pic_unmask(unsigned line)
{
    assert_int_equal(line, 1);
    is_unmasked = true;
}

static void run_interrupts(void)
{
    for (unsigned i = 0; machine.output_count; i++) {
        assert_true(i < 1000);
        handler();
    }
}

static void type(uint8_t byte)
{
    put_output(byte, false);
    run_interrupts();
}

/* --- Who listens ----------------------------------------------------------------------------- */

static char typed[64];
static unsigned typed_count;

static void on_key(const struct key_event *event)
{
    if (event->pressed && typed_count < sizeof(typed) - 1)
        typed[typed_count++] = (char)event->key;
}

static int set_up(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof(machine));
    memset(typed, 0, sizeof(typed));
    typed_count = delays = 0;
    machine.configuration = CONFIGURATION_MOUSE_INTERRUPT | CONFIGURATION_KEYBOARD_OFF | 0x04;
    handler = NULL;
    is_unmasked = false;
    light_state = LIGHTS_SETTLED;
    lights_shown = LIGHTS_UNKNOWN;
    return 0;
}

/* Starts, and lets the lights settle. */
static void start(void)
{
    assert_int_equal(keyboard_init(on_key), 0);
    type(A_UP);
    machine.told_count = 0;
}

static void sees_that_there_is_no_controller(void **state)
{
    (void)state;
    machine.is_absent = true;
    assert_int_equal(keyboard_init(on_key), -ERROR_NOT_SUPPORTED);
    assert_null(handler);
    assert_false(is_unmasked);
}

static void configures_the_controller(void **state)
{
    (void)state;
    assert_int_equal(keyboard_init(on_key), 0);
    assert_int_equal(machine.configuration, 0x01 | 0x04 | 0x20 | 0x40);
    assert_int_equal(machine.told[0], KEYBOARD_ENABLE);
    assert_true(is_unmasked);
}

static void listens_even_if_nobody_answers(void **state)
{
    for (unsigned i = 0; i < 2; i++) {
        set_up(state);
        machine.is_silent = i == 0;
        machine.is_deaf = i == 1;
        assert_int_equal(keyboard_init(on_key), -ERROR_IO);
        assert_true(delays < 100000); /* 0.1 s */
        type(A_DOWN);
        assert_string_equal(typed, "a");
    }
}

static void forgets_what_was_typed_before(void **state)
{
    (void)state;
    for (unsigned i = 0; i < OUTPUT_BYTES_MAX; i++)
        put_output(A_DOWN, i % 2);
    start();
    assert_string_equal(typed, "");
}

static void drops_what_comes_from_the_mouse(void **state)
{
    (void)state;
    start();
    put_output(A_DOWN, true);
    put_output(A_DOWN, false);
    put_output(A_DOWN, true);
    handler();
    assert_string_equal(typed, "a");
    assert_int_equal(machine.output_count, 0);
}

static void returns_from_a_controller_that_is_never_empty(void **state)
{
    (void)state;
    start();
    machine.is_absent = true; /* gone: every port reads FFh */
    handler();
    assert_string_equal(typed, "");
}

static void shows_the_locks(void **state)
{
    (void)state;
    start();
    assert_int_equal(machine.lights, 0);
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.lights, KEYBOARD_LED_CAPS);
    type(CAPS_LOCK_UP);
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.lights, 0);
    assert_int_equal(machine.told_count, 4); /* two commands, each with its value */
}

static void turns_off_the_lights_that_the_firmware_left_on(void **state)
{
    (void)state;
    machine.lights = KEYBOARD_LED_NUM;
    start();
    assert_int_equal(machine.lights, 0);
}

static void sends_a_byte_again_when_asked(void **state)
{
    (void)state;
    start();
    machine.refusals = LIGHTS_REPEATS;
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.lights, KEYBOARD_LED_CAPS);
    assert_int_equal(machine.told_count, 2 + LIGHTS_REPEATS);

    machine.refuses_value = true;
    machine.told_count = 0;
    type(CAPS_LOCK_UP);
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.lights, 0);
    assert_int_equal(machine.told_count, 3);
}

static void gives_up_a_keyboard_that_always_refuses(void **state)
{
    (void)state;
    start();
    machine.refusals = 1000;
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.told_count, 1 + LIGHTS_REPEATS);
    type(A_DOWN);
    assert_string_equal(typed, "A");
    assert_int_equal(machine.told_count, 1 + LIGHTS_REPEATS);

    machine.refusals = 0;
    machine.lights = KEYBOARD_LED_CAPS;
    type(CAPS_LOCK_UP);
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.lights, 0);
}

static void types_on_while_an_answer_is_missing(void **state)
{
    (void)state;
    start();
    machine.is_silent = true;
    type(CAPS_LOCK_DOWN);
    for (unsigned i = 0; i < LIGHTS_PATIENCE; i++)
        type(A_DOWN);
    assert_string_equal(typed, "AAAAAAAAAAAAAAAA");
    assert_int_equal(machine.told_count, 1);

    machine.is_silent = false;
    type(CAPS_LOCK_UP);
    type(CAPS_LOCK_DOWN);
    assert_int_equal(machine.told_count, 3);
    assert_int_equal(machine.lights, 0);
}

static void hands_keys_on_that_come_before_the_answer(void **state)
{
    (void)state;
    start();
    put_output(CAPS_LOCK_DOWN, false);
    put_output(A_DOWN, false);
    run_interrupts();
    assert_string_equal(typed, "A");
    assert_int_equal(machine.lights, KEYBOARD_LED_CAPS);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sees_that_there_is_no_controller),
        TEST(configures_the_controller),
        TEST(listens_even_if_nobody_answers),
        TEST(forgets_what_was_typed_before),
        TEST(drops_what_comes_from_the_mouse),
        TEST(returns_from_a_controller_that_is_never_empty),
        TEST(shows_the_locks),
        TEST(turns_off_the_lights_that_the_firmware_left_on),
        TEST(sends_a_byte_again_when_asked),
        TEST(gives_up_a_keyboard_that_always_refuses),
        TEST(types_on_while_an_answer_is_missing),
        TEST(hands_keys_on_that_come_before_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
