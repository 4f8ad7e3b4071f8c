/*
 * Tab: completes the word at the cursor, or lists what it could become. Part of the line editor;
 * who knows the words gets a struct completion, and tells them by completion_add(). Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_COMPLETION_H
#define AETHEL_SHELL_EDITOR_COMPLETION_H

#include <stddef.h>

#include "shell/editor/line_display.h"
#include "shell/editor/words.h"

struct completion;

/* Who is asked. `context` is passed through. */
struct completion_source {
    /* Calls completion_add() for each word that could stand there. It is asked twice for a list. */
    void (*complete)(void *context, struct completion *completion);
    /* Whether a list is to end early. May be NULL. */
    bool (*is_interrupted)(void *context);
};

struct completion {
    /* What is to be completed: the last of the command's words, as far as it is typed. Quotes are
     * taken off. */
    unsigned argument;  /* which it is; 0 is the command's name */
    char *const *words; /* all of them, at most WORDS_MAX */
    const char *word;   /* the last one */

    /* The rest belongs to the functions below. */
    size_t word_length;
    void (*take)(struct completion *completion, const char *text, const char *help);
    unsigned count;              /* of the words that fit */
    char common[LINE_TEXT_SIZE]; /* what they have in common */
    unsigned common_length;
    unsigned widest;
    bool has_help;
    struct words read;
    const struct completion_source *source;
    void *context;
    struct line_display *display;
    unsigned columns; /* of the list; 0: each has its own row, with help */
    unsigned listed;
};

/* For the source: `text` could stand there, which `help`, a few words or NULL, explains. Both are
 * used up at once. What does not begin with `word` is left out. One that ends in = goes on. */
void completion_add(struct completion *completion, const char *text, const char *help);

/* Finds the completions of the word that ends at `cursor` in `line`. */
void completion_find(struct completion *completion, const struct completion_source *source,
                     void *context, const char *line, unsigned cursor);

/*
 * Puts into the line what all completions have in common, and a blank behind it where there is only
 * one, unless its value comes next. Returns false, and changes nothing, if that is nothing, or does
 * not fit.
 */
bool completion_insert(const struct completion *completion, struct line_text *line);

/* Whether the list does not fit on a terminal of `rows` rows. */
bool completion_is_long(const struct completion *completion, const struct line_display *display,
                        unsigned rows);

/*
 * Writes the list to the terminal of `display`, from the start of an empty row to the start of
 * another: with help, a row for each, if they are few; else in columns.
 */
void completion_list(struct completion *completion, struct line_display *display, unsigned rows);

#endif
