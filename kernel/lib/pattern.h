/* Names as patterns, in which * stands for any characters, or none, and ? for any one. */
#ifndef AETHEL_KERNEL_LIB_PATTERN_H
#define AETHEL_KERNEL_LIB_PATTERN_H

#include <stdbool.h>

/* Whether `text` has a * or ? in it. */
bool is_pattern(const char *text);

/* Whether all of `text` fits `pattern`. Takes at most as many steps as the product of their
 * lengths. */
bool pattern_matches(const char *pattern, const char *text);

#endif
