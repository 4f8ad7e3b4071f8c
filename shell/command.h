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
    /*
     * Tab: possibility number `index`, from 0, for argument number `argument`, from 1; NULL: there
     * are no more. May be NULL: there are none.
     */
    const char *(*candidate)(unsigned argument, unsigned index);
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

/*
 * Completion number `index` for the word at text[word_start], as line_editor_operations.complete
 * wants it.
 */
const char *command_complete(const char *text, size_t word_start, unsigned index);

#endif
