/* Changes of a line, and places in it. */
#include "shell/editor/line_text.h"

#include <stdint.h>

#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"

/* Of Latin-1; from 80h to 9Fh it has controls that nobody uses. */
#define FIRST_LATIN    0xA0
#define LAST_CHARACTER 0xFF

bool line_text_is_character(int key)
{
    return (key >= FIRST_PRINTABLE && key < CONTROL_DELETE) ||
           (key >= FIRST_LATIN && key <= LAST_CHARACTER);
}

void line_text_set(struct line_text *line, const char *text)
{
    string_copy(line->text, text, LINE_TEXT_SIZE);
    line->length = (unsigned)strlen(line->text);
    line->cursor = line->length;
    line->lacks_characters = false;
}

bool line_text_replace(struct line_text *line, unsigned from, unsigned to, const char *text,
                       unsigned length)
{
    unsigned behind = line->length - to;
    if (from + length + behind >= LINE_TEXT_SIZE)
        return false;
    memmove(line->text + from + length, line->text + to, behind + 1);
    memcpy(line->text + from, text, length);
    line->length = from + length + behind;
    line->cursor = from + length;
    return true;
}

void line_text_erase(struct line_text *line, unsigned from, unsigned to)
{
    line_text_replace(line, from, to, "", 0);
}

/* Of Latin-1: all of its upper part but two are letters. */
static bool is_letter_or_digit(char character)
{
    uint8_t code = (uint8_t)character;
    uint8_t small = code | ('a' - 'A');
    bool is_latin = code >= 0xC0 && code != 0xD7 && code != 0xF7;
    return (code >= '0' && code <= '9') || (small >= 'a' && small <= 'z') || is_latin;
}

static bool is_no_blank(char character)
{
    return character != ' ';
}

static unsigned word_left(const struct line_text *line, bool (*is_part)(char character))
{
    unsigned position = line->cursor;
    while (position > 0 && !is_part(line->text[position - 1]))
        position--;
    while (position > 0 && is_part(line->text[position - 1]))
        position--;
    return position;
}

unsigned line_text_word_left(const struct line_text *line)
{
    return word_left(line, is_letter_or_digit);
}

unsigned line_text_blank_left(const struct line_text *line)
{
    return word_left(line, is_no_blank);
}

unsigned line_text_word_right(const struct line_text *line)
{
    unsigned position = line->cursor;
    while (position < line->length && !is_letter_or_digit(line->text[position]))
        position++;
    while (position < line->length && is_letter_or_digit(line->text[position]))
        position++;
    return position;
}

bool line_text_transpose(struct line_text *line)
{
    unsigned right = line->cursor < line->length ? line->cursor : line->length - 1;
    if (line->cursor == 0 || line->length < 2)
        return false;
    char character = line->text[right];
    line->text[right] = line->text[right - 1];
    line->text[right - 1] = character;
    line->cursor = right + 1;
    return true;
}
