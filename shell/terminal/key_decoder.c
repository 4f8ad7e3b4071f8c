/* The state machine behind key_decoder_feed(). */
#include "shell/terminal/key_decoder.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"

/* Control characters of eight bits, which stand for ESC and a letter (ECMA-48, 5.3). */
#define C1_FIRST             0x80
#define C1_END               0xA0
#define C1_STRING_TERMINATOR 0x9C

enum state {
    PLAIN,        /* outside any escape sequence */
    ESCAPE,       /* behind ESC */
    INTERMEDIATE, /* behind ESC and one of the characters from blank to / */
    SEQUENCE,     /* behind ESC [ */
    SINGLE_SHIFT, /* behind ESC O */
    FUNCTION,     /* behind ESC [ [: the Linux console's function keys have one letter more */
    MOUSE,        /* behind ESC [ M: a button and its place, in three characters */
    STRING,       /* in a string */
    STRING_END,   /* behind an ESC in it */
};

#define MOUSE_BYTES 3u

/* The second parameter of a cursor key's sequence less 1 has a bit for each modifier (xterm). */
#define MODIFIER_ALT  2u
#define MODIFIER_CTRL 4u

#define MAX_PARAMETER 999u

/* Buttons of the mouse, with bits for Shift, Alt and Ctrl (XTerm Control Sequences). */
#define MOUSE_MODIFIERS  (4u | 8u | 16u)
#define MOUSE_WHEEL_UP   64u
#define MOUSE_WHEEL_DOWN 65u

/* By the first parameter of a sequence that ends in ~ (VT220; 7 and 8 for the ends: rxvt). */
static int numbered_key(unsigned number)
{
    switch (number) {
    case 1:
    case 7:
        return TERMINAL_KEY_HOME;
    case 2:
        return TERMINAL_KEY_INSERT;
    case 3:
        return TERMINAL_KEY_DELETE;
    case 4:
    case 8:
        return TERMINAL_KEY_END;
    case 5:
        return TERMINAL_KEY_PAGE_UP;
    case 6:
        return TERMINAL_KEY_PAGE_DOWN;
    default:
        return TERMINAL_KEY_NONE;
    }
}

static int sequence_key(const struct key_decoder *decoder, uint8_t final, bool is_shifted)
{
    unsigned modifiers = decoder->parameters[1] > 0 ? decoder->parameters[1] - 1u : 0;
    bool by_word = modifiers & (MODIFIER_ALT | MODIFIER_CTRL);

    switch (final) {
    case 'A':
        return TERMINAL_KEY_UP;
    case 'B':
        return TERMINAL_KEY_DOWN;
    case 'C':
        return by_word ? TERMINAL_KEY_WORD_RIGHT : TERMINAL_KEY_RIGHT;
    case 'D':
        return by_word ? TERMINAL_KEY_WORD_LEFT : TERMINAL_KEY_LEFT;
    case 'c': /* rxvt, behind ESC O: with Ctrl */
        return is_shifted ? TERMINAL_KEY_WORD_RIGHT : TERMINAL_KEY_NONE;
    case 'd':
        return is_shifted ? TERMINAL_KEY_WORD_LEFT : TERMINAL_KEY_NONE;
    case 'H':
        return TERMINAL_KEY_HOME;
    case 'F':
        return TERMINAL_KEY_END;
    case '~':
        return numbered_key(decoder->parameters[0]);
    default:
        return TERMINAL_KEY_NONE;
    }
}

static int mouse_key(const struct key_decoder *decoder, uint8_t final)
{
    unsigned button = decoder->parameters[0] & ~MOUSE_MODIFIERS;
    if (!decoder->is_mouse || final != 'M')
        return TERMINAL_KEY_NONE;
    if (button == MOUSE_WHEEL_UP)
        return TERMINAL_KEY_WHEEL_UP;
    return button == MOUSE_WHEEL_DOWN ? TERMINAL_KEY_WHEEL_DOWN : TERMINAL_KEY_NONE;
}

static int begin_sequence(struct key_decoder *decoder, enum state state)
{
    *decoder = (struct key_decoder){.state = (uint8_t)state};
    return TERMINAL_KEY_NONE;
}

/* What begins with ESC and `letter`, or with the control character that stands for both. Returns
 * whether anything does. */
static bool begin(struct key_decoder *decoder, uint8_t letter)
{
    switch (letter) {
    case '[':
        begin_sequence(decoder, SEQUENCE);
        return true;
    case 'O':
        begin_sequence(decoder, SINGLE_SHIFT);
        return true;
    case ']': /* operating system command */
    case 'P': /* device control string */
    case '_': /* application program command */
    case '^': /* privacy message */
    case 'X': /* start of string */
        begin_sequence(decoder, STRING);
        return true;
    case '\\': /* the end of a string that is over already */
        begin_sequence(decoder, PLAIN);
        return true;
    default:
        return false;
    }
}

static int outside(struct key_decoder *decoder, uint8_t byte)
{
    decoder->state = PLAIN;
    if (byte >= C1_FIRST && byte < C1_END && begin(decoder, (uint8_t)(byte - C1_FIRST + '@')))
        return TERMINAL_KEY_NONE;
    return byte;
}

