/*
 * The command parser: words are pieces of the line, in order, and a line put together again from
 * them, with quotes, has the same words.
 */
#include <string.h>

#include "shell/parser.h"
#include "tests/fuzz/fuzz.h"

#define QUOTED_MAX 4u /* times as long: '\'' for a quote */

struct words {
    unsigned count; /* with a NULL behind each command */
    const char *word[PARSER_WORDS];
};

/* All words of a parsed line; checks that they lie in the `size` bytes at `text`, in order. */
static struct words words_of(struct parsed_line *line, const char *text, size_t size)
{
    struct words words = {.count = 0};
    const char *free = text;
    char **arguments;
    unsigned count;
    while ((count = parsed_line_next(line, &arguments)) > 0) {
        for (unsigned i = 0; i < count; i++) {
            REQUIRE(arguments[i] != NULL);
            REQUIRE(arguments[i] >= free && arguments[i] < text + size);
            const char *end = memchr(arguments[i], '\0', (size_t)(text + size - arguments[i]));
            REQUIRE(end != NULL);
            free = end + 1;
            REQUIRE(words.count < PARSER_WORDS);
            words.word[words.count++] = arguments[i];
        }
        REQUIRE(arguments[count] == NULL);
        REQUIRE(words.count < PARSER_WORDS);
        words.word[words.count++] = NULL;
    }
    REQUIRE(parsed_line_next(line, &arguments) == 0);
    return words;
}

static char *quote(char *to, const char *word)
{
    *to++ = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *word;
        }
    }
    *to++ = '\'';
    return to;
}

static void check_quoted(const struct words *words, size_t size)
{
    char *text = malloc(size * QUOTED_MAX + PARSER_WORDS * 3 + 1);
    char *to = text;
    for (unsigned i = 0; i < words->count; i++) {
        if (words->word[i])
            to = quote(to, words->word[i]);
        *to++ = words->word[i] ? ' ' : ';';
    }
    *to++ = '\0';
    struct parsed_line line;
    const char *error;
    REQUIRE(parse_line(text, &line, &error) == 0);
    struct words again = words_of(&line, text, (size_t)(to - text));
    REQUIRE(again.count == words->count);
    for (unsigned i = 0; i < words->count; i++) {
        REQUIRE((again.word[i] == NULL) == (words->word[i] == NULL));
        REQUIRE(!words->word[i] || strcmp(again.word[i], words->word[i]) == 0);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1); /* not a byte more */
    memcpy(text, data, size);
    text[size] = '\0';
    struct parsed_line line;
    const char *error = "nothing";
    if (parse_line(text, &line, &error) == 0) {
        REQUIRE(error == NULL);
        struct words words = words_of(&line, text, size + 1);
        check_quoted(&words, size);
    } else {
        REQUIRE(error != NULL && *error);
    }
    free(text);
    return 0;
}
