/* Options of commands. */
#include "shell/options.h"

#include <stddef.h>

#include "kernel/lib/string.h"

const char *option_value(char ***words, const char *name, char letter)
{
    const char *word = **words;
    size_t length = strlen(name);
    if (strncmp(word, name, length) == 0 && word[length] == '=')
        return word + length + 1;
    if (letter == '\0' || word[0] != '-' || word[1] != letter || word[2] != '\0')
        return NULL;
    return (*words)[1] != NULL ? *++*words : "";
}
