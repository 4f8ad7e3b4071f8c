/*
 * The room shell/editor/ is the line editor: display, history, completion.
 *
 * Entered by: the shell.
 * Invariant: what the terminal shows is what the display remembers of it; the line is always
 * terminated, and the cursor in it.
 *
 * The line editor: from the bytes of a terminal's keyboard to lines, with cursor keys, history
 * and completion. Pure: it is fed bytes, and writes text with ANSI sequences through a callback.
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

#include "shell/editor/history.h"
#include "shell/editor/line_display.h"
#include "shell/terminal/key_decoder.h"

#define LINE_EDITOR_SIZE HISTORY_LINE_SIZE /* of a line: the history can keep all of it */

enum line_editor_result {
    EDITOR_CONTINUE,    /* the line goes on */
    EDITOR_LINE_READY,  /* Enter: line_editor_text() is the line */
    EDITOR_TOO_LONG,    /* Enter, but the line lacks characters that did not fit */
    EDITOR_INTERRUPTED, /* Ctrl-C: the line is abandoned */
};

/* What the editor needs of its surroundings. `context` is passed through. */
struct line_editor_operations {
    /* Writes `length` bytes to the terminal. May block. */
    void (*write)(void *context, const char *text, size_t length);
    /*
     * Returns the possible completions one by one: number `index`, from 0, for the word that
     * begins at text[word_start], where `text` is the line up to the cursor, terminated. NULL:
     * there are no more. Every completion begins with that word, and stays valid while the others
     * are asked for. May be NULL: nothing completes.
     */
    const char *(*complete)(void *context, const char *text, size_t word_start, unsigned index);
    /* Ctrl-L: all is going to be drawn anew. May write what leaves the cursor where it is. May be
     * NULL. */
    void (*redraw)(void *context);
};

struct line_editor {
    const struct line_editor_operations *operations;
    void *context;
    struct line_display display;
    struct history history;

    char text[LINE_EDITOR_SIZE]; /* always terminated */
    unsigned length;
    unsigned cursor; /* 0..length */

    struct key_decoder decoder;
    char line_end;         /* \r or \n has ended a line: the other right behind it belongs to it */
    bool after_tab;        /* a second Tab lists the completions */
    bool lacks_characters; /* some that were typed did not fit */
    bool is_full_told;     /* by the bell; nothing has been taken away since */
};

/*
 * Prepares an editor with an empty history for a terminal of `columns` columns. The prompt must
 * leave at least 8 of them free; it and `operations` must live for ever.
 */
void line_editor_init(struct line_editor *editor, const char *prompt, unsigned columns,
                      const struct line_editor_operations *operations, void *context);

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

/* The rest has not come for KEY_SILENCE_MS: what comes next stands for itself. */
void line_editor_give_up(struct line_editor *editor);

/* The terminal has `columns` columns, and has had them since it was last written to. */
void line_editor_resize(struct line_editor *editor, unsigned columns);

/* Something else was written meanwhile: the cursor is at the start of an empty row, and the next
 * refresh shows prompt and line there. */
void line_editor_was_interrupted(struct line_editor *editor);

/* Brings the screen up to date with as little output as will do. */
void line_editor_refresh(struct line_editor *editor);

/* Takes prompt and line off the terminal, so that other text can be written there; the cursor is in
 * the first column then, where it has to be again before the next refresh. */
void line_editor_hide(struct line_editor *editor);

/* The line, terminated; after EDITOR_LINE_READY until the next line_editor_begin(). */
const char *line_editor_text(const struct line_editor *editor);

#endif
