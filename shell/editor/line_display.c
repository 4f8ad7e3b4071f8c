/* The window onto the line, and the differences between what it shows and what it should show. */
#include "shell/editor/line_display.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define HOME_AND_ERASE_ALL "\x1b[H\x1b[2J"
#define ERASE_TO_END       "\x1b[K"
#define ERASE_BELOW        "\x1b[J"
#define BELL               "\a"

static void write_text(struct line_display *display, const char *text)
{
    display->write(display->context, text, strlen(text));
}

static void set_columns(struct line_display *display, unsigned columns)
{
    unsigned prompt = (unsigned)strlen(display->prompt);
    unsigned width =
        columns > prompt + LINE_DISPLAY_MIN_WIDTH ? columns - prompt - 1 : LINE_DISPLAY_MIN_WIDTH;
    display->columns = columns;
    display->width = width < LINE_DISPLAY_MAX_WIDTH ? width : LINE_DISPLAY_MAX_WIDTH;
}

void line_display_init(struct line_display *display, const char *prompt, unsigned columns,
                       void (*write)(void *context, const char *text, size_t length), void *context)
{
    display->write = write;
    display->context = context;
    string_copy(display->prompt, prompt, sizeof(display->prompt));
    set_columns(display, columns);
    display->clear_wanted = false;
    display->bell_wanted = false;
    line_display_begin(display);
}

static void show_nothing(struct line_display *display)
{
    display->shown_length = 0;
    display->shown_cursor = 0;
    display->prompt_shown = false;
}

void line_display_begin(struct line_display *display)
{
    display->window_start = 0;
    show_nothing(display);
}

void line_display_resize(struct line_display *display, unsigned columns)
{
    unsigned shown = (unsigned)strlen(display->prompt) + display->shown_length;
    unsigned rows_above = display->prompt_shown ? (shown - 1) / columns : 0;
    if (columns == display->columns)
        return;
    if (display->prompt_shown)
        write_text(display, "\r");
    if (rows_above > 0) {
        char up[16];
        format_string(up, sizeof(up), "\x1b[%uA", rows_above);
        write_text(display, up);
    }
    if (display->prompt_shown)
        write_text(display, ERASE_BELOW);
    set_columns(display, columns);
    line_display_begin(display);
}

void line_display_hide(struct line_display *display)
{
    if (display->prompt_shown)
        write_text(display, "\r" ERASE_TO_END);
    show_nothing(display);
}

void line_display_set_prompt(struct line_display *display, const char *prompt)
{
    if (strcmp(prompt, display->prompt) == 0)
        return;
    line_display_hide(display);
    string_copy(display->prompt, prompt, sizeof(display->prompt));
    set_columns(display, display->columns);
}

void line_display_clear(struct line_display *display)
{
    display->clear_wanted = true;
}

void line_display_ring_bell(struct line_display *display)
{
    display->bell_wanted = true;
}

static void show_prompt(struct line_display *display)
{
    if (display->clear_wanted) {
        write_text(display, HOME_AND_ERASE_ALL);
        line_display_begin(display);
        display->clear_wanted = false;
    }
    if (!display->prompt_shown)
        write_text(display, display->prompt);
    display->prompt_shown = true;
    if (display->bell_wanted)
        write_text(display, BELL);
    display->bell_wanted = false;
}

/* The window jumps by half its width, so that steady typing seldom redraws it. */
static void move_window(struct line_display *display, unsigned length, unsigned cursor)
{
    unsigned half = display->width / 2;
    unsigned end = display->window_start + display->width;
    bool fits_behind_end = cursor < end || (cursor == end && cursor == length);

    if (length <= display->width)
        display->window_start = 0;
    else if (cursor < display->window_start || !fits_behind_end)
        display->window_start = cursor > half ? cursor - half : 0;
}

static void move_cursor(struct line_display *display, unsigned column)
{
    unsigned from = display->shown_cursor;
    char sequence[16] = "\b"; /* shorter than a sequence where it will do */

    if (column > from)
        format_string(sequence, sizeof(sequence), "\x1b[%uC", column - from);
    else if (column + 1 < from)
        format_string(sequence, sizeof(sequence), "\x1b[%uD", from - column);
    if (column != from)
        write_text(display, sequence);
    display->shown_cursor = column;
}

/* Makes the window show the `length` characters of `text`. */
static void show(struct line_display *display, const char *text, unsigned length)
{
    unsigned same = 0;

    while (same < length && same < display->shown_length && text[same] == display->shown[same])
        same++;
    if (same == length && same == display->shown_length)
        return;

    move_cursor(display, same);
    if (same < length)
        display->write(display->context, text + same, length - same);
    if (length < display->shown_length)
        write_text(display, ERASE_TO_END);
    memcpy(display->shown + same, text + same, length - same);
    display->shown_length = length;
    display->shown_cursor = length;
}

void line_display_update(struct line_display *display, const char *text, unsigned length,
                         unsigned cursor)
{
    show_prompt(display);
    move_window(display, length, cursor);

    unsigned start = display->window_start;
    unsigned visible = length - start;
    show(display, text + start, visible < display->width ? visible : display->width);
    move_cursor(display, cursor - start);
}

void line_display_finish(struct line_display *display, const char *text, unsigned length,
                         const char *mark)
{
    if (length <= display->width) {
        line_display_update(display, text, length, length);
    } else {
        show_prompt(display);
        move_cursor(display, 0);
        display->write(display->context, text, length);
    }
    write_text(display, mark);
    write_text(display, "\r\n");
}
