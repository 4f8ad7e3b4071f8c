/*
 * A line that is put on a terminal from outside of all threads, while nobody writes there: for what
 * has to be said when no thread gets to say it.
 */
#ifndef AETHEL_SHELL_TERMINAL_ANNOUNCEMENT_H
#define AETHEL_SHELL_TERMINAL_ANNOUNCEMENT_H

#include <stdbool.h>

#include "shell/terminal.h"

#define ANNOUNCEMENT_SIZE 100u /* of a text, with its terminator */

/*
 * Puts `text` on a row of its own, and the cursor at the start of the next. A few bytes go out at
 * each tick, and who writes waits until it is over. Returns false, and nothing happens, while
 * another announcement goes out, somebody has stopped the output, or a thread is in the middle of
 * what it writes and of a line. Interrupt context.
 */
bool terminal_announce(struct terminal *terminal, const char *text);

/* Whether there has been an announcement since the last call: what the terminal shows is not what
 * its reader believes. Any context. */
bool terminal_was_announced(struct terminal *terminal);

#endif
