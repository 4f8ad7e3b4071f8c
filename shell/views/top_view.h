/* What `top` shows: figures of the system, and a table of threads. */
#ifndef AETHEL_SHELL_VIEWS_TOP_VIEW_H
#define AETHEL_SHELL_VIEWS_TOP_VIEW_H

#include "shell/views/full_screen.h"
#include "shell/views/thread_sample.h"

#define TOP_COLUMNS 10u /* of the table: each is an enum thread_order */

/* What keys set, and is remembered. */
struct top_settings {
    unsigned interval_ms; /* 0: nothing is set yet */
    uint8_t order;        /* an enum thread_order */
    bool is_reversed;
    uint16_t hidden; /* a bit for each column */
    struct full_screen_words words;
};

struct top_view {
    struct terminal *terminal;
    struct full_screen *screen; /* NULL: on paper, line by line */
    struct thread_sample *sample;
    struct top_settings *settings;
    bool is_paused;
};

/* Draws all of it. */
void top_view_draw(const struct top_view *view);

/* Whether the terminal is wide enough for that column, and it is not hidden. */
bool top_view_shows_column(const struct top_view *view, unsigned column);

/* The column that the letter `key` sorts by, or TOP_COLUMNS. */
unsigned top_view_column(int key);

#endif
