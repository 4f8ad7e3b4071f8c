/*
 * The words of a line as the shell's parser has them (shell/parser.h): quotes and backslashes keep
 * blanks and what parts commands. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_WORDS_H
#define AETHEL_SHELL_EDITOR_WORDS_H

#include "shell/editor/line_text.h"

#define WORDS_MAX 16u

/* The last command of a line, up to where the line is cut: its last word may have just begun. */
struct words {
    char text[LINE_TEXT_SIZE]; /* the words, without quotes, each terminated */
    char *words[WORDS_MAX];    /* further ones are left out */
    unsigned count;            /* of all words, at least 1 */
    unsigned start;            /* where the last one begins in the line */
    char quote;                /* that is open at its end, or '\0' */
};

/* Reads the first `length` characters of `line`, which are less than LINE_TEXT_SIZE. */
void words_read(struct words *words, const char *line, unsigned length);

/* Where the last word of a line begins that is not empty, as it was typed; stores its length, which
 * is 0 if there is none. */
const char *words_last(const char *line, unsigned *length);

#define WORD_QUOTED_SIZE (2 * LINE_TEXT_SIZE + 2)

/*
 * Writes the `length` characters of `text`, which are less than LINE_TEXT_SIZE, as a word, quoted
 * if that must be, or by `quote` if that is not '\0'. The quote is closed if the word `is_whole`.
 * Returns the length of what it wrote, which is not terminated.
 */
unsigned word_quote(char quoted[WORD_QUOTED_SIZE], const char *text, unsigned length, char quote,
                    bool is_whole);

#endif
