/*
 * The PS/2 keyboard: the 8042 controller, the interrupt, and the lights.
 *
 * On many machines the "8042" is the firmware's emulation of a USB keyboard, which is easily
 * confused. So the controller gets few commands, no self-test and no reset, and no wait is
 * unbounded: a machine without a keyboard boots, too.
 *
 * Ports and commands: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary
 * Device Controller" and "Keyboard".
 */
#include "drivers/keyboard.h"

#include <stdbool.h>
#include <stdint.h>

#include "drivers/keymaps/keymap.h"
#include "drivers/pic.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/io.h"
#include "kernel/lib/errors.h"

#define IRQ_LINE 1u

#define DATA    0x60
#define STATUS  0x64 /* read */
#define COMMAND 0x64 /* write */

#define STATUS_OUTPUT_FULL   0x01 /* a byte can be read from DATA */
#define STATUS_INPUT_FULL    0x02 /* the controller has not taken the last byte yet */
#define STATUS_FROM_MOUSE    0x20
#define STATUS_NO_CONTROLLER 0xFF /* what a port reads where no device answers */

/* For the controller. */
#define COMMAND_READ_CONFIGURATION  0x20
#define COMMAND_WRITE_CONFIGURATION 0x60
#define COMMAND_DISABLE_KEYBOARD    0xAD
#define COMMAND_ENABLE_KEYBOARD     0xAE

#define CONFIGURATION_KEYBOARD_INTERRUPT 0x01
#define CONFIGURATION_MOUSE_INTERRUPT    0x02
#define CONFIGURATION_KEYBOARD_OFF       0x10
#define CONFIGURATION_MOUSE_OFF          0x20
#define CONFIGURATION_TRANSLATION        0x40 /* the keyboard's scan code set 2 becomes set 1 */

/* For the keyboard, and what it answers. */
#define KEYBOARD_SET_LEDS    0xED
#define KEYBOARD_ENABLE      0xF4
#define KEYBOARD_ACKNOWLEDGE 0xFA
#define KEYBOARD_SEND_AGAIN  0xFE

/* Waits, in turns of port_delay(), about a microsecond each. */
#define CONTROLLER_TURNS       10000u
#define CONTROLLER_TURNS_BRIEF 20u    /* in an interrupt handler: the controller is idle there */
#define KEYBOARD_ANSWER_TURNS  20000u /* it has 20 ms to answer */

#define KEYBOARD_ATTEMPTS 3u
#define OUTPUT_BYTES_MAX  20u /* what the keyboard (16 bytes) and the controller may have stored */

enum light_state {
    LIGHTS_SETTLED,
    LIGHTS_COMMAND_SENT, /* waiting for the answer to KEYBOARD_SET_LEDS */
    LIGHTS_VALUE_SENT,   /* waiting for the answer to the lights themselves */
};

#define LIGHTS_UNKNOWN  0xFF
#define LIGHTS_PATIENCE 16u /* bytes of other kinds that may come before the answer */
#define LIGHTS_REPEATS  2u  /* how often the keyboard may ask for a byte once more */

static struct keyboard_decoder decoder;
static void (*key_function)(const struct key_event *event);

static enum light_state light_state;
static uint8_t lights_shown = LIGHTS_UNKNOWN;
static uint8_t lights_sent;
static unsigned light_repeats;
static unsigned light_patience;

/* --- The controller -------------------------------------------------------------------------- */

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

static bool receive_byte(uint8_t *byte, unsigned turns)
{
    if (!wait_for_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL, turns))
        return false;
    *byte = port_read8(DATA);
    return true;
}

/* Throws away what was typed before anybody listened. */
static void discard_output(void)
{
    for (unsigned i = 0; i < OUTPUT_BYTES_MAX && (port_read8(STATUS) & STATUS_OUTPUT_FULL); i++) {
        port_read8(DATA);
        port_delay();
    }
}

/*
 * Keyboard on, with interrupts and translation; mouse off: a byte of it that nobody reads would
 * stand before all that the keyboard sends. The keyboard is silent while the configuration is
 * read, so that the answer cannot be taken for a key.
 */
