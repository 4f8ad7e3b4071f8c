/*
 * Latin-1 from UTF-8, byte by byte. Pure.
 *
 * A byte from 80h to 9Fh that belongs to no character is a control character of eight bits, as a
 * terminal sends them that was told to.
 */
#ifndef AETHEL_SHELL_TERMINAL_UTF8_H
#define AETHEL_SHELL_TERMINAL_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#define UTF8_NOT_LATIN 0x80 /* a control character without a meaning: the line editor rings */

struct utf8_decoder {
    uint8_t lead;  /* of a character that Latin-1 has: its first byte; 0: none is complete soon */
    uint8_t extra; /* how many bytes may still come of one that Latin-1 does not have */
};

/* Whether no character has begun: then an ASCII byte is one by itself. */
static inline bool utf8_is_idle(const struct utf8_decoder *decoder)
{
    return decoder->lead == 0 && decoder->extra == 0;
}

/* Takes the next byte. Returns whether it completes a character, and stores that. One that Latin-1
 * does not have is told, by its first byte, as UTF8_NOT_LATIN. All zero at first. Any context. */
bool utf8_feed(struct utf8_decoder *decoder, uint8_t byte, uint8_t *character);

#endif
