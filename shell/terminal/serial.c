/* COM1 as a terminal. What is at the other end understands ANSI sequences itself, and has UTF-8 for
 * the characters beyond ASCII. */
#include "shell/terminal_serial.h"

#include "shell/terminal/utf8.h"

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

/* A byte that is refused is offered again: what is known of those before it is kept until then. */
static bool take_utf8(uint8_t byte)
{
    static struct utf8_decoder decoder;
    struct utf8_decoder next = decoder;
    uint8_t character;
    if (utf8_feed(&next, byte, &character) && !terminal_input(&serial_terminal, character))
        return false;
    decoder = next;
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
