/* Finding, running and completing commands. */
#include "shell/command.h"

#include <stdarg.h>
#include <stdbool.h>

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/policy.h"
#include "shell/near_miss.h"
#include "shell/other_words.h"

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

#define ERROR_COLUMNS 79u /* in the last one, some terminals begin a new row */
#define GUESS_SIZE    (NEAR_MISS_SIZE + sizeof("; did you mean 'spawn '?"))
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

/* All of it in one row: `name` and `what` make room for `end`. */
static void print_error(struct shell *shell, const char *name, const char *what, const char *end)
{
    char text[ERROR_SIZE];
    format_string(text, sizeof(text), "%s: %s", name, what);
    shorten(text, ERROR_COLUMNS - strlen(end));
    terminal_printf(shell->terminal, "%s%s\n", text, end);
}

static void print_guess(struct shell *shell, const char *name, const char *what, const char *before,
                        const char *meant)
{
    char end[GUESS_SIZE];
    format_string(end, sizeof(end), "; did you mean '%s%s'?", before, meant);
    print_error(shell, name, what, end);
}

/* What people type who know other systems is answered, a slip asked about; nothing is done. */
static int refuse_unknown(struct shell *shell, const char *name)
{
    static const char unknown[] = "unknown command";
    char spawn_name[] = "spawn";
    char *const spawn[] = {spawn_name, NULL};
    char command[NEAR_MISS_SIZE], workload[NEAR_MISS_SIZE];
    const char *answer = other_word_answer(name);
    if (answer != NULL) {
        terminal_printf(shell->terminal, "%s: %s\n", name, answer);
        return COMMAND_NOT_FOUND;
    }
    unsigned mistakes = near_miss_find(command_complete, NULL, 0, name, command);
    if (near_miss_find(command_complete, spawn, 1, name, workload) < mistakes)
        print_guess(shell, name, unknown, "spawn ", workload);
    else if (mistakes != NEAR_MISS_NONE)
        print_guess(shell, name, unknown, "", command);
    else
        print_error(shell, name[0] != '\0' ? name : "''", unknown,
                    " (usage: help lists the commands)");
    return COMMAND_NOT_FOUND;
}

static int run(struct shell *shell, const struct command *command, int count, char **words)
{
    unsigned arguments = (unsigned)count - 1;
    shell->command = command;
    if (arguments < command->arguments_min)
        return command_error(shell, "too few arguments");
    if (arguments > command->arguments_max)
        return command_error(shell, "too many arguments");
    return command->run(shell, count, words);
}

/* `man X`, `X --help` and `X -h` are `help X`, and so is `?`. */
static bool asks_for_help(const struct command *command, int count, char **words)
{
    if (command == NULL)
        return strcmp(words[0], "man") == 0 || strcmp(words[0], "?") == 0;
    return count == 2 && !command->takes_any_word &&
           (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0);
}

int command_run(struct shell *shell, int count, char **words)
{
    const struct command *command = command_find(words[0]);
    if (asks_for_help(command, count, words)) {
        char help_name[] = "help";
        char *help[] = {help_name, command != NULL ? words[0] : words[1], NULL};
        return run(shell, command_find(help[0]), count > 1 ? 2 : 1, help);
    }
    return command != NULL ? run(shell, command, count, words) : refuse_unknown(shell, words[0]);
}

int command_error(struct shell *shell, const char *format, ...)
{
    char message[ERROR_SIZE], end[ERROR_COLUMNS];
    const struct command *command = shell->command;
    va_list arguments;
    va_start(arguments, format);
    format_arguments(message, sizeof(message), format, arguments);
    va_end(arguments);
    size_t length = strlen(command->name) + sizeof(":") + strlen(message);
    if (length + format_string(end, sizeof(end), " (usage: %s)", command->usage) > ERROR_COLUMNS)
        format_string(end, sizeof(end), " (usage: help %s)", command->name);
    print_error(shell, command->name, message, end);
    return COMMAND_FAILED;
}

int command_refuse(struct shell *shell, char *const *words, int argument, const char *what)
{
    char meant[NEAR_MISS_SIZE], message[ERROR_SIZE];
    const char *word = words[argument];
    if (near_miss_find(command_complete, words, (unsigned)argument, word, meant) == NEAR_MISS_NONE)
        return command_error(shell, "%s '%s'; Tab lists them", what, word);
    format_string(message, sizeof(message), "%s '%s'", what, word);
    print_guess(shell, shell->command->name, message, "", meant);
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
