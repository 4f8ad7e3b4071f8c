/*
 * The parser. Words are written over the text they come from: quotes and backslashes only take
 * characters away, so the writing end never overtakes the reading end.
 */
#include "shell/parser.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lib/errors.h"

struct reader {
    const char *from;
    char *to;
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static bool ends_word(char character)
{
    return !character || is_blank(character) || character == ';';
}

static bool read_quoted(struct reader *reader)
{
    char quote = *reader->from++;

    while (*reader->from != quote) {
        if (quote == '"' && *reader->from == '\\' &&
            (reader->from[1] == '"' || reader->from[1] == '\\'))
            reader->from++;
        if (!*reader->from)
            return false;
        *reader->to++ = *reader->from++;
    }
    reader->from++;
    return true;
}

/* Writes one word, without a terminator. Returns NULL, or what is wrong. */
static const char *read_word(struct reader *reader)
{
    while (!ends_word(*reader->from)) {
        if (*reader->from == '\'' || *reader->from == '"') {
            if (!read_quoted(reader))
                return "a quote is not closed";
            continue;
        }
        if (*reader->from == '\\' && !*++reader->from)
            return "nothing follows the last backslash";
        *reader->to++ = *reader->from++;
    }
    return NULL;
}

static void end_command(struct parsed_line *line)
{
    if (line->count && line->words[line->count - 1])
        line->words[line->count++] = NULL;
}

static const char *add_word(struct reader *reader, struct parsed_line *line)
{
    /* The last place is kept for the end of the last command. */
    if (line->count >= PARSER_WORDS - 1)
        return "too many words";
    line->words[line->count++] = reader->to;

    const char *error = read_word(reader);
    if (error)
        return error;

    /* The terminator may be written over what ends the word, which therefore is read first. */
    char end = *reader->from;
    if (end)
        reader->from++;
    *reader->to++ = '\0';
    if (end == ';')
        end_command(line);
    return NULL;
}

static const char *read_line(struct reader *reader, struct parsed_line *line)
{
    const char *error = NULL;

    while (!error) {
        while (is_blank(*reader->from))
            reader->from++;
        if (!*reader->from || *reader->from == '#')
            break;
        if (*reader->from == ';') {
            reader->from++;
            end_command(line);
        } else {
            error = add_word(reader, line);
        }
    }
    end_command(line);
    return error;
}

int parse_line(char *text, struct parsed_line *line, const char **error)
{
    struct reader reader = {.from = text, .to = text};

    line->count = 0;
    line->next = 0;
    *error = read_line(&reader, line);
    return *error ? -ERROR_INVALID : 0;
}

unsigned parsed_line_next(struct parsed_line *line, char ***words)
{
    unsigned first = line->next;

    if (first == line->count)
        return 0;
    while (line->words[line->next])
        line->next++;
    *words = &line->words[first];
    return line->next++ - first;
}
