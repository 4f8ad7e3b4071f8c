/* Ctrl-R and Ctrl-S: searching the history while the text is typed. Part of the line editor. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_SEARCH_H
#define AETHEL_SHELL_EDITOR_SEARCH_H

#include "shell/editor/history.h"
#include "shell/editor/line_text.h"

#define SEARCH_SIZE 64u /* of what is searched for, with a terminator */

struct search {
    bool is_open;
    bool is_forward;
    bool has_failed; /* what is typed is nowhere else */
    bool has_found;  /* something, since it was opened */
    char pattern[SEARCH_SIZE];
    unsigned length;
    unsigned last_length; /* of the pattern before, until another is typed */
    /* Where it is: a line, or NULL for the one that is being edited, and a place in it. */
    const char *line;
    unsigned place;
    const struct history *history;
    const struct line_text *edited;
};

/* Opens a search that begins at the cursor of `edited`, at `position` in the history. `history` and
 * `edited` must stay as they are until it is closed. */
void search_open(struct search *search, const struct history *history,
                 const struct line_text *edited, const char *position, bool is_forward);

/* Adds a character to what is searched for. Returns whether that is found. */
bool search_add(struct search *search, char character);

/* Takes the last one away again. Returns false if there was none. */
bool search_shorten(struct search *search);

/* Goes on in that direction. Returns whether there is another place; else it stays. */
bool search_next(struct search *search, bool is_forward);

/* Closes it; the pattern is kept for the next one. */
void search_close(struct search *search);

/* The line that it shows, and the place in it. */
const char *search_text(const struct search *search);
unsigned search_cursor(const struct search *search);

/* Writes the prompt as readline has it, in less than `size` characters. Of a long pattern the end
 * is shown. */
void search_format_prompt(const struct search *search, char *prompt, unsigned size);

#endif
