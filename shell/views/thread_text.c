/* The names of threads and of the states. */
#include "shell/views/thread_text.h"

#include "kernel/lib/string.h"
#include "shell/views/row_display.h"

static const struct {
    char name[sizeof("suspended")];
    uint8_t style;
} shown_states[SHOWN_STATES] = {
    [SHOWN_STARVING] = {"starving", STYLE_RED | STYLE_BOLD},
    [THREAD_READY + 1] = {"ready", STYLE_YELLOW},
    [THREAD_RUNNING + 1] = {"running", STYLE_GREEN},
    [THREAD_SLEEPING + 1] = {"sleeping", STYLE_CYAN},
    [THREAD_BLOCKED + 1] = {"blocked", STYLE_BLUE | STYLE_BOLD},
    [THREAD_SUSPENDED + 1] = {"suspended", STYLE_MAGENTA},
    [THREAD_ENDED + 1] = {"ended", STYLE_PLAIN},
};

const char *thread_state_name(enum thread_state state)
{
    return thread_shown_state_name(state + 1u);
}

const char *thread_shown_state_name(unsigned shown_state)
{
    return shown_states[shown_state].name;
}

uint8_t thread_shown_state_style(unsigned shown_state)
{
    return shown_states[shown_state].style;
}

void thread_name_as_word(char word[THREAD_NAME_SIZE], const char *name)
{
    if (word != name)
        string_copy(word, name, THREAD_NAME_SIZE);
    for (; *word != '\0'; word++)
        if (*word == ' ')
            *word = '_';
}
