/*
 * What a line was before each change, so that it can be that again. Where there were too many of
 * them, the last step back is to the empty line that all began with. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_UNDO_H
#define AETHEL_SHELL_EDITOR_UNDO_H

#include <stdbool.h>

#include "shell/editor/line_text.h"

#define UNDO_STEPS 32u

struct undo {
    unsigned count, forgotten; /* steps that can be gone back, and others before them */
    struct undo_step {
        struct line_text line;
        const char *position; /* in the history */
    } steps[UNDO_STEPS];      /* a ring: step n of all that were pushed is steps[n % UNDO_STEPS] */
};

/* Forgets all steps: another line begins. */
void undo_clear(struct undo *undo);

/* The line was `line`, in the history's place `position`, before what changes it now. */
void undo_push(struct undo *undo, const struct line_text *line, const char *position);

/* Makes the line, and its place in the history, what they were before the last change. Returns
 * false, and changes nothing, if there was none. */
bool undo_pop(struct undo *undo, struct line_text *line, const char **position);

#endif
