/* The keys of a machine that has panicked, and the pages that they show. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/keyboard/keyboard.h"
#include "drivers/panic_screen.h"
#include "drivers/power.h"
#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/nmi.h"
#include "kernel/lib/ascii.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "shell/post_mortem/listings.h"
#include "shell/post_mortem/post_mortem.h"
#include "shell/terminal/key_decoder.h"
#include "shell/terminal/keys.h"
#include "shell/terminal_screen.h"

static const char keys_line[] =
    "l log  t threads  k locks  s switches  r registers  p panic  h help  b reboot";

static const char *const help_lines[] = {
    "Nothing runs any more, but what the kernel knows can still be looked at. These",
    "keys work on the keyboard and on COM1, and what they show is on both:",
    "",
    "  l       the log, the latest lines first",
    "  t       the threads: how urgent, for how long they ran, what they wait for",
    "  k       the locks that have a name, and who holds them",
    "  s       the latest switches between threads, if they were recorded (trace)",
    "  r       the registers, as they were",
    "  p       the panic once more",
    "  space   the next page of what is shown",
    "  b       starts the machine again; so does Ctrl-Alt-Del",
    "  Shift-PgUp, Shift-PgDn",
    "          back through what the screen has shown, and forth again up to here",
};

#define HELP_LINES (sizeof(help_lines) / sizeof(help_lines[0]))

static const struct listing *const listings[] = {&log_listing, &thread_listing, &lock_listing,
                                                 &switch_listing};

#define LISTINGS (sizeof(listings) / sizeof(listings[0]))

#define FAULTS_MAX 100u

/* Rows of a page that are no lines of its listing: its title, and what comes next. */
#define ROWS_AROUND 2u

static struct key_decoder serial_keys;

/* What is shown, if it has more pages, and the first line of the next one. */
static const struct listing *shown;
static char kept_line[LISTING_LINE_SIZE];

static void start_page(void)
{
    panic_screen_clear();
    panic_print("\n");
    panic_screen_clear(); /* the empty line parts pages on COM1 only */
}

static unsigned rows_of(const char *line)
{
    size_t length = strlen(line);
    return length == 0 ? 1 : (unsigned)((length - 1) / PANIC_SCREEN_COLUMNS) + 1;
}

/* --- Listings --------------------------------------------------------------------------------- */

static void print_page(void *unused)
{
    (void)unused;
    const struct listing *listing = shown;
    unsigned rows = PANIC_SCREEN_ROWS - ROWS_AROUND;
    shown = NULL; /* one that faults has no more pages */
    panic_print("%s\n", listing->title);
    bool is_more = kept_line[0] != '\0' || listing->next(kept_line);
    while (is_more && rows_of(kept_line) <= rows) {
        panic_print("%s\n", kept_line);
        rows -= rows_of(kept_line);
        kept_line[0] = '\0';
        is_more = listing->next(kept_line);
    }
    panic_print(is_more ? "(space: more)\n" : "(that is all)\n");
    shown = is_more ? listing : NULL;
}

static bool begin_listing(char key)
{
    for (unsigned i = 0; i < LISTINGS; i++) {
        if (listings[i]->key == key) {
            shown = listings[i];
            kept_line[0] = '\0';
            shown->begin();
            return true;
        }
    }
    return false;
}

/* --- Starting again --------------------------------------------------------------------------- */

static void reset_by(void *method)
{
    power_reset_by(method);
}

/* Each way for itself: one may fault where firmware's tables are damaged. */
static _Noreturn void reboot(void)
{
    const char *method;
    panic_print("The machine starts again.\n");
    panic_screen_flush();
    for (unsigned i = 0; (method = power_reset_method(i)) != NULL; i++)
        panic_attempt(reset_by, (void *)method);
    cpu_stop();
}

/* --- What the screen had shown ---------------------------------------------------------------- */

#define SCREEN_ROWS (VGA_ROWS - 1)

static bool is_scrolled_back; /* from what was written last */

static void show_screen(void *unused)
{
    (void)unused;
    uint16_t buffer[VGA_COLUMNS];
    for (unsigned row = 0; row < SCREEN_ROWS; row++)
        panic_screen_show_row(row, terminal_screen_row(row, buffer));
}

static bool scroll_console(int rows)
{
    return terminal_screen_scroll(rows) || (rows > 0 && terminal_screen_leave_view());
}

