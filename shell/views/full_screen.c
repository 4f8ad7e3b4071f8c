/* The terminal as a whole: what is shown by row_display, and keys. */
#include "shell/views/full_screen.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"

#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"

/* An escape sequence comes in one piece, but over a network in pieces; a person who presses ESC
 * does not press another key that soon. */
#define SILENCE_TICKS (KEY_SILENCE_MS * TICK_HZ / 1000)

#define TICKS_MAX INT32_MAX /* that terminal_read() can wait; a tick is a millisecond */

static void write(void *context, const char *text, size_t length)
{
    terminal_write(context, text, length);
}

struct full_screen *full_screen_begin(struct terminal *terminal)
{
    struct full_screen *screen = kmalloc(sizeof(*screen));
    if (screen == NULL)
        return NULL;
    screen->terminal = terminal;
    screen->display.write = write;
    screen->display.context = terminal;
    key_decoder_init(&screen->decoder);
    row_display_clear(&screen->display);
    terminal_printf(terminal, HIDE_CURSOR);
    return screen;
}

void full_screen_end(struct full_screen *screen)
{
    terminal_printf(screen->terminal, "\033[%u;1H\033[K" SHOW_CURSOR, FULL_SCREEN_ROWS);
    kfree(screen);
}

void full_screen_row(struct full_screen *screen, unsigned row, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    row_display_write(&screen->display, row, format, arguments);
    va_end(arguments);
}

/* --- Keys ------------------------------------------------------------------------------------- */

/* The next byte, or a negative error at tick `until` and after Ctrl-C. A notice for the shell makes
 * terminal_read() return early. */
static int read_byte(struct terminal *terminal, uint64_t until)
{
    int byte = -ERROR_AGAIN;
    bool is_in_time = true;
    while (byte < 0 && is_in_time && !terminal_is_interrupted(terminal)) {
        uint64_t now = clock_ticks();
        is_in_time = now < until;
        uint64_t ticks = is_in_time ? until - now : 0;
        byte = terminal_read(terminal, (int)(ticks < TICKS_MAX ? ticks : TICKS_MAX));
    }
    return byte;
}

static int read_key(struct full_screen *screen, uint64_t until)
{
    int key = TERMINAL_KEY_NONE;
    while (key == TERMINAL_KEY_NONE) {
        bool is_waiting = key_decoder_is_waiting(&screen->decoder);
        int byte = read_byte(screen->terminal, is_waiting ? clock_ticks() + SILENCE_TICKS : until);
        if (byte >= 0)
            key = key_decoder_feed(&screen->decoder, (uint8_t)byte);
        else if (is_waiting)
            key = key_decoder_give_up(&screen->decoder);
        else
            break;
    }
    return key;
}

int full_screen_key(struct full_screen *screen, uint64_t until)
{
    int key = read_key(screen, until);
    if (terminal_is_interrupted(screen->terminal))
        return TERMINAL_INTERRUPT;
    if (key == CONTROL('L'))
        row_display_clear(&screen->display);
    return key;
}

bool full_screen_is_quit(int key)
{
    return key == 'q' || key == CONTROL_ESCAPE || key == TERMINAL_INTERRUPT;
}

/* --- Questions and answers -------------------------------------------------------------------- */

static size_t edit(char *text, size_t length, size_t size, int key)
{
    if (key == '\b' || key == CONTROL_DELETE)
        length -= length > 0;
    else if (key >= ' ' && key < CONTROL_DELETE && length + 1 < size)
        text[length++] = (char)key;
    text[length] = '\0';
    return length;
}

bool full_screen_ask(struct full_screen *screen, const char *question, char *answer, size_t size)
{
    size_t length = 0;
    int key = TERMINAL_KEY_NONE;
    answer[0] = '\0';
    while (key != '\r' && key != '\n' && key != CONTROL_ESCAPE && key != TERMINAL_INTERRUPT) {
        full_screen_row(screen, FULL_SCREEN_LAST_ROW, "%s %s%c ", question, answer,
                        STYLE_PLAIN | STYLE_REVERSE);
        key = full_screen_key(screen, FULL_SCREEN_FOREVER);
        length = edit(answer, length, size, key);
    }
    full_screen_row(screen, FULL_SCREEN_LAST_ROW, "%s", "");
    return length > 0 && (key == '\r' || key == '\n');
}

void full_screen_show(struct full_screen *screen, const char *text)
{
    for (unsigned row = 0; row < FULL_SCREEN_LAST_ROW; row++) {
        const char *end = strchr(text, '\n');
        full_screen_row(screen, row, "%.*s", end != NULL ? (int)(end - text) : 0, text);
        text = end != NULL ? end + 1 : text;
    }
    full_screen_row(screen, FULL_SCREEN_LAST_ROW, "%cany key goes back", STYLE_BOLD | STYLE_PLAIN);
    full_screen_key(screen, FULL_SCREEN_FOREVER);
}
