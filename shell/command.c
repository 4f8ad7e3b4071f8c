/* Finding, running and completing commands. */
#include "shell/command.h"

#include <stdarg.h>
#include <stdbool.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

const struct command *command_find(const char *name)
{
    COMMAND_FOR_EACH(entry)
    {
        if (strcmp((*entry)->name, name) == 0)
            return *entry;
    }
    return NULL;
}

int command_run(struct shell *shell, int count, char **words)
{
    const struct command *command = command_find(words[0]);
    if (!command) {
        terminal_printf(shell->terminal, "%s: unknown command (usage: help lists the commands)\n",
                        words[0]);
        return COMMAND_NOT_FOUND;
    }
    shell->command = command;
    unsigned arguments = (unsigned)count - 1;
    if (arguments < command->arguments_min)
        return command_error(shell, "too few arguments");
    if (arguments > command->arguments_max)
        return command_error(shell, "too many arguments");
    return command->run(shell, count, words);
}

int command_error(struct shell *shell, const char *format, ...)
{
    char message[TERMINAL_BUFFER_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_arguments(message, sizeof(message), format, arguments);
    va_end(arguments);
    terminal_printf(shell->terminal, "%s: %s (usage: %s)\n", shell->command->name, message,
                    shell->command->usage);
    return COMMAND_FAILED;
}

/* --- Completion ------------------------------------------------------------------------------ */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Where the command begins that the word at text[word_start] belongs to. */
static const char *command_start(const char *text, size_t word_start)
{
    const char *start = text + word_start;
    while (start > text && start[-1] != ';')
        start--;
    while (is_blank(*start))
        start++;
    return start;
}

/* How many words lie between `start` and `end`, where a blank ends the last of them. */
static unsigned count_words(const char *start, const char *end)
{
    unsigned count = 0;
    for (const char *c = start; c < end; c++)
        count += is_blank(*c) && !is_blank(c[-1]);
    return count;
}

static const struct command *find_first_word(const char *text)
{
    size_t length = 0;
    while (text[length] && !is_blank(text[length]))
        length++;
    COMMAND_FOR_EACH(entry)
    {
        const char *name = (*entry)->name;
        if (strlen(name) == length && strncmp(name, text, length) == 0)
            return *entry;
    }
    return NULL;
}

/* A word at the place of the command's name is completed to the names of commands. */
static const char *command_name(unsigned argument, unsigned index)
{
    (void)argument;
    const struct command *const *entry = __commands_start + index;
    return entry < __commands_end ? (*entry)->name : NULL;
}

const char *command_complete(const char *text, size_t word_start, unsigned index)
{
    const char *word = text + word_start;
    const char *start = command_start(text, word_start);
    const char *(*candidate)(unsigned argument, unsigned index) = command_name;
    unsigned argument = 0;
    if (start < word) {
        const struct command *command = find_first_word(start);
        if (!command || !command->candidate)
            return NULL;
        candidate = command->candidate;
        argument = count_words(start, word);
    }

    size_t length = strlen(word);
    const char *found;
    for (unsigned i = 0; (found = candidate(argument, i)); i++) {
        if (strncmp(found, word, length) == 0 && index-- == 0)
            return found;
    }
    return NULL;
}
