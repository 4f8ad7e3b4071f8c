/* COM1 as a terminal. What is at the other end understands ANSI sequences itself, and has UTF-8 for
 * the characters beyond ASCII. */
#include "shell/terminal_serial.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/ascii.h"
#include "sched/clock.h"
#include "shell/terminal/size_report.h"
#include "shell/terminal/utf8.h"

/* A whole script may be pasted at full speed while a command runs; then the other side waits. */
#define INPUT_SIZE 32768u

/* Of the first terminals, and of what most people sit at. */
#define ASSUMED_COLUMNS 80u
#define ASSUMED_ROWS    24u

static void (*call_for_rescue)(void);

static struct size_report size_report; /* with interrupts off */

static size_t write(struct terminal *terminal, const char *text, size_t length)
{
    (void)terminal;
    return serial_write(text, length);
}

static void write_polled(struct terminal *terminal, const char *text, size_t length)
{
    (void)terminal;
    serial_write_polled(text, length);
}

static void expect_size(void)
{
    uint64_t flags = interrupts_save();
    size_report_expect(&size_report);
    interrupts_restore(flags);
}

static const struct terminal_operations operations = {
    .write = write,
    .write_polled = write_polled,
    .resume_input = serial_resume_receive,
    .expect_size = expect_size,
    .hold_output = serial_hold_output,
};

struct terminal serial_terminal = {
    .name = "com1",
    .rescue_key = "Ctrl-\\",
    .size = TERMINAL_SIZE(ASSUMED_COLUMNS, ASSUMED_ROWS),
    .size_source = TERMINAL_SIZE_ASSUMED,
    .is_utf8 = true,
    .operations = &operations,
    .output = MUTEX("com1"),
};

static struct utf8_decoder decoder; /* likewise */

/* A byte that is refused is offered again: what is known of those before it is kept until then. */
static bool take_utf8(uint8_t byte)
{
    struct utf8_decoder next = decoder;
    uint8_t character;
    if (utf8_feed(&next, byte, &character) && !terminal_input(&serial_terminal, character))
        return false;
    decoder = next;
    return true;
}

/* There is room for them: see on_receive(). */
static void take_all(const uint8_t *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        take_utf8(bytes[i]);
}

/* Whether `byte` is a character by itself, as nearly all are, and no part of a report. */
static bool is_plain(uint8_t byte)
{
    return byte < CONTROL_DELETE && byte != CONTROL_ESCAPE && size_report.length == 0 &&
           utf8_is_idle(&decoder);
}

/*
 * The rescuing byte comes first: it is never input, and needs no room in the ring. A report of the
 * terminal's size is taken out only where the ring has room for all that it may turn out to be: a
 * byte that is refused would be offered again.
 */
static bool on_receive(uint8_t byte)
{
    uint8_t input[SIZE_REPORT_BYTES];
    struct terminal_size size;
    if (byte == CONTROL_BACKSLASH) {
        call_for_rescue();
        return true;
    }
    if (is_plain(byte))
        return terminal_input(&serial_terminal, byte);
    if (ring_space(&serial_terminal.input) < SIZE_REPORT_BYTES) {
        size_report.length = 0;
        return take_utf8(byte);
    }
    take_all(input, size_report_feed(&size_report, byte, clock_ticks(), input, &size));
    if (size.columns != 0)
        terminal_set_size(&serial_terminal, size, TERMINAL_SIZE_ANSWERED);
    return true;
}

/* Where the machine was away for a moment the rest of a report waits in the UART. */
void terminal_serial_poll(void)
{
    uint8_t input[SIZE_REPORT_BYTES];
    if (size_report.length == 0 || serial_has_byte())
        return;
    take_all(input, size_report_pass_time(&size_report, clock_ticks(), input));
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
