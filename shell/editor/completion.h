/* Tab: completes the word at the cursor, or lists what it could become. Part of the line editor. */
#ifndef AETHEL_SHELL_EDITOR_COMPLETION_H
#define AETHEL_SHELL_EDITOR_COMPLETION_H

#include <stddef.h>

#include "shell/editor/line_display.h"

/* What is to be completed, and who knows how. */
struct completion_request {
    const char *line; /* up to the cursor, at least */
    unsigned cursor;  /* less than HISTORY_LINE_SIZE */
    /* As line_editor_operations.complete. */
    const char *(*complete)(void *context, const char *text, size_t word_start, unsigned index);
    void *context;
};

/* What all completions of the word have in common behind it. */
struct completion {
    const char *text;    /* not terminated */
    unsigned length;     /* 0 when they differ from here on, or there are none */
    unsigned candidates; /* how many completions there are */
};

/* Looks for completions of the word that ends at the cursor. */
struct completion completion_find(const struct completion_request *request);

/* Writes them to the terminal of `display` in columns, from the start of an empty row to the start
 * of another. */
void completion_list(const struct completion_request *request, const struct line_display *display);

#endif
