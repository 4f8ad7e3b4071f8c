/*
 * The kernel's command line: what is said stays within bounds, and whatever is wrong is told in one
 * line of text that can be shown.
 */
#include <string.h>

#include "kernel/lib/format.h"
#include "kernel/options.h"
#include "tests/fuzz/fuzz.h"

static unsigned complaints;

#define SCREEN_COLUMNS 80u

static void check_shown(const char *text)
{
    for (; *text; text++)
        REQUIRE((*text >= ' ' && *text <= '~') || *text == '\t');
}

/* As kernel/start/ tells it. */
static void complain(const char *word, const char *expected)
{
    char message[LOG_MESSAGE_SIZE];
    size_t length = format_string(message, sizeof(message), OPTIONS_COMPLAINT, word,
                                  expected == options_keys ? "one of:" : expected);
    REQUIRE(length < sizeof(message) && length <= SCREEN_COLUMNS);
    check_shown(message);
    complaints++;
}

static void check_word(const struct kernel_options *options, const char *word)
{
    if (!word)
        return;
    REQUIRE(word >= options->text && word < options->text + sizeof(options->text));
    REQUIRE(memchr(word, '\0', (size_t)(options->text + sizeof(options->text) - word)));
    REQUIRE(*word);
    check_shown(word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kernel_options options, again;
    char *line = calloc(BOOT_COMMAND_LINE_SIZE, 1); /* a line of full length has no terminator */
    memcpy(line, data, size < BOOT_COMMAND_LINE_SIZE ? size : BOOT_COMMAND_LINE_SIZE);
    complaints = 0;
    options_parse(&options, line, complain);
    REQUIRE(complaints <= BOOT_COMMAND_LINE_SIZE / 2);
    REQUIRE(options.uses_screen || options.uses_serial);
    REQUIRE(options.quantum_ms <= 1000 && options.priority <= 63);
    REQUIRE(!options.has_auto_quantum || options.quantum_ms == 0);
    REQUIRE(options.log_level <= LOG_INFO);
    check_word(&options, options.policy);
    check_word(&options, options.keymap);
    check_word(&options, options.run);

    options_parse(&again, line, NULL);
    REQUIRE(memcmp(again.text, options.text, sizeof(options.text)) == 0);
    REQUIRE(again.preempt == options.preempt && again.priority == options.priority);
    free(line);
    return 0;
}
