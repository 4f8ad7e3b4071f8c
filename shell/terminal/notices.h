/*
 * Notices: what the kernel's log has to say to whoever sits at a prompt. Its errors, warnings and
 * notices show up there by themselves; information is only in the log.
 */
#ifndef AETHEL_SHELL_TERMINAL_NOTICES_H
#define AETHEL_SHELL_TERMINAL_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/log.h"
#include "shell/terminal.h"

/* "warning: " and the like: what stands before a message of that level. */
const char *notice_prefix(enum log_level level);

/* Whether there is a notice whose sequence is at least *seen. Moves *seen up to it, or to the log's
 * end. Any thread. */
bool notices_have_come(uint64_t *seen);

/*
 * Writes those notices, a line each; of a flood only the first few, and how many more there are.
 * Moves *seen behind them. The cursor must be in the first column. Blocks.
 */
void notices_print(struct terminal *terminal, uint64_t *seen);

#endif
