/*
 * How a line that is being edited looks on a terminal: the prompt, and behind it a window onto
 * the line that moves with the cursor. Remembers what the terminal shows, so that an update
 * writes only what differs. Pure: writes text with ANSI sequences through a callback.
 */
#ifndef AETHEL_SHELL_EDITOR_LINE_DISPLAY_H
#define AETHEL_SHELL_EDITOR_LINE_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_DISPLAY_MAX_WIDTH   255u
#define LINE_DISPLAY_MIN_WIDTH   8u /* that a prompt leaves free */
#define LINE_DISPLAY_PROMPT_SIZE 104u

struct line_display {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
    char prompt[LINE_DISPLAY_PROMPT_SIZE];
    unsigned columns;      /* of the terminal */
    unsigned width;        /* of the window; the terminal's last column stays free for the cursor */
    unsigned window_start; /* the first character of the line in the window */

    char shown[LINE_DISPLAY_MAX_WIDTH]; /* what the window shows */
    unsigned shown_length;
    unsigned shown_cursor; /* the cursor's column in the window */
    bool prompt_shown;
    bool clear_wanted;
    bool bell_wanted;
};

/* A display of `columns` columns. The prompt is shorter than LINE_DISPLAY_PROMPT_SIZE, and leaves
 * room for LINE_DISPLAY_MIN_WIDTH characters. */
void line_display_init(struct line_display *display, const char *prompt, unsigned columns,
                       void (*write)(void *context, const char *text, size_t length),
                       void *context);

/* From now on that is the prompt; if it was another one, the row is taken off the terminal, and the
 * next update shows it. */
void line_display_set_prompt(struct line_display *display, const char *prompt);

/* The cursor is at the start of an empty row: the next update begins with the prompt. */
void line_display_begin(struct line_display *display);

/*
 * The terminal has `columns` columns, and had them when it was written to: a row that was longer is
 * broken into several, which are erased. The next update shows all anew.
 */
void line_display_resize(struct line_display *display, unsigned columns);

/* The next update clears the screen first, or rings the bell. */
void line_display_clear(struct line_display *display);
void line_display_ring_bell(struct line_display *display);

/*
 * Takes prompt and line off the terminal: the cursor is at the start of an empty row then, for
 * whatever comes in between. The next update shows both again.
 */
void line_display_hide(struct line_display *display);

/* Makes the terminal show the `length` characters of `text` and the cursor at `cursor`. */
void line_display_update(struct line_display *display, const char *text, unsigned length,
                         unsigned cursor);

/*
 * Shows the whole line, over several rows when it is long, then `mark`, and goes on to the next
 * row. line_display_begin() comes next.
 */
void line_display_finish(struct line_display *display, const char *text, unsigned length,
                         const char *mark);

#endif
