/*
 * What a line was before each change, so that it can be that again. The steps take memory only as
 * long as the line is edited; where that ends, or there are too many of them, the last step back is
 * to the empty line that all began with. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_UNDO_H
#define AETHEL_SHELL_EDITOR_UNDO_H

#include "kernel/lib/list.h"
#include "shell/editor/editor_memory.h"
#include "shell/editor/history.h"
#include "shell/editor/line_text.h"

#define UNDO_STEPS 200u

struct undo {
    const struct editor_memory *memory;
    struct list_node steps; /* the oldest first */
    unsigned count;
    bool has_forgotten; /* steps before these */
};

/* Starts without steps. `memory` must live for ever. */
void undo_init(struct undo *undo, const struct editor_memory *memory);

/* Forgets all steps: another line begins. */
void undo_clear(struct undo *undo);

/* The line was `line`, in the history's place `position`, before what changes it now. */
void undo_push(struct undo *undo, const struct line_text *line,
               const struct history_line *position);

/* Makes the line, and its place in the history, what they were before the last change. Returns
 * false, and changes nothing, if there was none. */
bool undo_pop(struct undo *undo, struct line_text *line, const struct history_line **position);

#endif
