/*
 * The room shell/commands/ is the commands, a file each.
 *
 * Entered by: nobody; the linker gathers them.
 * Invariant: a wrong word changes nothing, is told in one line with what would be right, and gives
 * a status that is not 0.
 *
 * Commands: table entries that register themselves. A file in shell/commands/ says COMMAND(...),
 * and that is all it takes: the linker gathers the entries, sorted by name, between
 * __commands_start and __commands_end.
 */
#ifndef AETHEL_SHELL_COMMAND_H
#define AETHEL_SHELL_COMMAND_H

#include <stddef.h>

#include "shell/shell.h"

/* `help` lists the commands in these groups. */
enum command_group {
    COMMAND_GROUP_SCHEDULING,
    COMMAND_GROUP_OBSERVING,
    COMMAND_GROUP_SHELL,
    COMMAND_GROUP_MACHINE,
    COMMAND_GROUPS,
};

#define COMMAND_NAME_MAX    8u /* so that two fit beside each other in `help`'s list */
#define COMMAND_SUMMARY_MAX 27u

struct command {
    const char *name;
    const char *usage;   /* "kill TID|all" */
    const char *summary; /* a few words, for the list */
    const char *help;    /* what `help NAME` says besides: lines, each with its newline */
    enum command_group group;
    unsigned arguments_min; /* how many it takes; checked before it runs */
    unsigned arguments_max;
    /* Runs it. words[0] is the name, words[count] NULL. Returns its status. */
    int (*run)(struct shell *shell, int count, char **words);
    /* Tab: what the first argument could be, ended by an entry without text; or who tells what any
     * of them could be. Both may be NULL. */
    const struct command_word *words;
    void (*complete)(struct completion *completion);
};

/* A word that an argument could be, and a few words of help, or NULL. */
struct command_word {
    const char *text;
    const char *help;
};

/* COMMAND(kill, .usage = ..., ...): registers the command `kill`. The registration is a global
 * symbol, so that two commands of one name do not link. */
#define COMMAND(identifier, ...)                                                           \
    static const struct command identifier##_command = {.name = #identifier, __VA_ARGS__}; \
    _Static_assert(sizeof(#identifier) - 1 <= COMMAND_NAME_MAX, "too long for the list");  \
    extern const struct command *const command_registration_##identifier;                  \
    const struct command *const command_registration_##identifier                          \
        __attribute__((used, section(".commands." #identifier))) = &identifier##_command

/* The commands in the order of their names: from COMMANDS_BEGIN to before COMMANDS_END. */
extern const struct command *const __commands_start[], *const __commands_end[];

#define COMMAND_FOR_EACH(entry) \
    for (const struct command *const *entry = __commands_start; entry < __commands_end; entry++)

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/* Runs one command and returns its status; an unknown one is reported. For shell_set_commands(). */
int command_run(struct shell *shell, int count, char **words);

/*
 * Says what is wrong in one line, `name: what (usage: ...)`, with the running command's name and
 * usage. It has at most 80 columns: where the usage is too long it names the help that has it, and
 * a word that is too long is cut. Returns COMMAND_FAILED.
 */
int command_error(struct shell *shell, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/* Tells what the word to be completed could be. For shell_set_commands(). */
void command_complete(struct completion *completion);

/* --- For the commands' own completions: each tells some words, by completion_add() -------------
 */

/* Those of a table, ended by an entry without text, each with `key`, as in "prio=", before it. */
void command_complete_words(struct completion *completion, const char *key,
                            const struct command_word *words);

/* The names of the policies. */
void command_complete_policies(struct completion *completion);

/* Some lengths of time in seconds, and some priorities. */
extern const struct command_word command_seconds[], command_priorities[];

#endif
