/* The names of the states. */
#include "shell/views/thread_text.h"

const char *thread_state_name(enum thread_state state)
{
    static const char *const names[] = {
        [THREAD_READY] = "ready",         [THREAD_RUNNING] = "running",
        [THREAD_SLEEPING] = "sleeping",   [THREAD_BLOCKED] = "blocked",
        [THREAD_SUSPENDED] = "suspended", [THREAD_ENDED] = "ended",
    };
    return names[state];
}
