/* What `top` shows: figures of the system, and a table of threads. */
#ifndef AETHEL_SHELL_VIEWS_TOP_VIEW_H
#define AETHEL_SHELL_VIEWS_TOP_VIEW_H

#include "shell/views/full_screen.h"
#include "shell/views/thread_sample.h"

#define TOP_COLUMNS 10u /* of the table: each is an enum thread_order */

/* What keys set, and is remembered. */
struct top_settings {
    unsigned interval_ms;
    uint8_t order; /* an enum thread_order */
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
    unsigned first; /* place in the order of the thread in the first row; drawing limits it */
    int hit_tid;    /* the thread that was found last, or -1 */
};

/* Draws all of it. */
void top_view_draw(struct top_view *view);

/* How many threads it shows at a time. */
unsigned top_view_thread_rows(const struct top_view *view);

/* Which threads it shows, and in which order. Paper has all. */
struct thread_listing top_view_listing(const struct top_view *view);

/* Whether the terminal is wide enough for that column, and it is not hidden. */
bool top_view_shows_column(const struct top_view *view, unsigned column);

/* The column that the letter `key` sorts by, or TOP_COLUMNS. */
unsigned top_view_column(int key);

#endif
