/*
 * The threads that a command's words mean: a TID, a range of them (5-9), a name, a pattern of names
 * (hog*), or all. Any number of words may mean a thread: what is to be done to it is done once.
 */
#ifndef AETHEL_SHELL_COMMANDS_THREADS_NAMED_H
#define AETHEL_SHELL_COMMANDS_THREADS_NAMED_H

#include "sched/thread.h"
#include "shell/command.h"

struct thread_action {
    /* Whether a thread is meant that is not named by itself, but by a range, a pattern or `all`:
     * and which Tab offers. Those that have ended never are. */
    bool (*is_meant)(const struct thread_information *thread);
    /* Returns 0, or a negative error. */
    int (*act)(struct shell *shell, const struct thread_information *thread, unsigned value);
    /* Does all that a word asks for that means no thread, and tells whether it did. NULL: there is
     * no such word. */
    bool (*takes_word)(struct shell *shell, const char *word);
};

struct threads_served {
    unsigned count;
    int tid; /* of the last one */
};

/* All but the idle thread and those that are protected: for an action's is_meant. */
bool thread_is_unprotected(const struct thread_information *thread);

/*
 * Does `action` with `value` to each thread that one of the `count` words means, the oldest number
 * first, and stores to how many it could be done. A word that means nobody, and a thread named by
 * itself to which it cannot be done, gets a line each; the others are served nevertheless. Returns
 * COMMAND_OK, COMMAND_FAILED if there was such a line, or COMMAND_INTERRUPTED. Asks about each
 * thread twice, one at a time.
 */
int threads_named_serve(struct shell *shell, unsigned count, char *const *words,
                        const struct thread_action *action, unsigned value,
                        struct threads_served *served);

/* Tells Tab `all`, and the threads that `action` is for: by their names, or, where a number has
 * been begun, by that. */
void threads_named_complete(struct completion *completion, const struct thread_action *action);

#endif
