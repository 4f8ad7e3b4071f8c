/* The terminal as a whole: what is shown by row_display, and keys. */
#include "shell/views/full_screen.h"

#include "kernel/lib/ascii.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/lib/wrap.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "shell/terminal/announcement.h"

#define HIDE_CURSOR  "\033[?25l"
#define SHOW_CURSOR  "\033[?25h"
#define OTHER_SCREEN "\033[?1049h"
#define MOUSE_ON     "\033[?1000h\033[?1006h" /* buttons and wheel; with numbers as digits */

#define WHEEL_ROWS 3 /* that a step is, as in most programs */

/* An escape sequence comes in one piece, but over a network in pieces; a person who presses ESC
 * does not press another key that soon. */
#define SILENCE_TICKS (KEY_SILENCE_MS * TICK_HZ / 1000)

/* A terminal that has answered is asked so often whether it has another size by now. */
#define QUESTION_TICKS (2 * TICK_HZ)

#define TICKS_MAX INT32_MAX /* that terminal_read() can wait; a tick is a millisecond */

static void write(void *context, const char *text, size_t length)
{
    terminal_write(context, text, length);
}

/* --- The size --------------------------------------------------------------------------------- */

static bool has_size(const struct row_display *display, struct terminal_size size)
{
    return display->columns == size.columns && display->rows == size.rows;
}

static void clear(struct full_screen *screen)
{
    screen->is_said = false;
    row_display_clear(&screen->display);
}

/* Without memory it stays as it is. Returns whether all rows are to be written anew. */
static bool take_size(struct full_screen *screen)
{
    struct row_display *display = &screen->display;
    struct terminal_size size = terminal_size(screen->terminal);
    if (has_size(display, size))
        return false;
    struct display_cell *cells = kmalloc((size_t)size.columns * size.rows * sizeof(*cells));
    if (cells == NULL)
        return false;
    kfree(display->cells);
    display->cells = cells;
    display->columns = size.columns;
    display->rows = size.rows;
    clear(screen);
    return true;
}

static void ask_size(struct full_screen *screen)
{
    screen->next_question = clock_ticks() + QUESTION_TICKS;
    terminal_ask_size(screen->terminal);
}

unsigned full_screen_columns(const struct full_screen *screen)
{
    return screen->display.columns;
}

unsigned full_screen_last_row(const struct full_screen *screen)
{
    return screen->display.rows - 1;
}

/* Whether it shows a view, and so whoever is shown the same. */
static void set_view(struct terminal *terminal, bool has_view)
{
    struct terminal *mirror = terminal->mirror;
    terminal->has_view = has_view;
    if (mirror != NULL)
        mirror->has_view = has_view;
}

/* --- Begin and end ---------------------------------------------------------------------------- */

struct full_screen *full_screen_begin(struct terminal *terminal,
                                      const struct full_screen_view *view)
{
    struct full_screen *screen = kmalloc_zeroed(sizeof(*screen));
    if (screen == NULL)
        return NULL;
    screen->terminal = terminal;
    screen->view = view;
    screen->hit_tid = -1;
    screen->display.write = write;
    screen->display.context = terminal;
    key_decoder_init(&screen->decoder);
    set_view(terminal, true);
    terminal_printf(terminal, "%s", full_screen_way_in(terminal));
    terminal_was_announced(terminal); /* nothing has been drawn yet */
    if (!take_size(screen)) {
        full_screen_end(screen);
        return NULL;
    }
    if (terminal->size_source != TERMINAL_SIZE_SAID)
        ask_size(screen);
    return screen;
}

void full_screen_end(struct full_screen *screen)
{
    terminal_printf(screen->terminal, "\033[%u;1H\033[K" TERMINAL_WAY_OUT, screen->display.rows);
    set_view(screen->terminal, false);
    kfree(screen->display.cells);
    kfree(screen);
}

const char *full_screen_way_out(const struct terminal *terminal)
{
    return terminal->has_view ? TERMINAL_WAY_OUT : "";
}

/* The screen has no mouse; and one that is shown the same as it is not to send anything. */
const char *full_screen_way_in(struct terminal *terminal)
{
    bool has_mouse = terminal->size_source != TERMINAL_SIZE_FIXED;
    if (!terminal->has_view)
        return "";
    terminal->was_announced = true;
    return has_mouse ? OTHER_SCREEN HIDE_CURSOR MOUSE_ON : OTHER_SCREEN HIDE_CURSOR;
}