/* ESC and . would choose a character set, which no terminal tells anybody: it is Alt-. */
static bool is_intermediate(uint8_t byte)
{
    return byte >= FIRST_PRINTABLE && byte < '0' && byte != '.';
}

static int after_escape(struct key_decoder *decoder, uint8_t byte)
{
    decoder->state = PLAIN;
    if (is_intermediate(byte)) {
        decoder->state = INTERMEDIATE;
        return TERMINAL_KEY_NONE;
    }
    if (begin(decoder, byte))
        return TERMINAL_KEY_NONE;
    if (byte >= 'A' && byte <= 'Z')
        byte += 'a' - 'A';
    return TERMINAL_KEY_ALT(byte);
}

static void add_parameter_byte(struct key_decoder *decoder, uint8_t byte)
{
    if (byte == ';' && decoder->parameter_index < KEY_PARAMETERS)
        decoder->parameter_index++;
    if (byte < '0' || byte > '9' || decoder->parameter_index == KEY_PARAMETERS)
        return;

    unsigned value = decoder->parameters[decoder->parameter_index] * 10u + (byte - '0');
    decoder->parameters[decoder->parameter_index] =
        (uint16_t)(value < MAX_PARAMETER ? value : MAX_PARAMETER);
}

/* Before the last character: digits and ; are parameters, what else there is no key has. */
static int within(struct key_decoder *decoder, uint8_t byte)
{
    bool is_parameter = byte == ';' || (byte >= '0' && byte <= '9');
    if (!is_parameter)
        decoder->is_mouse = byte == '<' && !decoder->is_begun && decoder->state == SEQUENCE;
    decoder->is_begun = true;
    decoder->is_private |= !is_parameter;
    if (is_parameter)
        add_parameter_byte(decoder, byte);
    return TERMINAL_KEY_NONE;
}

static int in_sequence(struct key_decoder *decoder, uint8_t byte)
{
    if (byte < '@')
        return within(decoder, byte);
    bool is_first = decoder->state == SEQUENCE && !decoder->is_begun;
    bool is_shifted = decoder->state == SINGLE_SHIFT;
    decoder->state = PLAIN;
    if (is_first && byte == '[')
        decoder->state = FUNCTION;
    if (is_first && byte == 'M') {
        decoder->state = MOUSE;
        decoder->mouse_bytes = MOUSE_BYTES;
    }
    return decoder->is_private ? mouse_key(decoder, byte) : sequence_key(decoder, byte, is_shifted);
}

static int in_mouse_report(struct key_decoder *decoder)
{
    if (--decoder->mouse_bytes == 0)
        decoder->state = PLAIN;
    return TERMINAL_KEY_NONE;
}

static int in_string(struct key_decoder *decoder, uint8_t byte)
{
    switch (byte) {
    case CONTROL('C'):
        decoder->state = PLAIN;
        return byte;
    case CONTROL_BELL:
    case CONTROL_CANCEL:
    case CONTROL_SUBSTITUTE:
    case C1_STRING_TERMINATOR:
        decoder->state = PLAIN;
        return TERMINAL_KEY_NONE;
    default:
        return TERMINAL_KEY_NONE;
    }
}

/* The last byte of something, whatever it is. */
static int end(struct key_decoder *decoder)
{
    decoder->state = PLAIN;
    return TERMINAL_KEY_NONE;
}

void key_decoder_init(struct key_decoder *decoder)
{
    begin_sequence(decoder, PLAIN);
}

/* What a byte ends that cannot be part of it: nothing of a string, and nothing else but a control
 * character, in a mouse report one of seven bits. */
static bool ends(enum state state, uint8_t byte)
{
    if (state == ESCAPE && (byte == '\b' || byte == CONTROL_DELETE || byte >= C1_END))
        return false;
    bool is_above = byte >= CONTROL_DELETE && state != MOUSE;
    return state != STRING && (byte < FIRST_PRINTABLE || is_above);
}

int key_decoder_feed(struct key_decoder *decoder, uint8_t byte)
{
    if (byte == CONTROL_ESCAPE) {
        decoder->state = decoder->state == STRING ? STRING_END : ESCAPE;
        return TERMINAL_KEY_NONE;
    }
    if (ends(decoder->state, byte))
        decoder->state = PLAIN;

    switch (decoder->state) {
    case ESCAPE:
    case STRING_END:
        return after_escape(decoder, byte);
    case INTERMEDIATE:
        return byte < '0' ? TERMINAL_KEY_NONE : end(decoder);
    case SEQUENCE:
    case SINGLE_SHIFT:
        return in_sequence(decoder, byte);
    case FUNCTION:
        return end(decoder);
    case MOUSE:
        return in_mouse_report(decoder);
    case STRING:
        return in_string(decoder, byte);
    default:
        return outside(decoder, byte);
    }
}

bool key_decoder_is_waiting(const struct key_decoder *decoder)
{
    return decoder->state != PLAIN;
}

int key_decoder_give_up(struct key_decoder *decoder)
{
    bool is_escape = decoder->state == ESCAPE;
    decoder->state = PLAIN;
    return is_escape ? CONTROL_ESCAPE : TERMINAL_KEY_NONE;
}
