/* UTF-8 (RFC 3629), of which Latin-1 is the first 256 characters. */
#include "shell/terminal/utf8.h"

#define FIRST       0x80 /* below is ASCII */
#define CONTROL_END 0xA0
#define LEAD        0xC0 /* from here on: the first byte of a character, else a later one */
#define LATIN_FIRST 0xC2 /* the first bytes of what Latin-1 has */
#define LATIN_LAST  0xC3
#define LEAD_OF_3   0xE0
#define LEAD_OF_4   0xF0
#define LEAD_END    0xF8

static void begin(struct utf8_decoder *decoder, uint8_t byte)
{
    *decoder = (struct utf8_decoder){.lead = 0};
    if (byte >= LATIN_FIRST && byte <= LATIN_LAST)
        decoder->lead = byte;
    else if (byte < LEAD_END)
        decoder->extra = (uint8_t)(1 + (byte >= LEAD_OF_3) + (byte >= LEAD_OF_4));
}

bool utf8_feed(struct utf8_decoder *decoder, uint8_t byte, uint8_t *character)
{
    if (byte >= LEAD) {
        begin(decoder, byte);
        *character = UTF8_NOT_LATIN;
        return decoder->lead == 0;
    }
    if (byte >= FIRST && decoder->extra > 0) {
        decoder->extra--;
        return false;
    }
    bool is_whole = byte < FIRST || decoder->lead != 0 || byte < CONTROL_END;
    *character = byte;
    if (byte >= FIRST && decoder->lead != 0)
        *character = (uint8_t)(decoder->lead << 6 | (byte & 0x3F));
    *decoder = (struct utf8_decoder){.lead = 0};
    return is_whole;
}