void full_screen_row(struct full_screen *screen, unsigned row, const char *format, ...)
{
    va_list arguments;
    if (screen->is_said && row == full_screen_last_row(screen))
        return;
    va_start(arguments, format);
    row_display_write(&screen->display, row, format, arguments);
    va_end(arguments);
}

void full_screen_print(struct terminal *terminal, const char *line)
{
    row_display_print(write, terminal, line, terminal_has_colors(terminal));
    terminal_write(terminal, "\n", 1);
}

void full_screen_say(struct full_screen *screen, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    row_display_write(&screen->display, full_screen_last_row(screen), format, arguments);
    va_end(arguments);
    screen->is_said = true;
}

/* --- Keys ------------------------------------------------------------------------------------- */

/* The next byte, or a negative error at tick `until`, after Ctrl-C, and when the terminal has
 * another size. A notice for the shell makes terminal_read() return early. */
static int read_byte(struct full_screen *screen, uint64_t until)
{
    int byte = -ERROR_AGAIN;
    bool is_in_time = true;
    struct terminal *terminal = screen->terminal;
    while (byte < 0 && is_in_time && !terminal_is_interrupted(terminal) &&
           has_size(&screen->display, terminal_size(terminal))) {
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
        int byte = read_byte(screen, is_waiting ? clock_ticks() + SILENCE_TICKS : until);
        if (byte >= 0)
            key = key_decoder_feed(&screen->decoder, (uint8_t)byte);
        else if (is_waiting)
            key = key_decoder_give_up(&screen->decoder);
        else
            break;
    }
    return key;
}

/* The next key, or TERMINAL_KEY_NONE at tick `until` and when the terminal has another size. From
 * time to time it is asked. */
static int await_key(struct full_screen *screen, uint64_t until)
{
    int key = TERMINAL_KEY_NONE;
    bool asks = screen->terminal->size_source == TERMINAL_SIZE_ANSWERED;
    while (asks && key == TERMINAL_KEY_NONE && screen->next_question < until) {
        key = read_key(screen, screen->next_question);
        if (key != TERMINAL_KEY_NONE || take_size(screen) ||
            terminal_is_interrupted(screen->terminal))
            return key;
        ask_size(screen);
    }
    return read_key(screen, until);
}

int full_screen_key(struct full_screen *screen, uint64_t until)
{
    int key = await_key(screen, until);
    if (terminal_is_interrupted(screen->terminal))
        return TERMINAL_INTERRUPT;
    screen->is_said &= key == TERMINAL_KEY_NONE;
    bool is_to_be_cleared = terminal_was_announced(screen->terminal) || key == CONTROL('L');
    if (!take_size(screen) && is_to_be_cleared)
        clear(screen);
    if (key == CONTROL('L'))
        ask_size(screen);
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
    else if (key >= FIRST_PRINTABLE && key < CONTROL_DELETE && length + 1 < size)
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
        full_screen_row(screen, full_screen_last_row(screen), "%s %s%c ", question, answer,
                        STYLE_PLAIN | STYLE_REVERSE);
        key = full_screen_key(screen, FULL_SCREEN_FOREVER);
        length = edit(answer, length, size, key);
    }
    full_screen_row(screen, full_screen_last_row(screen), "%s", "");
    return key == '\r' || key == '\n';
}

/* Shows what fits, in rows of the terminal's width. */
static void show_page(struct full_screen *screen, struct wrap *text)
{
    struct wrapped_row row;
    unsigned last_row = full_screen_last_row(screen);
    for (unsigned i = 0; i < last_row; i++) {
        bool is_text = wrap_next(text, &row);
        full_screen_row(screen, i, "%*s%.*s", is_text ? (int)row.indent : 0, "",
                        is_text ? (int)row.length : 0, is_text ? row.text : "");
    }
    full_screen_row(screen, last_row, "%cany key goes %s", STYLE_BOLD | STYLE_PLAIN,
                    wrap_has_ended(text) ? "back" : "on");
}

void full_screen_show(struct full_screen *screen, const char *text)
{
    struct wrap page, next;
    int key = TERMINAL_KEY_NONE;
    wrap_init(&page, text, full_screen_columns(screen));
    do {
        next = page;
        show_page(screen, &next);
        unsigned columns = full_screen_columns(screen);
        key = full_screen_key(screen, FULL_SCREEN_FOREVER);
        if (full_screen_columns(screen) != columns)
            wrap_init(&page, text, full_screen_columns(screen));
        else if (key != TERMINAL_KEY_NONE && key != CONTROL('L'))
            page = next;
    } while (!full_screen_is_quit(key) && !wrap_has_ended(&page));
}

