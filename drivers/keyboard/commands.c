/* One command at a time; a keyboard that does not answer is left alone until the locks change. */
#include "drivers/keyboard/commands.h"

#include "drivers/keyboard/controller.h"

#define COMMAND_SET_LIGHTS 0xED
#define COMMAND_ENABLE     0xF4

#define ANSWER_ACKNOWLEDGE 0xFA
#define ANSWER_SEND_AGAIN  0xFE

#define ATTEMPTS 3u  /* at the boot */
#define REPEATS  2u  /* how often the keyboard may ask for a byte once more */
#define PATIENCE 16u /* bytes of other kinds that may come before the answer */

#define LIGHTS_UNKNOWN 0xFF

enum state {
    SETTLED,
    ENABLE_SENT,  /* waiting for the answer to COMMAND_ENABLE */
    COMMAND_SENT, /* waiting for the answer to COMMAND_SET_LIGHTS */
    VALUE_SENT,   /* waiting for the answer to the lights themselves */
};

static enum state state;
static uint8_t lights_wanted;
static uint8_t lights_shown;
static uint8_t byte_sent;
static unsigned repeats_left;
static unsigned patience_left;
static uint32_t resends;

bool keyboard_commands_begin(void)
{
    state = SETTLED;
    lights_shown = LIGHTS_UNKNOWN;
    resends = 0;
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        uint8_t answer;
        if (!controller_ask_keyboard(COMMAND_ENABLE, &answer))
            return false;
        if (answer == ANSWER_ACKNOWLEDGE)
            return true;
    }
    return false;
}

static void send(uint8_t byte, enum state next_state)
{
    byte_sent = byte;
    patience_left = PATIENCE;
    state = controller_tell_keyboard(byte) ? next_state : SETTLED;
}

static void give_up(void)
{
    state = SETTLED;
    lights_shown = lights_wanted; /* nothing to do until the locks change */
}

static void go_on(void)
{
    if (state == COMMAND_SENT) {
        send(lights_wanted, VALUE_SENT);
        return;
    }
    if (state == VALUE_SENT)
        lights_shown = byte_sent;
    state = SETTLED;
}

static void repeat(void)
{
    resends++;
    if (repeats_left == 0) {
        give_up();
        return;
    }
    repeats_left--;
    send(byte_sent, state);
}

void keyboard_commands_restart(void)
{
    lights_shown = LIGHTS_UNKNOWN;
    repeats_left = REPEATS;
    send(COMMAND_ENABLE, ENABLE_SENT);
}

bool keyboard_commands_take_answer(uint8_t byte)
{
    if (state == SETTLED)
        return false;
    if (byte == ANSWER_ACKNOWLEDGE)
        go_on();
    else if (byte == ANSWER_SEND_AGAIN)
        repeat();
    else if (--patience_left == 0)
        give_up();
    return byte == ANSWER_ACKNOWLEDGE || byte == ANSWER_SEND_AGAIN;
}

void keyboard_commands_show(uint8_t lights)
{
    lights_wanted = lights;
    if (state != SETTLED || lights == lights_shown)
        return;
    repeats_left = REPEATS;
    send(COMMAND_SET_LIGHTS, COMMAND_SENT);
}

uint32_t keyboard_commands_resends(void)
{
    return resends;
}