static bool configure_controller(void)
{
    uint8_t configuration = 0;
    send_byte(COMMAND, COMMAND_DISABLE_KEYBOARD, CONTROLLER_TURNS);
    discard_output();
    bool answers = send_byte(COMMAND, COMMAND_READ_CONFIGURATION, CONTROLLER_TURNS) &&
                   receive_byte(&configuration, CONTROLLER_TURNS);
    if (answers) {
        configuration &= (uint8_t) ~(CONFIGURATION_MOUSE_INTERRUPT | CONFIGURATION_KEYBOARD_OFF);
        configuration |=
            CONFIGURATION_KEYBOARD_INTERRUPT | CONFIGURATION_MOUSE_OFF | CONFIGURATION_TRANSLATION;
        send_byte(COMMAND, COMMAND_WRITE_CONFIGURATION, CONTROLLER_TURNS);
        send_byte(DATA, configuration, CONTROLLER_TURNS);
    }
    send_byte(COMMAND, COMMAND_ENABLE_KEYBOARD, CONTROLLER_TURNS);
    return answers;
}

/* Has the keyboard report keys, which it may have been told to stop. Returns whether it answers. */
static bool enable_keyboard(void)
{
    for (unsigned i = 0; i < KEYBOARD_ATTEMPTS; i++) {
        uint8_t answer;
        if (!send_byte(DATA, KEYBOARD_ENABLE, CONTROLLER_TURNS) ||
            !receive_byte(&answer, KEYBOARD_ANSWER_TURNS))
            return false;
        if (answer == KEYBOARD_ACKNOWLEDGE)
            return true;
    }
    return false;
}

/* --- The lights ------------------------------------------------------------------------------ */

static void give_up_lights(void)
{
    light_state = LIGHTS_SETTLED;
    lights_shown = keyboard_decoder_leds(&decoder); /* nothing to do until the locks change */
}

/* The keyboard answers each byte by another interrupt, so nobody waits for it here. */
static void send_light_byte(uint8_t byte, enum light_state next_state)
{
    bool is_sent = send_byte(DATA, byte, CONTROLLER_TURNS_BRIEF);
    light_state = is_sent ? next_state : LIGHTS_SETTLED;
    light_patience = LIGHTS_PATIENCE;
}

static void continue_lights(void)
{
    if (light_state == LIGHTS_COMMAND_SENT) {
        lights_sent = keyboard_decoder_leds(&decoder);
        send_light_byte(lights_sent, LIGHTS_VALUE_SENT);
    } else {
        light_state = LIGHTS_SETTLED;
        lights_shown = lights_sent;
    }
}

static void repeat_light_byte(void)
{
    if (light_repeats == 0) {
        give_up_lights();
        return;
    }
    light_repeats--;
    send_light_byte(light_state == LIGHTS_COMMAND_SENT ? KEYBOARD_SET_LEDS : lights_sent,
                    light_state);
}

/* Returns whether `byte` was the keyboard's answer, and not a key. */
static bool take_light_answer(uint8_t byte)
{
    if (light_state == LIGHTS_SETTLED)
        return false;
    if (byte == KEYBOARD_ACKNOWLEDGE) {
        continue_lights();
        return true;
    }
    if (byte == KEYBOARD_SEND_AGAIN) {
        repeat_light_byte();
        return true;
    }
    if (--light_patience == 0)
        give_up_lights();
    return false;
}

/* Begins to show the locks, unless they are shown or on their way already. */
static void update_lights(void)
{
    if (light_state != LIGHTS_SETTLED || keyboard_decoder_leds(&decoder) == lights_shown)
        return;
    light_repeats = LIGHTS_REPEATS;
    send_light_byte(KEYBOARD_SET_LEDS, LIGHTS_COMMAND_SENT);
}

/* --- The interrupt --------------------------------------------------------------------------- */

static void take_byte(uint8_t byte)
{
    struct key_event event;
    if (!take_light_answer(byte) && keyboard_decoder_feed(&decoder, byte, &event))
        key_function(&event);
}

/* Reads all that is there: the 8259 sees edges only, and a byte left behind would raise none. */
static void read_keyboard(void)
{
    for (unsigned i = 0; i < OUTPUT_BYTES_MAX; i++) {
        uint8_t status = port_read8(STATUS);
        if (!(status & STATUS_OUTPUT_FULL))
            break;
        uint8_t byte = port_read8(DATA);
        if (!(status & STATUS_FROM_MOUSE))
            take_byte(byte);
    }
    update_lights();
}

int keyboard_init(void (*on_key)(const struct key_event *event))
{
    if (port_read8(STATUS) == STATUS_NO_CONTROLLER)
        return -ERROR_NOT_SUPPORTED;

    keyboard_decoder_init(&decoder, &keymap_us);
    key_function = on_key;
    bool controller_answers = configure_controller();
    bool keyboard_answers = enable_keyboard();
    discard_output();

    int error = irq_register(IRQ_LINE, read_keyboard, "keyboard");
    if (error)
        return error;
    pic_unmask(IRQ_LINE);
    return controller_answers && keyboard_answers ? 0 : -ERROR_IO;
}