/* --- The list --------------------------------------------------------------------------------- */

/* By how many places a key scrolls it down: of the wheel a step, as in most programs. */
static int places_down(const struct full_screen *screen, int key)
{
    switch (key) {
    case TERMINAL_KEY_UP:
        return -1;
    case TERMINAL_KEY_DOWN:
        return 1;
    case TERMINAL_KEY_WHEEL_UP:
        return -WHEEL_ROWS;
    case TERMINAL_KEY_WHEEL_DOWN:
        return WHEEL_ROWS;
    case TERMINAL_KEY_PAGE_UP:
        return -(int)screen->fitting;
    case TERMINAL_KEY_PAGE_DOWN:
        return (int)screen->fitting;
    case TERMINAL_KEY_HOME:
        return -(int)screen->count;
    case TERMINAL_KEY_END:
        return (int)screen->count;
    default:
        return 0;
    }
}

static void scroll(struct full_screen *screen, int down)
{
    int last = screen->count > screen->fitting ? (int)(screen->count - screen->fitting) : 0;
    int first = (int)screen->first + down;
    if (first > last)
        first = last;
    screen->first = first > 0 ? (unsigned)first : 0;
}

unsigned full_screen_list(struct full_screen *screen, unsigned fitting, unsigned count)
{
    screen->fitting = fitting;
    screen->count = count;
    scroll(screen, 0);
    return screen->first;
}

static bool is_hit(const struct full_screen *screen, const char *name)
{
    const char *word = screen->view->words->search;
    return word[0] != '\0' && string_contains(name, word);
}

int full_screen_name_style(const struct full_screen *screen, int tid, const char *name)
{
    if (!is_hit(screen, name))
        return STYLE_PLAIN;
    return STYLE_REVERSE | (tid == screen->hit_tid ? STYLE_CYAN : STYLE_PLAIN);
}

static void see(struct full_screen *screen, int place)
{
    int above = place - (int)screen->first;
    int below = above + 1 - (int)screen->fitting;
    if (above < 0 || below > 0)
        scroll(screen, above < 0 ? above : below);
}

/* What `step` places from the one that was found last is found next, round the end. */
static void find(struct full_screen *screen, int step)
{
    const struct full_screen_view *view = screen->view;
    char name[THREAD_NAME_SIZE];
    int count = (int)screen->count;
    int place = step > 0 ? -1 : count;
    if (view->words->search[0] == '\0') {
        full_screen_say(screen, "nothing is searched for: / asks what");
        return;
    }
    for (int i = 0; i < count; i++)
        if (view->thread(view->context, (unsigned)i, name) == screen->hit_tid)
            place = i;
    for (int tries = 0; tries < count; tries++) {
        place = (place + step + count) % count;
        int tid = view->thread(view->context, (unsigned)place, name);
        if (is_hit(screen, name)) {
            screen->hit_tid = tid;
            see(screen, place);
            return;
        }
    }
    full_screen_say(screen, "no thread here has '%s' in its name", view->words->search);
}

/* --- What keys mean in all views -------------------------------------------------------------- */

static void ask_word(struct full_screen *screen, const char *question,
                     char word[FULL_SCREEN_WORD_SIZE])
{
    char answer[FULL_SCREEN_WORD_SIZE];
    if (full_screen_ask(screen, question, answer, sizeof(answer)))
        string_copy(word, answer, sizeof(answer));
}

int full_screen_obey(struct full_screen *screen, int key)
{
    const struct full_screen_view *view = screen->view;
    int down = places_down(screen, key);
    scroll(screen, down);
    switch (key) {
    case 'h':
    case '?':
        full_screen_show(screen, view->help);
        break;
    case '&':
        ask_word(screen, "Only threads with this in their names:", view->words->filter);
        break;
    case '/':
        screen->hit_tid = -1;
        ask_word(screen, "Find which name?", view->words->search);
        find(screen, 1);
        break;
    case 'n':
    case 'N':
        find(screen, key == 'n' ? 1 : -1);
        break;
    default:
        return down != 0 ? TERMINAL_KEY_NONE : key;
    }
    return TERMINAL_KEY_NONE;
}
