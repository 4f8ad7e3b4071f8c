/*
 * The lines that were entered before: no blank ones, and none twice. They stand one behind the
 * other in memory of the history's own, so that who edits takes none from anybody. Pure.
 */
#ifndef AETHEL_SHELL_EDITOR_HISTORY_H
#define AETHEL_SHELL_EDITOR_HISTORY_H

#define HISTORY_LINES 500u
#define HISTORY_SIZE  32768u /* in bytes, a line's terminator included: 65 for each line */

struct history {
    unsigned count;          /* up to HISTORY_LINES */
    unsigned used;           /* bytes of `text` */
    char text[HISTORY_SIZE]; /* lines without the blanks around them, the oldest first */
};

/* Starts empty, or forgets all lines. */
void history_clear(struct history *history);

/*
 * Adds `line` as the newest, unless it is blank. One that is there already moves, whatever blanks
 * are around it. The oldest are forgotten when there are too many, or too long ones. `line` must
 * fit, and lie elsewhere.
 */
void history_add(struct history *history, const char *line);

/* The line that was entered before `line`, and the one after it; NULL: there is none. NULL as
 * `line` is the one that has not been entered yet, which the newest comes before. They stay until
 * the next history_add() or history_clear(). */
const char *history_older(const struct history *history, const char *line);
const char *history_newer(const struct history *history, const char *line);

#endif
