/*
 * Ports and commands: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary
 * Device Controller".
 */
#include "drivers/keyboard/controller.h"

#include "kernel/cpu/io.h"

#define DATA    0x60
#define STATUS  0x64 /* read */
#define COMMAND 0x64 /* write */

#define STATUS_OUTPUT_FULL   0x01 /* a byte can be read from DATA */
#define STATUS_INPUT_FULL    0x02 /* the controller has not taken the last byte yet */
#define STATUS_FROM_MOUSE    0x20
#define STATUS_NO_CONTROLLER 0xFF /* what a port reads where no device answers */

#define COMMAND_READ_CONFIGURATION  0x20
#define COMMAND_WRITE_CONFIGURATION 0x60
#define COMMAND_DISABLE_KEYBOARD    0xAD
#define COMMAND_ENABLE_KEYBOARD     0xAE

#define CONFIGURATION_KEYBOARD_INTERRUPT 0x01
#define CONFIGURATION_MOUSE_INTERRUPT    0x02
#define CONFIGURATION_KEYBOARD_OFF       0x10
#define CONFIGURATION_MOUSE_OFF          0x20
#define CONFIGURATION_TRANSLATION        0x40 /* the keyboard's scan code set 2 becomes set 1 */

/* Waits, in turns of port_delay(), about a microsecond each. */
#define CONTROLLER_TURNS       10000u
#define CONTROLLER_TURNS_BRIEF 20u    /* in an interrupt handler: the controller is idle there */
#define KEYBOARD_ANSWER_TURNS  20000u /* it has 20 ms to answer */

static bool wait_for_status(uint8_t mask, uint8_t value, unsigned turns)
{
    for (unsigned i = 0; i < turns; i++) {
        if ((port_read8(STATUS) & mask) == value)
            return true;
        port_delay();
    }
    return false;
}

static bool send_byte(uint16_t port, uint8_t byte, unsigned turns)
{
    if (!wait_for_status(STATUS_INPUT_FULL, 0, turns))
        return false;
    port_write8(port, byte);
    return true;
}

static bool wait_for_byte(uint8_t *byte, unsigned turns)
{
    if (!wait_for_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL, turns))
        return false;
    *byte = port_read8(DATA);
    return true;
}

bool controller_is_present(void)
{
    return port_read8(STATUS) != STATUS_NO_CONTROLLER;
}

bool controller_has_byte(void)
{
    return port_read8(STATUS) & STATUS_OUTPUT_FULL;
}

bool controller_receive(uint8_t *byte, bool *is_keyboards)
{
    uint8_t status = port_read8(STATUS);
    if (!(status & STATUS_OUTPUT_FULL))
        return false;
    *byte = port_read8(DATA);
    *is_keyboards = !(status & STATUS_FROM_MOUSE);
    return true;
}

bool controller_discard(void)
{
    uint8_t byte;
    bool is_keyboards;
    for (unsigned i = 0; i < CONTROLLER_BYTES_MAX; i++) {
        if (!controller_receive(&byte, &is_keyboards))
            return true;
        port_delay();
    }
    return false;
}

static void write_configuration(uint8_t configuration)
{
    if (send_byte(COMMAND, COMMAND_WRITE_CONFIGURATION, CONTROLLER_TURNS))
        send_byte(DATA, configuration, CONTROLLER_TURNS);
}

/* The keyboard is silent while the configuration is read, so that the answer cannot be taken for a
 * key; without that an answer cannot be told from what never ends. */
static bool read_configuration(uint8_t *configuration)
{
    return controller_discard() &&
           send_byte(COMMAND, COMMAND_READ_CONFIGURATION, CONTROLLER_TURNS) &&
           wait_for_byte(configuration, CONTROLLER_TURNS);
}

struct controller_setup controller_configure(void)
{
    struct controller_setup setup = {.answers = false};
    uint8_t before;
    if (!send_byte(COMMAND, COMMAND_DISABLE_KEYBOARD, CONTROLLER_TURNS))
        return setup;
    if (read_configuration(&before)) {
        setup.answers = true;
        setup.is_translated = before & CONFIGURATION_TRANSLATION;
        before &= (uint8_t)~CONFIGURATION_KEYBOARD_OFF; /* off for the moment only */
        uint8_t after = (before | CONFIGURATION_KEYBOARD_INTERRUPT | CONFIGURATION_MOUSE_OFF) &
                        (uint8_t)~CONFIGURATION_MOUSE_INTERRUPT;
        if (after != before)
            write_configuration(after);
    }
    send_byte(COMMAND, COMMAND_ENABLE_KEYBOARD, CONTROLLER_TURNS);
    return setup;
}

bool controller_ask_keyboard(uint8_t byte, uint8_t *answer)
{
    return send_byte(DATA, byte, CONTROLLER_TURNS) && wait_for_byte(answer, KEYBOARD_ANSWER_TURNS);
}

bool controller_tell_keyboard(uint8_t byte)
{
    return send_byte(DATA, byte, CONTROLLER_TURNS_BRIEF);
}
