/* Finds the last blank that fits. */
#include "kernel/lib/wrap.h"

#define GAP 2u /* so many blanks part two columns */

static unsigned blanks_at(const char *text)
{
    unsigned count = 0;
    while (text[count] == ' ')
        count++;
    return count;
}

static unsigned line_length(const char *text)
{
    unsigned length = 0;
    while (text[length] != '\0' && text[length] != '\n')
        length++;
    return length;
}

/* Where the last column of the line begins; but most of a row is for text. */
static unsigned indent_of(const char *line, unsigned length, unsigned columns)
{
    unsigned indent = blanks_at(line);
    for (unsigned i = indent; i < length && i <= columns / 2; i++) {
        unsigned blanks = blanks_at(line + i);
        if (blanks >= GAP)
            indent = i + blanks;
        i += blanks;
    }
    return indent <= columns / 2 ? indent : 0;
}

/* How much of `length` characters fits into `room`: up to a blank, or in the middle of a word that
 * is longer than a row. */
static unsigned fitting(const char *text, unsigned length, unsigned room)
{
    if (length <= room)
        return length;
    unsigned end = room;
    while (end > 0 && text[end] != ' ')
        end--;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return end > blanks_at(text) ? end : room;
}

void wrap_init(struct wrap *wrap, const char *text, unsigned columns)
{
    *wrap = (struct wrap){.rest = text, .columns = columns};
}

bool wrap_has_ended(const struct wrap *wrap)
{
    return *wrap->rest == '\0' && !wrap->is_in_line;
}

bool wrap_next(struct wrap *wrap, struct wrapped_row *row)
{
    if (wrap_has_ended(wrap))
        return false;
    unsigned length = line_length(wrap->rest);
    if (!wrap->is_in_line)
        wrap->indent = indent_of(wrap->rest, length, wrap->columns);
    row->indent = wrap->is_in_line ? wrap->indent : 0;
    row->text = wrap->rest;
    row->length = fitting(wrap->rest, length, wrap->columns - row->indent);

    wrap->rest += row->length;
    wrap->is_in_line = row->length < length;
    if (wrap->is_in_line)
        wrap->rest += blanks_at(wrap->rest);
    if (*wrap->rest == '\n') {
        wrap->rest++;
        wrap->is_in_line = false;
    } else if (*wrap->rest == '\0') {
        wrap->is_in_line = false;
    }
    return true;
}