/* What was written last comes behind the end of what the console had shown, as a page of its own.
 */
static void scroll(void *argument)
{
    int rows = *(const int *)argument;
    if (!is_scrolled_back && rows < 0)
        return;
    bool has_moved = is_scrolled_back && scroll_console(rows);
    if (!is_scrolled_back)
        terminal_screen_scroll_to_end();
    is_scrolled_back = has_moved || rows > 0;
    if (is_scrolled_back)
        show_screen(NULL);
    else
        panic_screen_show_written();
}

/* Returns whether that is what the key is for. */
static bool scroll_by(const struct key_event *event)
{
    int rows = terminal_keys_rows_to_scroll(event);
    if (rows != 0)
        panic_attempt(scroll, &rows);
    return rows != 0;
}

/* --- Keys ------------------------------------------------------------------------------------- */

static void print_registers(void *unused)
{
    (void)unused;
    panic_print_registers();
}

static void print_help(void)
{
    for (unsigned i = 0; i < HELP_LINES; i++)
        panic_print("%s\n", help_lines[i]);
}

/* Returns whether the key means anything. */
static bool show(char key)
{
    bool is_for_more = key == ' ' && shown != NULL;
    bool is_listing = is_for_more || begin_listing(key);
    if (!is_listing && (key == '\0' || strchr("rph?", key) == NULL))
        return false;
    is_scrolled_back = false;
    start_page();
    if (is_listing)
        panic_attempt(print_page, NULL);
    else if (key == 'r')
        panic_attempt(print_registers, NULL);
    else if (key == 'p')
        panic_print_report();
    else
        print_help();
    return true;
}

static char lower_case(int key)
{
    return (char)(key >= 'A' && key <= 'Z' ? key - 'A' + 'a' : key);
}

static void take_key(int key)
{
    char letter = key < CONTROL_DELETE ? lower_case(key) : '\0';
    if (letter == 'b')
        reboot();
    if (show(letter))
        panic_screen_show_keys(keys_line);
}

static void on_keyboard_key(const struct key_event *event)
{
    uint8_t both = KEY_MODIFIER_CTRL | KEY_MODIFIER_ALT;
    if (!event->pressed)
        return;
    if (event->key == KEY_DELETE && (event->modifiers & both) == both)
        reboot();
    if (!scroll_by(event))
        take_key(event->key == KEY_PAGE_DOWN ? ' ' : event->key);
}

/* --- What is done in turn, for ever ----------------------------------------------------------- */

static void feed_serial(void *unused)
{
    (void)unused;
    if (panic_screen_feed())
        panic_screen_show_keys(keys_line);
}

static void read_keyboard_keys(void *unused)
{
    (void)unused;
    keyboard_read_polled();
}

/* One at a time: while a key's listing is sent more of them may come, and the keyboard would never
 * have a turn. */
static void read_serial_key(void *unused)
{
    (void)unused;
    uint8_t byte;
    if (!serial_read_polled(&byte))
        return;
    int key = key_decoder_feed(&serial_keys, byte);
    take_key(key == TERMINAL_KEY_PAGE_DOWN ? ' ' : key);
}

static void tell_of_nmis(void *unused)
{
    (void)unused;
    char reason[NMI_TEXT_SIZE];
    if (!nmi_take_untold())
        return;
    nmi_describe(reason);
    panic_print("An NMI has come: %s\n", reason);
}

static struct step {
    void (*run)(void *unused);
    unsigned faults;
} steps[] = {{.run = feed_serial},
             {.run = read_keyboard_keys},
             {.run = read_serial_key},
             {.run = tell_of_nmis}};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

/* A step that always faults would say so without end, and leave the others no time. */
static void take(struct step *step)
{
    if (step->faults < FAULTS_MAX && !panic_attempt(step->run, NULL))
        step->faults++;
}

static void begin(void *unused)
{
    (void)unused;
    key_decoder_init(&serial_keys);
    panic_print("The machine has stopped. It still answers to the keys below, here and on COM1.\n");
    panic_screen_show_keys(keys_line);
    keyboard_take_over(on_keyboard_key);
}

void post_mortem_listen(void)
{
    panic_attempt(begin, NULL);
    for (;;) {
        for (unsigned i = 0; i < STEPS; i++)
            take(&steps[i]);
        cpu_relax();
    }
}
