/*
 * The lines that were entered before: no blank ones, and none twice. Each takes just the memory
 * that it needs. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_HISTORY_H
#define AETHEL_SHELL_EDITOR_HISTORY_H

#include "kernel/lib/list.h"
#include "shell/editor/editor_memory.h"

#define HISTORY_LINES 500u

struct history_line {
    struct list_node node;
    char text[]; /* without the blanks around it */
};

struct history {
    const struct editor_memory *memory;
    struct list_node lines; /* the oldest first */
    unsigned count;         /* up to HISTORY_LINES */
};

/* Starts empty. `memory` must live for ever. */
void history_init(struct history *history, const struct editor_memory *memory);

/*
 * Adds `line` as the newest, unless it is blank. One that is there already moves, whatever blanks
 * are around it. The oldest are forgotten when there are too many, or no memory is left.
 */
void history_add(struct history *history, const char *line);

/* Forgets all of them. */
void history_clear(struct history *history);

/* The line that was entered before `line`, and the one after it; NULL: there is none. NULL as
 * `line` is the one that has not been entered yet, which the newest comes before. They stay until
 * the next history_add() or history_clear(). */
const struct history_line *history_older(const struct history *history,
                                         const struct history_line *line);
const struct history_line *history_newer(const struct history *history,
                                         const struct history_line *line);

#endif
