/* Texts that were taken out of lines, and can be put back. Pure. */
#ifndef AETHEL_SHELL_EDITOR_KILL_RING_H
#define AETHEL_SHELL_EDITOR_KILL_RING_H

#include "shell/editor/line_text.h"

#define KILL_RING_TEXTS 10u /* as many as readline keeps */

struct kill_ring {
    char texts[KILL_RING_TEXTS][LINE_TEXT_SIZE]; /* the oldest first */
    unsigned count;
    unsigned current; /* the one to be put back */
};

/* Adds the `length` characters of `text`, which are less than LINE_TEXT_SIZE, as the newest. The
 * oldest is forgotten when there are too many. */
void kill_ring_add(struct kill_ring *ring, const char *text, unsigned length);

/* Adds them to the newest, in front of it or behind it. What does not fit is left out. */
void kill_ring_join(struct kill_ring *ring, const char *text, unsigned length, bool in_front);

/* The text to be put back, and the one before it, which becomes that; behind the oldest comes the
 * newest again. NULL: there is none. */
const char *kill_ring_current(const struct kill_ring *ring);
const char *kill_ring_rotate(struct kill_ring *ring);

#endif
