/* Matching names with patterns. */
#include "kernel/lib/pattern.h"

#include <stddef.h>

#include "kernel/lib/string.h"

bool is_pattern(const char *text)
{
    return strchr(text, '*') != NULL || strchr(text, '?') != NULL;
}

/* Where a character does not fit, the last * takes one more; those before it need not change. */
bool pattern_matches(const char *pattern, const char *text)
{
    const char *behind_star = NULL, *retry = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            behind_star = ++pattern;
            retry = text;
        } else if (*pattern == *text || *pattern == '?') {
            pattern++;
            text++;
        } else if (behind_star != NULL) {
            pattern = behind_star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
