/*
 * The consoles, and what is seen of them.
 *
 * Who writes to a console changes its cells, a byte at a time with interrupts off, and paints what
 * is seen of that, a piece at a time. What a piece shows is looked up when it is painted: so
 * whoever paints, and whatever keys come in between, it is what is to be seen at that time. Keys
 * that change all that is seen leave the painting to ticks, so that no handler takes long, and it
 * needs no thread.
 */
#include "shell/terminal_screen.h"

#include "drivers/vga.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/preempt.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/string.h"
#include "kernel/log.h"
#include "kernel/mm/frames.h"
#include "kernel/mm/layout.h"
#include "sched/software_timer.h"
#include "shell/terminal/console.h"

#define INPUT_SIZE 1024u

/* The share of all memory that is left for others: where less is free, lines that scroll off take
 * the place of older ones. */
#define RESERVE_DIVISOR 16u

enum shell_state { SHELL_NONE, SHELL_WANTED, SHELL_STARTED };

struct screen {
    struct terminal *terminal;
    struct console console;
    enum shell_state shell;
    uint8_t input_bytes[INPUT_SIZE];
};

/* One that comes to be after the boot. */
struct later_screen {
    struct screen screen;
    struct terminal terminal;
};

_Static_assert(sizeof(struct later_screen) <= FRAME_SIZE, "a screen has a frame");
_Static_assert(CONSOLE_CELLS * sizeof(uint16_t) <= FRAME_SIZE, "and its cells have one");

struct terminal screen_terminal;
static struct screen first_screen;
static struct screen *screens[SCREENS_MAX] = {&first_screen};
static struct screen *volatile shown = &first_screen;
static unsigned shown_index;

static bool (*start_shell)(struct terminal *terminal);

/* --- Painting --------------------------------------------------------------------------------- */

static struct software_timer painter;

/* Up to `most` pieces from `first` on, in one row. */
static void paint_pieces(struct console *console, unsigned first, unsigned most)
{
    uint16_t buffer[VGA_COLUMNS];
    unsigned row = first / CONSOLE_PIECES_PER_ROW;
    unsigned column = first % CONSOLE_PIECES_PER_ROW * CONSOLE_PIECE;
    unsigned left = (row + 1) * CONSOLE_PIECES_PER_ROW - first;
    unsigned count = most < left ? most : left;
    vga_write(row, column, console_view(console, row, buffer) + column, count * CONSOLE_PIECE);
    console_was_painted(console, first, count);
}

static void place_cursor(const struct console *console)
{
    unsigned row, column;
    bool is_seen = console_cursor(console, &row, &column);
    if (is_seen)
        vga_set_cursor(row, column);
    vga_show_cursor(is_seen);
}

/* Paints the next of what is to be painted; the cursor comes last. Returns whether there may be
 * more. */
static bool paint(unsigned most)
{
    uint64_t flags = interrupts_save();
    struct console *console = &shown->console;
    unsigned first = console_damage(console);
    bool is_damaged = first < CONSOLE_PIECES;
    if (is_damaged)
        paint_pieces(console, first, most);
    else
        place_cursor(console);
    interrupts_restore(flags);
    return is_damaged;
}

/* A shell is started where the thread that the tick has interrupted could create one. Returns
 * whether one still waits for that. */
static bool start_shells(void)
{
    bool is_waiting = false;
    for (unsigned i = 0; i < SCREENS_MAX; i++) {
        struct screen *screen = screens[i];
        if (screen == NULL || screen->shell != SHELL_WANTED)
            continue;
        is_waiting = preempt_is_disabled();
        if (!is_waiting)
            screen->shell = start_shell(screen->terminal) ? SHELL_STARTED : SHELL_NONE;
    }
    return is_waiting;
}

static void paint_some(void *unused)
{
    (void)unused;
    bool is_waiting = start_shells();
    if (paint(CONSOLE_PIECES_PER_ROW) || is_waiting)
        terminal_screen_paint();
}

/* Once at a time: ticks that one interrupt stands for would each paint a row in the same handler.
 */
void terminal_screen_paint(void)
{
    if (!software_timer_is_running(&painter))
        software_timer_start(&painter, 0, 0);
}

void terminal_screen_poll(void)
{
    if (console_damage(&shown->console) < CONSOLE_PIECES)
        terminal_screen_paint();
}

const uint16_t *terminal_screen_row(unsigned row, uint16_t *buffer)
{
    return console_view(&shown->console, row, buffer);
}

/* --- Scrolling -------------------------------------------------------------------------------- */

bool terminal_screen_scroll(int rows)
{
    return console_scroll(&shown->console, rows);
}

bool terminal_screen_scroll_to_end(void)
{
    return terminal_screen_scroll(-(int)terminal_screen_back());
}

