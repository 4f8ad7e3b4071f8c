/*
 * Keys of the screen's keyboard, for the console that is shown. A character is one byte of Latin-1,
 * and one that the screen cannot show is none; the other keys are control sequences as xterm sends
 * them: ESC [ letter, or ESC [ number ~, with a modifier code when Shift, Alt or Ctrl is held
 * (XTerm Control Sequences, "PC-Style Function Keys").
 */
#include "shell/terminal/keys.h"

#include "drivers/code_page.h"
#include "drivers/vga.h"
#include "kernel/lib/ascii.h"
#include "kernel/lib/format.h"
#include "kernel/lib/ring.h"
#include "sched/clock.h"
#include "shell/terminal_screen.h"

#define LAST_CHARACTER 0xFF /* of Latin-1 */

/* A held key is pressed anew at least every half second (the keyboard's slowest setting is one
 * second's delay and then 2 per second: IBM PS/2 Hardware Interface Technical Reference). */
#define REPEAT_TICKS_MAX (1100 * TICK_HZ / 1000)

/* Half a screen, as the Linux console and xterm have it; or all of it but a row. */
#define ROWS_WITH_SHIFT ((VGA_ROWS - 1) / 2)
#define ROWS_WITH_CTRL  (VGA_ROWS - 2)

#define SEQUENCE_SIZE sizeof("\033[1;8~")

struct sequence {
    uint8_t number; /* 1 where the letter says it all */
    char final;
};

static void (*call_for_rescue)(void);

void terminal_keys_init(void (*rescue)(void))
{
    call_for_rescue = rescue;
}

static const struct sequence sequences[] = {
    [KEY_UP - KEY_UP] = {1, 'A'},      [KEY_DOWN - KEY_UP] = {1, 'B'},
    [KEY_RIGHT - KEY_UP] = {1, 'C'},   [KEY_LEFT - KEY_UP] = {1, 'D'},
    [KEY_HOME - KEY_UP] = {1, 'H'},    [KEY_END - KEY_UP] = {1, 'F'},
    [KEY_PAGE_UP - KEY_UP] = {5, '~'}, [KEY_PAGE_DOWN - KEY_UP] = {6, '~'},
    [KEY_INSERT - KEY_UP] = {2, '~'},  [KEY_DELETE - KEY_UP] = {3, '~'},
};

/* Who types looks at where it will be seen. */
static void put(const char *bytes, size_t length)
{
    if (terminal_screen_scroll_to_end())
        terminal_screen_paint();
    for (size_t i = 0; i < length; i++)
        terminal_input(terminal_screen_shown(), (uint8_t)bytes[i]);
}

/* All of it or nothing: half a sequence would be taken for other keys. */
static void send(const char *bytes, size_t length)
{
    if (ring_space(&terminal_screen_shown()->input) >= length)
        put(bytes, length);
}

static void send_sequence(const struct sequence *sequence, uint8_t modifiers)
{
    char text[SEQUENCE_SIZE];
    unsigned code = 1u + (modifiers & KEY_MODIFIER_SHIFT ? 1 : 0) +
                    (modifiers & KEY_MODIFIER_ALT ? 2 : 0) +
                    (modifiers & KEY_MODIFIER_CTRL ? 4 : 0);
    size_t length;
    if (code > 1)
        length = format_string(text, sizeof(text), "\033[%u;%u%c", sequence->number, code,
                               sequence->final);
    else if (sequence->number > 1)
        length = format_string(text, sizeof(text), "\033[%u%c", sequence->number, sequence->final);
    else
        length = format_string(text, sizeof(text), "\033[%c", sequence->final);
    send(text, length);
}

/* Alt is an ESC before the character, as most terminals have it, and before Backspace; but not
 * where it stands, together with Ctrl, for AltGr. */
static void send_character(uint16_t character, uint8_t modifiers)
{
    const uint8_t altgr = KEY_MODIFIER_CTRL | KEY_MODIFIER_ALTGR;
    bool has_alt = (modifiers & KEY_MODIFIER_ALT) && !(modifiers & altgr);
    bool is_control = character < FIRST_PRINTABLE;
    if (!is_control && (character > LAST_CHARACTER || !code_page_437((uint8_t)character)))
        return;
    if (has_alt && (!is_control || character == '\b'))
        send((const char[]){'\033', (char)character}, 2);
    else
        put(&(char){(char)character}, 1);
}

/*
 * A key that is held down is pressed again and again, but calls for rescue only once. The
 * time limit is for a release that got lost: it must not make the key useless.
 */
static void handle_rescue_key(bool pressed)
{
    static bool is_down;
    static uint64_t last_press;

    uint64_t now = clock_ticks();
    bool is_repeated = is_down && now - last_press <= REPEAT_TICKS_MAX;
    is_down = pressed;
    if (!pressed)
        return;
    last_press = now;
    if (!is_repeated)
        call_for_rescue();
}

/* Either Alt, though the right one may be AltGr. Returns whether that was what the key is for. */
static bool choose_console(const struct key_event *event)
{
    unsigned index = (unsigned)(event->key - KEY_F1);
    if (index >= SCREENS_MAX || !(event->modifiers & (KEY_MODIFIER_ALT | KEY_MODIFIER_ALTGR)))
        return false;
    terminal_screen_show(index);
    return true;
}

int terminal_keys_rows_to_scroll(const struct key_event *event)
{
    int rows = 0;
    if (event->modifiers & KEY_MODIFIER_CTRL)
        rows = ROWS_WITH_CTRL;
    else if (event->modifiers & KEY_MODIFIER_SHIFT)
        rows = ROWS_WITH_SHIFT;
    if (event->key == KEY_PAGE_UP)
        return rows;
    return event->key == KEY_PAGE_DOWN ? -rows : 0;
}

/* A view is given the key: it scrolls by itself. */
static bool scroll(const struct key_event *event)
{
    int rows = terminal_keys_rows_to_scroll(event);
    if (rows == 0 || terminal_screen_shown()->has_view)
        return false;
    if (terminal_screen_scroll(rows))
        terminal_screen_paint();
    return true;
}

void terminal_keys_on_key(const struct key_event *event)
{
    if (event->key == KEY_F12) {
        handle_rescue_key(event->pressed);
        return;
    }
    if (!event->pressed || choose_console(event) || scroll(event))
        return;
    if (event->key < KEY_FIRST) {
        send_character(event->key, event->modifiers);
        return;
    }
    unsigned index = event->key - KEY_FIRST;
    if (index < sizeof(sequences) / sizeof(sequences[0]))
        send_sequence(&sequences[index], event->modifiers);
}
