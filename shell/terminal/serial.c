/* COM1 as a terminal. What is at the other end understands ANSI sequences itself, and has UTF-8 for
 * the characters beyond ASCII. */
#include "shell/terminal_serial.h"

/* A whole script may be pasted at full speed while a command runs; then the other side waits. */
#define INPUT_SIZE 32768u
#define COLUMNS    80u

#define CONTROL_BACKSLASH 0x1C

static void (*call_for_rescue)(void);

static size_t write(const char *text, size_t length)
{
    return serial_write(text, length);
}

static const struct terminal_operations operations = {
    .write = write,
    .write_polled = serial_write_polled,
    .resume_input = serial_resume_receive,
};

struct terminal serial_terminal = {
    .name = "com1",
    .rescue_key = "Ctrl-\\",
    .columns = COLUMNS,
    .is_utf8 = true,
    .operations = &operations,
    .output = MUTEX("com1"),
};

#define UTF8_FIRST       0x80 /* below is ASCII */
#define UTF8_LEAD        0xC0 /* from here on: the first byte of a character, else a later one */
#define UTF8_LATIN_FIRST 0xC2 /* the first bytes of what Latin-1 has */
#define UTF8_LATIN_LAST  0xC3

#define NOT_LATIN 0x80 /* a control character without a meaning: the line editor rings */

/*
 * A character beyond ASCII comes in two bytes. One that Latin-1 does not have comes in up to four,
 * and counts with its first. A byte that is refused is offered again, so the first of the two is
 * kept until the second is taken.
 */
static bool take_utf8(uint8_t byte)
{
    static uint8_t lead;
    if (byte >= UTF8_LEAD) {
        lead = byte >= UTF8_LATIN_FIRST && byte <= UTF8_LATIN_LAST ? byte : 0;
        return lead || terminal_input(&serial_terminal, NOT_LATIN);
    }
    if (byte >= UTF8_FIRST && !lead)
        return true;
    uint8_t character = byte < UTF8_FIRST ? byte : (uint8_t)(lead << 6 | (byte & 0x3F));
    if (!terminal_input(&serial_terminal, character))
        return false;
    lead = 0;
    return true;
}

/* The rescuing byte comes first: it is never input, and needs no room in the ring. */
static bool on_receive(uint8_t byte)
{
    if (byte == CONTROL_BACKSLASH) {
        call_for_rescue();
        return true;
    }
    return take_utf8(byte);
}

static void on_transmit_space(void)
{
    terminal_output_ready(&serial_terminal);
}

const struct serial_callbacks terminal_serial_callbacks = {
    .on_receive = on_receive,
    .on_transmit_space = on_transmit_space,
};

void terminal_serial_init(void (*rescue)(void))
{
    static uint8_t input_bytes[INPUT_SIZE];
    call_for_rescue = rescue;
    terminal_init(&serial_terminal, input_bytes, sizeof(input_bytes));
}
