/* What `top` shows: figures of the system, and a table of threads. */
#ifndef AETHEL_SHELL_VIEWS_TOP_VIEW_H
#define AETHEL_SHELL_VIEWS_TOP_VIEW_H

#include "shell/views/full_screen.h"
#include "shell/views/thread_sample.h"

#define TOP_HEAD_ROWS   4u
#define TOP_THREAD_ROWS (FULL_SCREEN_LAST_ROW - TOP_HEAD_ROWS)
#define TOP_COLUMNS     10u /* of the table: each is an enum thread_order */

struct top_view {
    struct terminal *terminal;
    struct full_screen *screen; /* NULL: on paper, line by line */
    struct thread_sample *sample;
    unsigned order; /* enum thread_order */
    bool is_reversed;
    bool is_paused;
    unsigned first; /* place in the order of the thread in the first row; drawing limits it */
    char message[FULL_SCREEN_COLUMNS]; /* in the last row, if there is one */
};

/* Draws all of it. */
void top_view_draw(struct top_view *view);

/* The column that the letter `key` sorts by, or TOP_COLUMNS. */
unsigned top_view_column(int key);

#endif
