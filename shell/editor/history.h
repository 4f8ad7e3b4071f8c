/* The lines that were entered before, and walking through them. Pure. */
#ifndef AETHEL_SHELL_EDITOR_HISTORY_H
#define AETHEL_SHELL_EDITOR_HISTORY_H

#include <stdint.h>

#define HISTORY_LINE_SIZE 256u /* with the terminator */
#define HISTORY_LINES     32u

struct history {
    char lines[HISTORY_LINES][HISTORY_LINE_SIZE]; /* a ring: line n is lines[n % HISTORY_LINES] */
    char draft[HISTORY_LINE_SIZE];                /* the new line, while an old one is shown */
    uint32_t end;                                 /* number of the next line to be added */
    uint32_t position;                            /* number of the line shown; `end`: the new one */
};

/* Starts empty. */
void history_init(struct history *history);

/*
 * Adds `line`, unless it is blank or the same as the last one, and returns to the new line. The
 * oldest one is forgotten when there is no room. Longer lines are cut.
 */
void history_add(struct history *history, const char *line);

/* Returns to the new line, without adding one. */
void history_rewind(struct history *history);

/*
 * Goes one line back. `current` is the line as it stands now: it is kept when it is the new one.
 * Returns the line to be shown, or NULL when there is none before.
 */
const char *history_previous(struct history *history, const char *current);

/* Goes one line forward, in the end to the new line as it was kept. NULL: it is shown already. */
const char *history_next(struct history *history);

#endif
