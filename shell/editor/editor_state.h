/* What the parts of the line editor work on. From outside it is entered by line_editor.h. */
#ifndef AETHEL_SHELL_EDITOR_EDITOR_STATE_H
#define AETHEL_SHELL_EDITOR_EDITOR_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shell/editor/completion.h"
#include "shell/editor/history.h"
#include "shell/editor/kill_ring.h"
#include "shell/editor/line_display.h"
#include "shell/editor/line_text.h"
#include "shell/editor/search.h"
#include "shell/editor/undo.h"
#include "shell/terminal/key_decoder.h"

/* What the editor needs of its surroundings. `context` is passed through. */
struct line_editor_operations {
    /* Writes `length` bytes to the terminal. May block. */
    void (*write)(void *context, const char *text, size_t length);
    struct completion_source completion;
    /* Ctrl-L: all is going to be drawn anew. May write what leaves the cursor where it is. May be
     * NULL. */
    void (*redraw)(void *context);
    /* Ctrl-S, where no search is open. May be NULL. */
    void (*stop_output)(void *context);
};

/* What the last key did, as far as the next one goes on with it. */
enum editor_action {
    ACTION_OTHER,
    ACTION_TYPE,     /* a character more: a run of them is undone as one */
    ACTION_KILL,     /* what is killed next joins what was */
    ACTION_YANK,     /* Alt-Y replaces it */
    ACTION_ARGUMENT, /* Alt-. goes further back */
    ACTION_WALK,     /* up and down go on with the same beginning */
    ACTION_COMPLETE, /* Tab had nothing to put in: another one lists */
    ACTION_UNDO,
    ACTION_PREFIX, /* Ctrl-X: the next key is its second half */
};

/* The large members come last: the code for the others is shorter then. */
struct line_editor {
    const struct line_editor_operations *operations;
    void *context;
    const char *prompt;
    const char *position; /* the one that is shown; NULL: the new line */
    const char *argument; /* ACTION_ARGUMENT: the line that it came from */
    enum editor_action action, last_action;
    unsigned walk_length; /* ACTION_WALK: how long the beginning is */
    unsigned yank_start;  /* ACTION_YANK and _ARGUMENT: it lies there, up to the cursor */
    unsigned asked;       /* "Display all ... possibilities?": how many; 0: nothing is asked */
    unsigned rows;        /* of the terminal */
    bool overwrites;      /* Insert: characters replace those at the cursor */
    bool is_full_told;    /* by the bell; nothing has been taken away since */
    char line_end;        /* \r or \n has ended a line: the other right behind it belongs to it */
    struct key_decoder decoder;
    struct line_text line;
    struct line_text draft; /* the new line, while one of the history is shown */
    struct search search;
    struct line_display display;
    struct kill_ring kills;
    struct undo undo;
    struct history history; /* from here on the memory need not be cleared */
};

#endif
