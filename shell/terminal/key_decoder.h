/*
 * Keys, from the bytes that a terminal sends for them. Pure.
 *
 * A key that is no character sends an escape sequence: ESC [ or ESC O, parameters, and a letter or
 * ~ (XTerm Control Sequences, "PC-Style Function Keys"; DEC VT220). Besides, a terminal tells what
 * the mouse does, and answers questions: by sequences, too, and by strings, which begin with ESC
 * and one of ] P _ ^ X and end with ESC \ or BEL (ECMA-48, 5.6; XTerm Control Sequences). None of
 * that is typed; a step of the wheel is a key, where it is reported as ESC [ < BUTTON ; COLUMN ;
 * ROW M (XTerm Control Sequences, "SGR Mouse Mode (1006)"). All of it may also begin and end with a
 * control character of eight bits (ECMA-48, 5.3).
 *
 * A control character is never part of a sequence: it ends one that is not complete, so that
 * neither Enter nor Ctrl-C can be lost in it; only ESC and Backspace are a key. A string may have
 * some, but for BEL, CAN and SUB, and Ctrl-C, which is always a key. Whatever has been cut ends
 * when nothing comes for a while.
 */
#ifndef AETHEL_SHELL_TERMINAL_KEY_DECODER_H
#define AETHEL_SHELL_TERMINAL_KEY_DECODER_H

#include <stdbool.h>
#include <stdint.h>

/* After that time without a byte, key_decoder_give_up() is due. The bytes of a sequence come in one
 * piece, over a network in pieces. */
#define KEY_SILENCE_MS 100u

/* A key is one byte, a character or a control character, or one of these. */
enum terminal_key {
    TERMINAL_KEY_NONE = 0x100, /* not a whole key yet, or one that has no name here */
    TERMINAL_KEY_UP,
    TERMINAL_KEY_DOWN,
    TERMINAL_KEY_RIGHT,
    TERMINAL_KEY_LEFT,
    TERMINAL_KEY_HOME,
    TERMINAL_KEY_END,
    TERMINAL_KEY_PAGE_UP,
    TERMINAL_KEY_PAGE_DOWN,
    TERMINAL_KEY_INSERT,
    TERMINAL_KEY_DELETE,
    TERMINAL_KEY_WORD_RIGHT, /* the cursor keys with Ctrl or Alt */
    TERMINAL_KEY_WORD_LEFT,
    TERMINAL_KEY_WHEEL_UP, /* of the mouse, whatever else is held */
    TERMINAL_KEY_WHEEL_DOWN,
};

/* A character with Alt: ESC and the character come together. A letter is a small one, with or
 * without Shift. Of control characters only Backspace has this. */
#define TERMINAL_KEY_ALT(character) (0x200 | (character))

#define KEY_PARAMETERS 2u /* of an escape sequence; further ones are ignored */

struct key_decoder {
    uint8_t state;       /* how far into an escape sequence the input is */
    bool is_begun;       /* the sequence has something behind ESC [ already */
    bool is_private;     /* and in it what no key has: */
    bool is_mouse;       /* only a < at its beginning, as the mouse's */
    uint8_t mouse_bytes; /* of a mouse report that are still to come */
    uint8_t parameter_index;
    uint16_t parameters[KEY_PARAMETERS];
};

/* Outside any sequence. */
void key_decoder_init(struct key_decoder *decoder);

/* Takes the next byte; returns the key that it completes, or TERMINAL_KEY_NONE. */
int key_decoder_feed(struct key_decoder *decoder, uint8_t byte);

/* Whether an escape sequence has begun that is not complete. */
bool key_decoder_is_waiting(const struct key_decoder *decoder);

/* No more bytes come soon: returns the ESC that stood for itself, or TERMINAL_KEY_NONE. */
int key_decoder_give_up(struct key_decoder *decoder);

#endif
