/* The tables of `compare`: how a mix ran under a policy, and how each of its jobs did. */
#ifndef AETHEL_SHELL_MIXES_MIX_TABLE_H
#define AETHEL_SHELL_MIXES_MIX_TABLE_H

#include "shell/mixes/mix.h"
#include "shell/mixes/mix_run.h"
#include "shell/terminal.h"

/* The heads of the table of policies, and a row of it, which sorts the result's responses. Block.
 */
void mix_table_heads(struct terminal *terminal);
void mix_table_row(struct terminal *terminal, const char *policy, unsigned quantum_ms,
                   const struct mix *mix, struct mix_result *result);

/* The table of jobs. Blocks. */
void mix_table_jobs(struct terminal *terminal, const struct mix *mix,
                    const struct mix_result *result);

#endif
