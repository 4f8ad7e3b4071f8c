/* The kernel's command line. */
#include "kernel/options.h"

#include <stddef.h>

#include "kernel/lib/number.h"
#include "kernel/lib/string.h"

#define QUANTUM_MAX  1000u
#define PRIORITY_MAX 63u

/* Each returns whether `value` is one, and takes it then. */

static bool take_preempt(struct kernel_options *options, const char *value)
{
    bool is_on = strcmp(value, "on") == 0;
    options->preempt = is_on ? OPTION_ON : OPTION_OFF;
    return is_on || strcmp(value, "off") == 0;
}

static bool take_quantum(struct kernel_options *options, const char *value)
{
    uint64_t milliseconds = 0;
    options->has_auto_quantum = strcmp(value, "auto") == 0;
    if (!options->has_auto_quantum && parse_unsigned(value, QUANTUM_MAX, &milliseconds) != 0)
        return false;
    options->quantum_ms = (unsigned)milliseconds;
    return options->has_auto_quantum || milliseconds > 0;
}

static bool take_policy(struct kernel_options *options, const char *value)
{
    options->policy = value;
    return *value != '\0';
}

static bool take_keymap(struct kernel_options *options, const char *value)
{
    options->keymap = value;
    return *value != '\0';
}

static bool take_priority(struct kernel_options *options, const char *value)
{
    uint64_t priority = 0;
    int error = parse_unsigned(value, PRIORITY_MAX, &priority);
    options->priority = (int)priority;
    return error == 0;
}

static bool take_console(struct kernel_options *options, const char *value)
{
    bool is_both = strcmp(value, "both") == 0;
    options->uses_screen = is_both || strcmp(value, "vga") == 0;
    options->uses_serial = is_both || strcmp(value, "serial") == 0;
    return options->uses_screen || options->uses_serial;
}

static bool take_log(struct kernel_options *options, const char *value)
{
    static const char *const names[] = {
        [LOG_ERROR] = "error",
        [LOG_WARNING] = "warning",
        [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info",
    };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        options->log_level = (enum log_level)i;
        if (strcmp(value, names[i]) == 0)
            return true;
    }
    return false;
}

static bool take_tick(struct kernel_options *options, const char *value)
{
    options->has_slow_tick = strcmp(value, "slow") == 0;
    options->has_rtc_tick = strcmp(value, "rtc") == 0;
    return options->has_slow_tick || options->has_rtc_tick || strcmp(value, "fast") == 0;
}

static bool take_tsc(struct kernel_options *options, const char *value)
{
    options->has_no_tsc = strcmp(value, "off") == 0;
    return options->has_no_tsc || strcmp(value, "on") == 0;
}

static bool take_run(struct kernel_options *options, const char *value)
{
    options->run = value;
    return *value != '\0';
}

/* For machines that do not come up otherwise: as little hardware as there can be. */
static bool take_safe(struct kernel_options *options, const char *value)
{
    options->uses_screen = options->has_slow_tick = true;
    options->uses_serial = options->has_rtc_tick = false;
    return value == NULL;
}

static const struct option {
    const char *key;
    const char *expected;
    bool (*take)(struct kernel_options *options, const char *value);
} known_options[] = {
    {"preempt", "preempt=on or off", take_preempt},
    {"quantum", "quantum=1 to 1000 (ms), or auto", take_quantum},
    {"policy", "policy=NAME", take_policy},
    {"priority", "priority=0 to 63", take_priority},
    {"prio", "priority=0 to 63", take_priority}, /* as `spawn` has it */
    {"console", "console=vga, serial or both", take_console},
    {"keymap", "keymap=NAME", take_keymap},
    {"log", "log=error, warning, notice or info", take_log},
    {"loglevel", "log=error, warning, notice or info", take_log}, /* as other kernels call it */
    {"tick", "tick=fast, slow or rtc", take_tick},
    {"tsc", "tsc=on or off", take_tsc},
    {"run", "run='COMMAND; COMMAND...'", take_run},
    {"safe", "safe, and nothing behind it", take_safe},
};

#define OPTIONS (sizeof(known_options) / sizeof(known_options[0]))

const char options_keys[] =
    "preempt, quantum, policy, priority, console, keymap, log, tick, tsc, run, safe";

static const struct option *find_option(const char *key)
{
    for (unsigned i = 0; i < OPTIONS; i++) {
        if (strcmp(known_options[i].key, key) == 0)
            return &known_options[i];
    }
    return NULL;
}

/* `word` stays as it is in the end: what a wrong one would have changed is put back. */
static void take_word(struct kernel_options *options, char *word, options_complain *complain)
{
    struct kernel_options before = *options;
    char *equals = strchr(word, '=');
    if (equals != NULL)
        *equals = '\0';
    const struct option *option = find_option(word);
    const char *value = equals != NULL ? equals + 1 : NULL;
    bool is_flag = option != NULL && option->take == take_safe;
    bool is_taken = option != NULL && (is_flag || value != NULL) && option->take(options, value);
    if (is_taken)
        return;
    if (equals != NULL)
        *equals = '=';
    memcpy(options, &before, offsetof(struct kernel_options, text));
    if (complain != NULL)
        complain(word, option != NULL ? option->expected : options_keys);
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Ends the word at `word` and takes the quotes out of it. Returns where the next one may begin, or
 * NULL if a quote is not closed. */
static char *end_word(char *word)
{
    char quote = '\0';
    char *to = word;
    char *from = word;
    for (; *from != '\0' && (quote != '\0' || !is_blank(*from)); from++) {
        if (quote != '\0' ? *from == quote : *from == '\'' || *from == '"')
            quote = quote != '\0' ? '\0' : *from;
        else
            *to++ = *from;
    }
    bool is_last = *from == '\0';
    *to = '\0';
    if (quote != '\0')
        return NULL;
    return is_last ? from : from + 1;
}

bool options_are_text(const char *command_line)
{
    unsigned length = 0;
    while (length < BOOT_COMMAND_LINE_SIZE - 1 &&
           (is_blank(command_line[length]) ||
            (command_line[length] >= ' ' && command_line[length] <= '~')))
        length++;
    return length == BOOT_COMMAND_LINE_SIZE - 1 || command_line[length] == '\0';
}

static void take_words(struct kernel_options *options, options_complain *complain)
{
    char *word = options->text;
    while (word != NULL && *word != '\0') {
        char *next = is_blank(*word) ? word + 1 : end_word(word);
        if (next == NULL && complain != NULL)
            complain(word, "closed by a quote");
        else if (next != NULL && !is_blank(*word))
            take_word(options, word, complain);
        word = next;
    }
}

void options_parse(struct kernel_options *options, const char *command_line,
                   options_complain *complain)
{
    *options = (struct kernel_options){
        .priority = -1,
        .uses_screen = true,
        .uses_serial = true,
        .log_level = LOG_INFO,
    };
    for (unsigned i = 0; i < BOOT_COMMAND_LINE_SIZE - 1 && command_line[i] != '\0'; i++)
        options->text[i] = command_line[i];
    if (options_are_text(options->text))
        take_words(options, complain);
    else if (complain != NULL)
        complain("the command line", "printable ASCII characters only");
}
