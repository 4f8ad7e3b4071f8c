/*
 * The room shell/editor/ is the line editor: display, history, completion.
 *
 * Entered by: the shell.
 * Invariant: what the terminal shows is what the display remembers of it; the line is always
 * terminated, and the cursor in it.
 *
 * The line editor: from the bytes of a terminal's keyboard to lines, with the keys that readline
 * has in its emacs mode (GNU Readline Library, "Command Line Editing"), history and completion.
 * Pure: it is fed bytes, and writes text with ANSI sequences through a callback.
 *
 * Feeding only edits; the screen is brought up to date by line_editor_refresh(), which the shell
 * calls when no input waits. So lines that are pasted cost one redraw each, not one for each
 * byte. The shell's loop:
 *
 *     line_editor_begin(editor);
 *     for (;;) {
 *         if (no input waits)
 *             line_editor_refresh(editor);
 *         if (line_editor_is_waiting(editor) && no byte comes for KEY_SILENCE_MS)
 *             line_editor_give_up(editor);
 *         result = line_editor_feed(editor, read_byte());
 *         if (result == EDITOR_CONTINUE)
 *             continue;
 *         ... run line_editor_text(editor) if the result was EDITOR_LINE_READY ...
 *         line_editor_begin(editor);
 *     }
 */
#ifndef AETHEL_SHELL_EDITOR_LINE_EDITOR_H
#define AETHEL_SHELL_EDITOR_LINE_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shell/editor/editor_state.h"

#define LINE_EDITOR_SIZE LINE_TEXT_SIZE

enum line_editor_result {
    EDITOR_CONTINUE,    /* the line goes on */
    EDITOR_LINE_READY,  /* Enter: line_editor_text() is the line */
    EDITOR_TOO_LONG,    /* Enter, but the line lacks characters that did not fit */
    EDITOR_INTERRUPTED, /* Ctrl-C: the line is abandoned */
};

/*
 * Prepares an editor for a terminal of `columns` columns and `rows`
 * rows, with an empty history. The prompt must leave at least 8 columns free; it and `operations`
 * must live for ever.
 */
void line_editor_init(struct line_editor *editor, const char *prompt, unsigned columns,
                      unsigned rows, const struct line_editor_operations *operations,
                      void *context);

/*
 * Begins an empty line: call it first, and after every result other than EDITOR_CONTINUE. The
 * cursor must be in the first column: there the next refresh writes the prompt.
 */
void line_editor_begin(struct line_editor *editor);

/*
 * Takes the next byte of input. Writes only when a line ends (the whole line is shown, and
 * followed by a newline) and to list completions.
 */
enum line_editor_result line_editor_feed(struct line_editor *editor, uint8_t byte);

/* Whether a key's first bytes have come: then the rest is to come soon. */
bool line_editor_is_waiting(const struct line_editor *editor);

/* The rest has not come for KEY_SILENCE_MS: what comes next stands for itself. A lone ESC ends a
 * search, and keeps what it has found. */
void line_editor_give_up(struct line_editor *editor);

/* Whether a search is open: then Ctrl-S goes on with it, forth. */
bool line_editor_is_searching(const struct line_editor *editor);

/* The terminal has `columns` columns and `rows` rows, and has had them since it was last written
 * to.
 */
void line_editor_resize(struct line_editor *editor, unsigned columns, unsigned rows);

/* Something else was written meanwhile: the cursor is at the start of an empty row, and the next
 * refresh shows prompt and line there. */
void line_editor_was_interrupted(struct line_editor *editor);

/* Brings the screen up to date with as little output as will do. */
void line_editor_refresh(struct line_editor *editor);

/* Takes prompt and line off the terminal, so that other text can be written there; the cursor is in
 * the first column then, where it has to be again before the next refresh. */
void line_editor_hide(struct line_editor *editor);

/* The lines that were entered. They may be cleared while no line is being edited. */
struct history *line_editor_history(struct line_editor *editor);

/* The line, terminated; after EDITOR_LINE_READY until the next line_editor_begin(). */
const char *line_editor_text(const struct line_editor *editor);

#endif
