/*
 * A terminal's answer to the question how large it is, taken out of what is typed: ESC [ ROW ;
 * COLUMN R, the report of the cursor's position (ECMA-48, CPR), which stands at the end of the
 * screen then. Pure.
 *
 * While one is expected, for however long, bytes that may belong to it are kept back. They are
 * handed on if it turns out that they were a key, or if for a moment no more come: so to a terminal
 * that never answers ESC alone comes late by that. What is left of a report that was cut is not.
 */
#ifndef AETHEL_SHELL_TERMINAL_SIZE_REPORT_H
#define AETHEL_SHELL_TERMINAL_SIZE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/terminal_size.h"

#define SIZE_REPORT_BYTES 12u /* ESC [ 9999 ; 9999 R */

struct size_report {
    uint8_t expected; /* so many may still come */
    uint8_t length;   /* bytes that are kept back */
    uint8_t bytes[SIZE_REPORT_BYTES];
    uint64_t since; /* tick at which the last of them came */
};

/* The question is being asked. */
void size_report_expect(struct size_report *report);

/*
 * Takes the next byte. Stores in `input` what is input, and returns how many bytes that are: at
 * most SIZE_REPORT_BYTES. Stores in `size` what the terminal says, when it has said it; else
 * size->columns is 0.
 */
unsigned size_report_feed(struct size_report *report, uint8_t byte, uint64_t now,
                          uint8_t input[SIZE_REPORT_BYTES], struct terminal_size *size);

/* The same when nothing has come, and nothing waits to be fed: bytes that have been kept back for
 * long are a key, or a report that was cut. */
unsigned size_report_pass_time(struct size_report *report, uint64_t now,
                               uint8_t input[SIZE_REPORT_BYTES]);

#endif
