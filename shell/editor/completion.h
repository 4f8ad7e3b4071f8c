/* Tab: completes the word at the cursor, or lists what it could become. Part of the line editor. */
#ifndef AETHEL_SHELL_EDITOR_COMPLETION_H
#define AETHEL_SHELL_EDITOR_COMPLETION_H

#include "shell/editor/line_editor.h"

/* What all completions of the word have in common behind it. */
struct completion {
    const char *text;    /* not terminated */
    unsigned length;     /* 0 when they differ from here on, or there are none */
    unsigned candidates; /* how many completions there are */
};

/* Looks for completions of the word that ends at the cursor. Does not change the line. */
struct completion completion_find(const struct line_editor *editor);

/* Writes the completions in columns, from the start of an empty row to the start of another. */
void completion_list(const struct line_editor *editor);

#endif
