/*
 * What the kernel's command line says: words parted by blanks, each `key=value` or a key alone.
 * Quotes ('...' or "...") keep blanks in a value. A later word overrides an earlier one. Pure: who
 * applies the options is kernel/start/.
 */
#ifndef AETHEL_KERNEL_OPTIONS_H
#define AETHEL_KERNEL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/boot_info.h"
#include "kernel/log.h"

enum option_switch { OPTION_NOT_SAID, OPTION_OFF, OPTION_ON };

struct kernel_options {
    enum option_switch preempt;
    unsigned quantum_ms; /* 0: not said */
    bool has_auto_quantum;
    const char *policy; /* NULL: not said; likewise below */
    const char *keymap;
    const char *run;  /* commands for the shell */
    int priority;     /* of the shells; negative: not said */
    bool uses_screen; /* with its keyboard; at least one of the two is used */
    bool uses_serial;
    bool has_slow_tick;
    bool has_rtc_tick;        /* of the real-time clock, even where the interval timer works */
    bool has_no_tsc;          /* times are taken from the timer's counter */
    enum log_level log_level; /* messages that are less important do not come to the consoles */
    char text[BOOT_COMMAND_LINE_SIZE]; /* the words, which the pointers above point into */
};

/* A word that is wrong: `word` without its quotes, and what would have been right; for one that
 * begins like none of the options, that is options_keys. Not to be kept. */
typedef void options_complain(const char *word, const char *expected);

/* What the words begin with, parted by commas. */
extern const char options_keys[];

/* How both are told: a row of a screen, however long the word is. */
#define OPTIONS_COMPLAINT "command line: '%.18s' should be %s"

/*
 * Fills `options` from `command_line`, of which at most BOOT_COMMAND_LINE_SIZE bytes are read.
 * What is not said gets the kernel's own choice; a wrong word is told to `complain` (NULL: to
 * nobody) and counts as not said. Any context.
 */
void options_parse(struct kernel_options *options, const char *command_line,
                   options_complain *complain);

/* Whether it is text, as it has to be: printable ASCII, and tabs. What is none may have been
 * damaged, and is not to be shown. Any context. */
bool options_are_text(const char *command_line);

#endif
