/* The chart of a recording that goes on, on the whole screen. */
#ifndef AETHEL_SHELL_VIEWS_GANTT_SCREEN_H
#define AETHEL_SHELL_VIEWS_GANTT_SCREEN_H

#include "shell/terminal.h"
#include "shell/views/full_screen.h"
#include "shell/views/recording.h"

/* What keys set, and is remembered. */
struct gantt_settings {
    bool is_set;
    uint8_t zoom; /* an index of chart_column_us */
    struct full_screen_words words;
};

/* Shows the chart until it is told to quit; `help` when it is asked for. Returns 0 or
 * -ERROR_NO_MEMORY. Blocks. */
int gantt_screen_run(struct terminal *terminal, struct recording *recording,
                     struct gantt_settings *settings, const char *help);

#endif
