/* Taking a line apart into words, and quoting one. */
#include "shell/editor/words.h"

#include "kernel/lib/string.h"

#define SEPARATORS ";|&"
#define BLANKS     " \t"

struct reader {
    const char *from;
    const char *end;
    char *to;
};

static bool is_one_of(char character, const char *set)
{
    return character != '\0' && strchr(set, character);
}

/* Returns the quote, if it is not closed. */
static char read_quoted(struct reader *reader)
{
    char quote = *reader->from++;
    for (; reader->from < reader->end; reader->from++) {
        if (*reader->from == quote) {
            reader->from++;
            return '\0';
        }
        if (quote == '"' && *reader->from == '\\' && reader->from + 1 < reader->end &&
            is_one_of(reader->from[1], "\"\\"))
            reader->from++;
        *reader->to++ = *reader->from;
    }
    return quote;
}

/* Up to a blank, the end of the command or that of the line. Returns the quote that is open. */
static char read_word(struct reader *reader)
{
    char quote = '\0';
    while (reader->from < reader->end && !is_one_of(*reader->from, BLANKS SEPARATORS)) {
        if (is_one_of(*reader->from, "'\"")) {
            quote = read_quoted(reader);
            continue;
        }
        if (*reader->from == '\\')
            reader->from++;
        if (reader->from < reader->end)
            *reader->to++ = *reader->from++;
    }
    *reader->to++ = '\0';
    return quote;
}

void words_read(struct words *words, const char *line, unsigned length)
{
    struct reader reader = {.from = line, .end = line + length, .to = words->text};
    words->count = 0;
    for (;;) {
        while (reader.from < reader.end && is_one_of(*reader.from, BLANKS))
            reader.from++;
        words->start = (unsigned)(reader.from - line);
        if (words->count < WORDS_MAX)
            words->words[words->count] = reader.to;
        words->count++;
        words->quote = read_word(&reader);
        if (reader.from == reader.end)
            return;
        if (is_one_of(*reader.from, SEPARATORS)) {
            words->count = 0;
            reader.to = words->text;
            reader.from++;
        }
    }
}

const char *words_last(const char *line, unsigned *length)
{
    struct words words = {.count = 0};
    unsigned end = (unsigned)strlen(line);
    while (end > 0 && is_one_of(line[end - 1], BLANKS SEPARATORS))
        end--;
    words_read(&words, line, end);
    *length = end - words.start;
    return line + words.start;
}

/* Within '...' there can be no ', within "..." all can be. */
static char choose_quote(const char *text, unsigned length, char quote)
{
    for (unsigned i = 0; i < length; i++) {
        if (text[i] == '\'')
            return '"';
        if (quote == '\0' && is_one_of(text[i], BLANKS SEPARATORS "\"\\#$<>"))
            quote = '\'';
    }
    return quote;
}

unsigned word_quote(char quoted[WORD_QUOTED_SIZE], const char *text, unsigned length, char quote,
                    bool is_whole)
{
    char *to = quoted;
    quote = choose_quote(text, length, quote);
    if (quote != '\0')
        *to++ = quote;
    for (unsigned i = 0; i < length; i++) {
        if (quote == '"' && is_one_of(text[i], "\"\\"))
            *to++ = '\\';
        *to++ = text[i];
    }
    if (quote != '\0' && is_whole)
        *to++ = quote;
    return (unsigned)(to - quoted);
}
