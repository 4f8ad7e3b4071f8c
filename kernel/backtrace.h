/* Who called whom, from the chain of saved frame pointers. */
#ifndef AETHEL_KERNEL_BACKTRACE_H
#define AETHEL_KERNEL_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Prints one line for `rip` and one for each caller that the chain from `rbp` on leads to, as
 * function+offset. Follows no pointer that `is_mapped` does not allow, and ends after a fixed
 * number of frames, so that a broken stack does not break the report too. Any context.
 */
void backtrace_print(uint64_t rip, uint64_t rbp, bool (*is_mapped)(uint64_t address),
                     void (*print)(const char *format, ...));

#endif
