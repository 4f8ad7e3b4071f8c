/* The ports, the interrupt controller and the keyboard itself. */
#include "tests/unit/fakes/keyboard_machine.h"

#include <stddef.h>
#include <string.h>

#include "drivers/pic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/tsc.h"
#include "tests/unit/unit_test.h"

#define DATA   0x60
#define STATUS 0x64

#define ACKNOWLEDGE 0xFA
#define SEND_AGAIN  0xFE
#define TEST_PASSED 0xAA

struct fake_machine fake_machine;
uint64_t fake_tsc;

static struct {
    uint8_t byte;
    bool from_mouse;
} output[64];
static unsigned output_count;
static uint8_t command; /* of the controller, that waits for its byte of data */
static bool expects_lights;
static void (*handler)(void);

static const struct {
    uint8_t set_1;
    uint8_t set_2;
    bool is_extended;
} keys[FAKE_KEYS] = {
    [FAKE_A] = {0x1E, 0x1C, false},          [FAKE_S] = {0x1F, 0x1B, false},
    [FAKE_LEFT_SHIFT] = {0x2A, 0x12, false}, [FAKE_LEFT_CTRL] = {0x1D, 0x14, false},
    [FAKE_CAPS_LOCK] = {0x3A, 0x58, false},  [FAKE_ENTER] = {0x1C, 0x5A, false},
    [FAKE_F12] = {0x58, 0x07, false},        [FAKE_UP] = {0x48, 0x75, true},
};

void fake_machine_reset(void)
{
    fake_machine = (struct fake_machine){
        .ports_read = FAKE_NO_VALUE,
        .output_stuck = FAKE_NO_VALUE,
        .keyboard_set = 2,
        .configuration = FAKE_KEYBOARD_INTERRUPT | FAKE_SYSTEM | FAKE_MOUSE_OFF | FAKE_TRANSLATION,
    };
    output_count = 0;
    command = 0;
    expects_lights = false;
    handler = NULL;
}

void fake_put(uint8_t byte, bool from_mouse)
{
    assert_true(output_count < COUNT_OF(output));
    output[output_count].byte = byte;
    output[output_count++].from_mouse = from_mouse;
}

unsigned fake_waiting(void)
{
    return output_count;
}

/* --- The keyboard ---------------------------------------------------------------------------- */

static void tell_keyboard(uint8_t byte)
{
    struct fake_machine *machine = &fake_machine;
    assert_true(machine->told_count < COUNT_OF(machine->told));
    machine->told[machine->told_count++] = byte;
    if (machine->has_no_keyboard || machine->keeps_silent)
        return;
    if (machine->refusals || (expects_lights && machine->refuses_value)) {
        machine->refusals -= machine->refusals ? 1 : 0;
        machine->refuses_value = false;
        fake_put(SEND_AGAIN, false);
        return;
    }
    if (expects_lights)
        machine->lights = byte;
    expects_lights = byte == FAKE_SET_LIGHTS;
    fake_put(ACKNOWLEDGE, false);
}

static bool arrives_in_set_2(void)
{
    bool is_translated =
        (fake_machine.configuration & FAKE_TRANSLATION) && !fake_machine.ignores_translation;
    return fake_machine.keyboard_set == 2 && !is_translated;
}

static void move_key(enum fake_key key, bool is_pressed)
{
    if (keys[key].is_extended)
        fake_put(0xE0, false);
    if (arrives_in_set_2() && !is_pressed)
        fake_put(0xF0, false);
    if (arrives_in_set_2())
        fake_put(keys[key].set_2, false);
    else
        fake_put(keys[key].set_1 | (is_pressed ? 0 : 0x80), false);
    fake_interrupt();
}

void fake_press(enum fake_key key)
{
    move_key(key, true);
}

void fake_release(enum fake_key key)
{
    move_key(key, false);
}

void fake_type(enum fake_key key)
{
    fake_press(key);
    fake_release(key);
}

void fake_plug_in(void)
{
    fake_machine.has_no_keyboard = false;
    fake_machine.lights = 0xFF;
    fake_send(TEST_PASSED);
}

/* --- The controller -------------------------------------------------------------------------- */

static uint8_t read_status(void)
{
    uint8_t status = fake_machine.is_input_stuck ? 0x02 : 0;
    if (fake_machine.output_stuck != FAKE_NO_VALUE)
        return status | 0x01;
    if (output_count == 0)
        return status;
    return status | 0x01 | (output[0].from_mouse ? 0x20 : 0);
}

uint8_t port_read8(uint16_t port)
{
    assert_true(port == DATA || port == STATUS);
    fake_machine.accesses++;
    if (fake_machine.ports_read != FAKE_NO_VALUE)
        return (uint8_t)fake_machine.ports_read;
    if (port == STATUS)
        return read_status();
    if (fake_machine.output_stuck != FAKE_NO_VALUE)
        return (uint8_t)fake_machine.output_stuck;
    uint8_t byte = output[0].byte;
    if (output_count > 0)
        memmove(output, output + 1, --output_count * sizeof(output[0]));
    return byte;
}

static void take_command(uint8_t value)
{
    command = value;
    if (value == 0xAD)
        fake_machine.configuration |= FAKE_KEYBOARD_OFF;
    else if (value == 0xAE)
        fake_machine.configuration &= (uint8_t)~FAKE_KEYBOARD_OFF;
    else if (value == 0x20)
        fake_put(fake_machine.configuration, false);
    else
        assert_int_equal(value, 0x60); /* a reset or a self-test would be too much */
}

void port_write8(uint16_t port, uint8_t value)
{
    fake_machine.accesses++;
    if (fake_machine.ports_read != FAKE_NO_VALUE)
        return;
    assert_false(fake_machine.is_input_stuck); /* nobody may write then */
    if (port == STATUS) {
        if (!fake_machine.is_deaf)
            take_command(value);
        return;
    }
    assert_int_equal(port, DATA);
    if (command == 0x60 && !fake_machine.is_deaf) {
        fake_machine.configuration = value;
        fake_machine.writes++;
        command = 0;
        return;
    }
    tell_keyboard(value);
}

void port_delay(void)
{
    fake_machine.delays++;
}

/* --- The interrupt --------------------------------------------------------------------------- */

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
    assert_non_null(handler);
    fake_machine.is_unmasked = true;
}

bool pic_is_requested(unsigned line)
{
    assert_int_equal(line, 1);
    return output_count > 0 && !fake_machine.loses_interrupts;
}

uint64_t interrupts_save(void)
{
    return 0;
}

void interrupts_restore(uint64_t flags)
{
    (void)flags;
}

void fake_interrupt(void)
{
    for (unsigned i = 0; output_count > 0 && !fake_machine.loses_interrupts; i++) {
        assert_true(i < 1000);
        handler();
    }
}

void fake_send(uint8_t byte)
{
    fake_put(byte, false);
    fake_interrupt();
}
