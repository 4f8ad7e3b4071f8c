/* What each key does to the line, by a table. Part of the line editor. */
#ifndef AETHEL_SHELL_EDITOR_EDITING_H
#define AETHEL_SHELL_EDITOR_EDITING_H

#include "shell/editor/editor_state.h"

/* Does what `key` is for, unless it ends the line. */
void editing_do(struct line_editor *editor, int key);

/* Lists the completions of the word at the cursor, where the terminal's is at the start of an empty
 * row. */
void editing_list_completions(struct line_editor *editor);

#endif
