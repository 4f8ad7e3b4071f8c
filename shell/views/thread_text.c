/* The names of threads and of the states. */
#include "shell/views/thread_text.h"

#include "kernel/lib/string.h"

const char *thread_state_name(enum thread_state state)
{
    static const char *const names[] = {
        [THREAD_READY] = "ready",         [THREAD_RUNNING] = "running",
        [THREAD_SLEEPING] = "sleeping",   [THREAD_BLOCKED] = "blocked",
        [THREAD_SUSPENDED] = "suspended", [THREAD_ENDED] = "ended",
    };
    return names[state];
}

void thread_name_as_word(char word[THREAD_NAME_SIZE], const char *name)
{
    if (word != name)
        string_copy(word, name, THREAD_NAME_SIZE);
    for (; *word != '\0'; word++)
        if (*word == ' ')
            *word = '_';
}