bool terminal_screen_leave_view(void)
{
    return console_leave_other_screen(&shown->console);
}

unsigned terminal_screen_back(void)
{
    return shown->console.back;
}

size_t terminal_screen_scrollback_size(void)
{
    size_t pages = 0;
    for (unsigned i = 0; i < SCREENS_MAX; i++)
        pages += screens[i] != NULL ? screens[i]->console.scrollback.pages : 0;
    return pages * SCROLLBACK_PAGE_SIZE;
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* Threads are killed between two bytes: a screen that was being cleared is cleared by the next. */
static void finish_clearing(struct console *console)
{
    bool is_more;
    do {
        uint64_t flags = interrupts_save();
        is_more = console_go_on(console);
        interrupts_restore(flags);
    } while (is_more);
}

static size_t write(struct terminal *terminal, const char *text, size_t length)
{
    struct screen *screen = terminal->device;
    finish_clearing(&screen->console);
    for (size_t i = 0; i < length; i++) {
        uint64_t flags = interrupts_save();
        bool is_clearing = console_feed(&screen->console, (uint8_t)text[i]);
        interrupts_restore(flags);
        if (is_clearing)
            finish_clearing(&screen->console);
    }
    while (screen == shown && paint(1))
        ;
    return length;
}

static void write_polled(struct terminal *terminal, const char *text, size_t length)
{
    write(terminal, text, length);
}

static const struct terminal_operations operations = {
    .write = write,
    .write_polled = write_polled,
};

/* --- Consoles that come to be ----------------------------------------------------------------- */

static void *allocate_page(void)
{
    if (frames_available() <= frames_total() / RESERVE_DIVISOR)
        return NULL;
    uint64_t frame = frame_allocate();
    return frame != FRAME_NONE ? physical_to_virtual(frame) : NULL;
}

static void free_page(void *page)
{
    uint64_t frame = virtual_to_physical(page);
    frames_free(&frame, 1);
}

static const struct scrollback_source page_source = {allocate_page, free_page};

static const struct names {
    const char *terminal, *lock;
} names[SCREENS_MAX] = {
    {"vga", "screen"}, {"vga2", "screen2"}, {"vga3", "screen3"}, {"vga4", "screen4"}};

static void init(struct screen *screen, struct terminal *terminal, const struct names *names_of_it,
                 uint16_t *main_cells, uint16_t *other_cells)
{
    screen->terminal = terminal;
    terminal->name = names_of_it->terminal;
    terminal->rescue_key = "F12";
    terminal->size = TERMINAL_SIZE(VGA_COLUMNS, CONSOLE_ROWS);
    terminal->size_source = TERMINAL_SIZE_FIXED;
    terminal->has_status_bar = true;
    terminal->operations = &operations;
    terminal->device = screen;
    mutex_init(&terminal->output, names_of_it->lock);
    terminal_init(terminal, screen->input_bytes, sizeof(screen->input_bytes));
    console_init(&screen->console, main_cells, other_cells, &page_source);
}

/* Returns whether there was memory for it. */
static bool make(unsigned index)
{
    uint64_t frames[3];
    if (!frames_allocate(frames, sizeof(frames) / sizeof(frames[0])))
        return false;
    struct later_screen *later = physical_to_virtual(frames[0]);
    memset(later, 0, sizeof(*later));
    init(&later->screen, &later->terminal, &names[index], physical_to_virtual(frames[1]),
         physical_to_virtual(frames[2]));
    screens[index] = &later->screen;
    return true;
}

void terminal_screen_init(void)
{
    static uint16_t cells[2][CONSOLE_CELLS];
    software_timer_init(&painter, paint_some, NULL);
    init(&first_screen, &screen_terminal, &names[0], cells[0], cells[1]);
    first_screen.shell = SHELL_STARTED; /* by the boot */
    while (paint(CONSOLE_PIECES_PER_ROW))
        ;
}

void terminal_screen_set_starter(bool (*starter)(struct terminal *terminal))
{
    start_shell = starter;
}

void terminal_screen_show(unsigned index)
{
    if (index != 0 && start_shell == NULL)
        return;
    if (screens[index] == NULL && !make(index)) {
        log_warning("%s: %s for another console", names[index].terminal,
                    error_text(-ERROR_NO_MEMORY));
        return;
    }
    struct screen *screen = screens[index];
    if (screen->shell == SHELL_NONE)
        screen->shell = SHELL_WANTED;
    shown = screen;
    shown_index = index;
    console_damage_all(&screen->console);
    terminal_screen_paint();
}

struct terminal *terminal_screen_shown(void)
{
    return shown->terminal;
}

unsigned terminal_screen_shown_index(void)
{
    return shown_index;
}
