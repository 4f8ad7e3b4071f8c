/* A line that is being edited: its text, and the place in it. Pure. */
#ifndef AETHEL_SHELL_EDITOR_LINE_TEXT_H
#define AETHEL_SHELL_EDITOR_LINE_TEXT_H

#include <stdbool.h>

#define LINE_TEXT_SIZE 256u /* with the terminator */

struct line_text {
    unsigned length;           /* below LINE_TEXT_SIZE */
    unsigned cursor;           /* 0..length */
    bool lacks_characters;     /* some that were typed did not fit */
    char text[LINE_TEXT_SIZE]; /* always terminated */
};

/* Whether `key` is a character that can stand in a line: of Latin-1, and no control character. */
bool line_text_is_character(int key);

/* Makes it the `text`, as much of it as fits, with the cursor at its end. */
void line_text_set(struct line_text *line, const char *text);

/*
 * Puts the `length` characters of `text` in the place of [from, to), and the cursor behind them.
 * Returns false, and changes nothing, if they do not fit.
 */
bool line_text_replace(struct line_text *line, unsigned from, unsigned to, const char *text,
                       unsigned length);

/* Takes the characters [from, to) away and leaves the cursor there. */
void line_text_erase(struct line_text *line, unsigned from, unsigned to);

/* Where the word of letters and digits begins that ends before the cursor, or before what else is
 * there; and where the one ends that the cursor is in, or that comes next. */
unsigned line_text_word_left(const struct line_text *line);
unsigned line_text_word_right(const struct line_text *line);

/* The same to the left for words that blanks part. */
unsigned line_text_blank_left(const struct line_text *line);

/* Exchanges the characters on both sides of the cursor, which goes on; at the end of the line those
 * before it. Returns false if there are no two. */
bool line_text_transpose(struct line_text *line);

#endif
