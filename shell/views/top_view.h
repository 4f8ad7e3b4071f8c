/* What `top` shows: figures of the system, and a table of threads. */
#ifndef AETHEL_SHELL_VIEWS_TOP_VIEW_H
#define AETHEL_SHELL_VIEWS_TOP_VIEW_H

#include "shell/views/full_screen.h"
#include "shell/views/thread_sample.h"

#define TOP_MESSAGE_SIZE 80u
#define TOP_COLUMNS      10u /* of the table: each is an enum thread_order */

struct top_view {
    struct terminal *terminal;
    struct full_screen *screen; /* NULL: on paper, line by line */
    struct thread_sample *sample;
    unsigned order; /* enum thread_order */
    bool is_reversed;
    bool is_paused;
    unsigned first; /* place in the order of the thread in the first row; drawing limits it */
    char message[TOP_MESSAGE_SIZE]; /* in the last row, if there is one */
};

/* Draws all of it. */
void top_view_draw(struct top_view *view);

/* How many threads it shows at a time. */
unsigned top_view_thread_rows(const struct top_view *view);

/* Whether the terminal is wide enough for that column. */
bool top_view_shows_column(const struct top_view *view, unsigned column);

/* The column that the letter `key` sorts by, or TOP_COLUMNS. */
unsigned top_view_column(int key);

#endif
