/* Lines, and parts of them, from the history. Part of the line editor. */
#ifndef AETHEL_SHELL_EDITOR_RECALL_H
#define AETHEL_SHELL_EDITOR_RECALL_H

#include "shell/editor/editor_state.h"

/* Ctrl-P and Ctrl-N: the next older or newer line, in the end the new one as it was left. */
void recall_older(struct line_editor *editor);
void recall_newer(struct line_editor *editor);

/* Up and down: the same, among the lines that begin with what stood before the cursor when the
 * walk began. */
void recall_older_match(struct line_editor *editor);
void recall_newer_match(struct line_editor *editor);

/* Alt-.: the last word of the line before, and again, of those before that. */
void recall_last_argument(struct line_editor *editor);

/* Ctrl-R: opens a search. */
void recall_search(struct line_editor *editor);

/* Takes a key while a search is open. Returns false for one that is not the search's: then it is
 * closed, and what it found is the line. */
bool recall_search_key(struct line_editor *editor, int key);

/* Closes a search with what it found as the line. */
void recall_take_found(struct line_editor *editor);

#endif
