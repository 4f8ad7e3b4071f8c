/* What a word that means nothing here may have been meant to be. It is only asked, never done. */
#ifndef AETHEL_SHELL_NEAR_MISS_H
#define AETHEL_SHELL_NEAR_MISS_H

#include "shell/editor/completion.h"

#define NEAR_MISS_SIZE 32u

#define NEAR_MISS_NONE 3u

/*
 * Finds what is nearest to `word` among what `complete`, asked as by Tab, offers for argument
 * `argument` (0: the command's name) of a command whose words before that are `words`, and copies
 * it to `meant`. Returns how many mistakes that are: 0 (capitals) to 2, in up to four characters 1.
 * NEAR_MISS_NONE: nothing is near, as to a character by itself and to what begins as a number.
 * Pure.
 */
unsigned near_miss_find(void (*complete)(struct completion *completion), char *const *words,
                        unsigned argument, const char *word, char meant[NEAR_MISS_SIZE]);

#endif
