/* Finding, running and completing commands. */
#include "shell/command.h"

#include <stdarg.h>
#include <stdbool.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/policy.h"

const struct command *command_find(const char *name)
{
    COMMAND_FOR_EACH(entry)
    {
        if (strcmp((*entry)->name, name) == 0)
            return *entry;
    }
    return NULL;
}

/* --- Errors ---------------------------------------------------------------------------------- */

#define ERROR_COLUMNS 80u
#define ERROR_SIZE    (LINE_EDITOR_SIZE + TERMINAL_BUFFER_SIZE)
#define DOTS          "..."
#define WORD_END      2u /* characters that stand behind them */
#define WORD_MIN      8u /* characters that are left of a word, with all that */

/* Where the longest word of a text begins; stores its length. */
static char *longest_word(char *text, size_t *length)
{
    char *longest = text;
    *length = 0;
    for (char *word = text; *word != '\0'; word++) {
        size_t here = 0;
        while (word[here] != '\0' && word[here] != ' ')
            here++;
        if (here > *length) {
            longest = word;
            *length = here;
        }
        if (here > 0)
            word += here - 1;
    }
    return longest;
}

/* Cuts out of the longest words, as in 'lon...g', until the text has at most `limit` characters.
 * Their ends stay: a quote may be there. */
static void shorten(char *text, size_t limit)
{
    size_t length;
    for (size_t total = strlen(text); total > limit; total = strlen(text)) {
        char *word = longest_word(text, &length);
        if (length <= WORD_MIN) {
            memcpy(text + limit - (sizeof(DOTS) - 1), DOTS, sizeof(DOTS));
            return;
        }
        size_t excess = total - limit;
        size_t left = length > WORD_MIN + excess ? length - excess : WORD_MIN;
        size_t head = left - (sizeof(DOTS) - 1) - WORD_END;
        memcpy(word + head, DOTS, sizeof(DOTS) - 1);
        memmove(word + left - WORD_END, word + length - WORD_END,
                strlen(word + length - WORD_END) + 1);
    }
}

/* All of it in one row. */
static void print_error(struct shell *shell, const char *name, const char *what, const char *usage)
{
    char text[ERROR_SIZE];
    size_t rest = sizeof(" (usage: )") - 1 + strlen(usage);
    format_string(text, sizeof(text), "%s: %s", name, what);
    shorten(text, ERROR_COLUMNS - rest);
    terminal_printf(shell->terminal, "%s (usage: %s)\n", text, usage);
}

int command_run(struct shell *shell, int count, char **words)
{
    const struct command *command = command_find(words[0]);
    if (!command) {
        const char *name = words[0][0] != '\0' ? words[0] : "''";
        print_error(shell, name, "unknown command", "help lists the commands");
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
    char message[ERROR_SIZE], help[sizeof("help ") + COMMAND_NAME_MAX];
    const struct command *command = shell->command;
    va_list arguments;
    va_start(arguments, format);
    format_arguments(message, sizeof(message), format, arguments);
    va_end(arguments);
    size_t length = strlen(command->name) + strlen(message) + strlen(command->usage) +
                    sizeof(":  (usage: )") - 1;
    format_string(help, sizeof(help), "help %s", command->name);
    print_error(shell, command->name, message, length <= ERROR_COLUMNS ? command->usage : help);
    return COMMAND_FAILED;
}

/* --- Completion ------------------------------------------------------------------------------ */

#define KEYED_SIZE 32u

const struct command_word command_seconds[] = {
    {"1", "second"}, {"5", "seconds"}, {"10", "seconds"}, {"60", "a minute"}, {0}};

const struct command_word command_priorities[] = {
    {"0", "the least urgent"},
    {"31", "what threads have that are spawned"},
    {"40", "more urgent than these"},
    {"62", "below the shells"},
    {"63", "takes turns with the shells"},
    {0},
};

void command_complete_words(struct completion *completion, const char *key,
                            const struct command_word *words)
{
    char text[KEYED_SIZE];
    for (; words->text; words++) {
        format_string(text, sizeof(text), "%s%s", key, words->text);
        completion_add(completion, text, words->help);
    }
}

void command_complete_policies(struct completion *completion)
{
    const struct policy_information *policy;
    for (unsigned i = 0; (policy = policy_at(i)) != NULL; i++)
        completion_add(completion, policy->name, policy->summary);
}

static void complete_name(struct completion *completion)
{
    COMMAND_FOR_EACH(entry)
    {
        completion_add(completion, (*entry)->name, (*entry)->summary);
    }
}

void command_complete(struct completion *completion)
{
    if (completion->argument == 0) {
        complete_name(completion);
        return;
    }
    const struct command *command = command_find(completion->words[0]);
    if (!command || completion->argument > command->arguments_max)
        return;
    if (command->words && completion->argument == 1)
        command_complete_words(completion, "", command->words);
    if (command->complete)
        command->complete(completion);
}
