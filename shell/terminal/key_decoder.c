/* The state machine behind key_decoder_feed(). */
#include "shell/terminal/key_decoder.h"

#include "kernel/lib/string.h"

#define FIRST_PRINTABLE 0x20

enum state {
    PLAIN,    /* outside any escape sequence */
    ESCAPE,   /* behind ESC */
    SEQUENCE, /* behind ESC [ or ESC O */
    FUNCTION, /* behind ESC [ [: the Linux console's function keys have one letter more */
};

/* The second parameter of a cursor key's sequence, when Ctrl is held (xterm). */
#define PARAMETER_CTRL 5

#define MAX_PARAMETER 999u

/* By the first parameter of a sequence that ends in ~ (VT220; 7 and 8 for the ends: rxvt). */
static int numbered_key(unsigned number)
{
    switch (number) {
    case 1:
    case 7:
        return TERMINAL_KEY_HOME;
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

static int sequence_key(const struct key_decoder *decoder, uint8_t final)
{
    bool by_word = decoder->parameters[1] == PARAMETER_CTRL;

    switch (final) {
    case 'A':
        return TERMINAL_KEY_UP;
    case 'B':
        return TERMINAL_KEY_DOWN;
    case 'C':
        return by_word ? TERMINAL_KEY_WORD_RIGHT : TERMINAL_KEY_RIGHT;
    case 'D':
        return by_word ? TERMINAL_KEY_WORD_LEFT : TERMINAL_KEY_LEFT;
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

static int after_escape(struct key_decoder *decoder, uint8_t byte)
{
    decoder->state = PLAIN;
    switch (byte) {
    case '[':
    case 'O':
        decoder->state = SEQUENCE;
        decoder->parameter_index = 0;
        memset(decoder->parameters, 0, sizeof(decoder->parameters));
        return TERMINAL_KEY_NONE;
    case 'b':
        return TERMINAL_KEY_WORD_LEFT;
    case 'f':
        return TERMINAL_KEY_WORD_RIGHT;
    default:
        return byte;
    }
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

static int in_sequence(struct key_decoder *decoder, uint8_t byte)
{
    if (byte < '@') {
        add_parameter_byte(decoder, byte);
        return TERMINAL_KEY_NONE;
    }
    decoder->state = byte == '[' ? FUNCTION : PLAIN;
    return sequence_key(decoder, byte);
}

void key_decoder_init(struct key_decoder *decoder)
{
    decoder->state = PLAIN;
}

int key_decoder_feed(struct key_decoder *decoder, uint8_t byte)
{
    if (byte == CONTROL_ESCAPE) {
        decoder->state = ESCAPE;
        return TERMINAL_KEY_NONE;
    }
    if (byte < FIRST_PRINTABLE || byte >= CONTROL_DELETE)
        decoder->state = PLAIN;

    switch (decoder->state) {
    case ESCAPE:
        return after_escape(decoder, byte);
    case SEQUENCE:
        return in_sequence(decoder, byte);
    case FUNCTION:
        decoder->state = PLAIN;
        return TERMINAL_KEY_NONE;
    default:
        return byte;
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
