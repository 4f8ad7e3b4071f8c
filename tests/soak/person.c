/*
 * Who types. On COM1 the bytes are handed to the terminal as the UART's handler does; the
 * keyboard's go through the 8042, which is told to take them for what the keyboard has sent.
 */
#include "kernel/cpu/io.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "shell/terminal_serial.h"
#include "tests/soak/scan_keys.h"
#include "tests/soak/soak.h"

#define PORT_DATA             0x60
#define PORT_COMMAND          0x64 /* write */
#define PORT_STATUS           0x64 /* read */
#define STATUS_OUTPUT_FULL    0x01u
#define STATUS_INPUT_FULL     0x02u
#define COMMAND_FROM_KEYBOARD 0xD2 /* the next byte comes as if from the keyboard */

#define PORT_DEBUG_CONSOLE 0xE9 /* of QEMU and Bochs: what is typed is noted there */

#define PIECE_SIZE 4096u

struct person {
    char initial;            /* in the notes */
    bool (*type)(char byte); /* returns false if there is no room now */
    char piece[PIECE_SIZE];  /* what is being typed */
    size_t length;
    size_t typed;
    unsigned at_once;     /* bytes at a time */
    unsigned pause_ticks; /* between them */
    uint64_t next_tick;
};

static const char *last_line; /* not NULL: the end has come */
static bool has_last_line;    /* COM1's person types it, or has */

/* --- Fingers ---------------------------------------------------------------------------------- */

static bool send_to_com1(char byte)
{
    return terminal_serial_callbacks.on_receive((uint8_t)byte);
}

static uint8_t codes[SCAN_KEYS_MAX];
static unsigned code_count, codes_sent;

/* The next scan code, if the controller can take it. */
static bool send_code(void)
{
    if (port_read8(PORT_STATUS) & (STATUS_OUTPUT_FULL | STATUS_INPUT_FULL))
        return false;
    port_write8(PORT_COMMAND, COMMAND_FROM_KEYBOARD);
    port_write8(PORT_DATA, codes[codes_sent++]);
    return true;
}

/* A code at a time: the controller has room for one. */
static bool press_keys(char byte)
{
    if (codes_sent == code_count) {
        code_count = scan_keys_of(byte, codes);
        codes_sent = 0;
    }
    if (codes_sent < code_count && !send_code())
        return false;
    return codes_sent == code_count;
}

static struct person at_com1 = {.initial = 'c', .type = send_to_com1};
static struct person at_keyboard = {.initial = 'k', .type = press_keys};

/* --- What to type ----------------------------------------------------------------------------- */

static void note(const struct person *person)
{
    port_write8(PORT_DEBUG_CONSOLE, (uint8_t)person->initial);
    port_write8(PORT_DEBUG_CONSOLE, ' ');
    for (size_t i = 0; i < person->length; i++) {
        uint8_t byte = (uint8_t)person->piece[i];
        port_write8(PORT_DEBUG_CONSOLE, byte == '\r' ? '\n' : byte < ' ' ? '^' : byte);
    }
    port_write8(PORT_DEBUG_CONSOLE, '\n');
}

static void add(struct person *person, const char *text)
{
    size_t length = strlen(text);
    if (person->length + length > PIECE_SIZE)
        return;
    memcpy(person->piece + person->length, text, length);
    person->length += length;
}

static void add_line(struct person *person)
{
    char line[SOAK_LINE_SIZE];
    lines_write(line);
    add(person, line);
    add(person, "\r");
}

static void add_junk(struct person *person)
{
    unsigned length = 1 + chance_below(40);
    for (unsigned i = 0; i < length; i++) {
        char text[2] = {(char)(1 + chance_below(255)), '\0'};
        add(person, text);
    }
}

/* Keys that edit, complete, ask the history, end a view, stop the output and let it go on. */
static const char *const key_strokes[] = {
    "\003",        "\003\003",
    "q",           "\033",
    "\t",          "\t\t",
    "\001",        "\005",
    "\013",        "\025",
    "\027",        "\014",
    "\177",        "\177\177\177",
    "\033[A",      "\033[B",
    "\033[A\r",    "\033[C",
    "\033[D",      "\033[H",
    "\033[F",      "\033[3~",
    "\033b",       "\033f",
    "\033[5~",     "\033[6~",
    "+",           "-",
    " ",           "h",
    "s",           "\r",
    "\r\n",        "\033]0;title\007",
    "\033[24;80R", "\033P1$r\033\\",
};

#define KEY_STROKES (sizeof(key_strokes) / sizeof(key_strokes[0]))

static void think_of_something(struct person *person)
{
    unsigned what = chance_below(100);
    person->length = 0;
    person->typed = 0;
    person->at_once = chance_of_one_in(3) ? 64 : 1;
    person->pause_ticks = 20 + chance_below(100);
    if (what < 62) {
        add_line(person);
    } else if (what < 84) {
        for (unsigned i = 1 + chance_below(4); i > 0; i--)
            add(person, key_strokes[chance_below(KEY_STROKES)]);
    } else if (what < 88) {
        for (unsigned i = 2 + chance_below(20); i > 0; i--)
            add_line(person);
        person->at_once = PIECE_SIZE;
    } else if (what < 91) {
        add_junk(person);
    } else if (what < 95) {
        add(person, "\034");
    } else if (what < 97) {
        add(person, "\023");
        add_line(person);
        add(person, "\021");
    } else {
        add(person, "\003kill all\r");
    }
    note(person);
    person->next_tick = clock_ticks() + chance_below(chance_of_one_in(20) ? 60000 : 3000);
}

/* Whatever goes on there: output goes on, a view and a command end, the line is empty. */
static void think_of_the_end(struct person *person)
{
    person->length = 0;
    person->typed = 0;
    person->at_once = 1;
    person->pause_ticks = 50;
    add(person, "\021\003q\003\025\r\003\025");
    if (person == &at_com1) {
        add(person, last_line);
        add(person, "\r");
        has_last_line = true;
    }
    note(person);
}

static void act(struct person *person)
{
    static bool has_ended[2];
    bool *ended = &has_ended[person == &at_keyboard];
    if (clock_ticks() < person->next_tick)
        return;
    if (person->typed == person->length) {
        if (last_line == NULL) {
            *ended = false;
            think_of_something(person);
        } else if (!*ended) {
            *ended = true;
            think_of_the_end(person);
        }
        return;
    }
    person->next_tick = clock_ticks() + person->pause_ticks;
    for (unsigned i = 0; i < person->at_once && person->typed < person->length; i++) {
        if (!person->type(person->piece[person->typed]))
            return;
        person->typed++;
    }
}

void persons_act(void)
{
    act(&at_com1);
    act(&at_keyboard);
}

void persons_end_with(const char *line)
{
    has_last_line = false;
    last_line = line;
}

bool persons_have_ended(void)
{
    return has_last_line && at_com1.typed == at_com1.length &&
           at_keyboard.typed == at_keyboard.length;
}

void persons_begin(void)
{
    last_line = NULL;
}
