/*
 * The room shell/views/ is what fills a screen: the status bar, `top`, `gantt`, and what they are
 * made of: rows, samples, recordings, timelines.
 *
 * Entered by: commands and mixes; kernel/start/ for the status bar.
 * Invariant: a view shows a copy of what it has asked for: it holds no lock while it writes.
 *
 * A command that takes the whole terminal, redraws its rows in place, and answers keys:
 *
 *     struct full_screen *screen = full_screen_begin(terminal, &view);
 *     if (screen == NULL)
 *         return command_error(...);
 *     do {
 *         full_screen_row(screen, 0, "%c%s%c ...", STYLE_BOLD | STYLE_PLAIN, name, STYLE_PLAIN);
 *         ... all other rows that should not be empty, each time ...
 *         key = full_screen_obey(screen, full_screen_key(screen, next_tick));
 *         ... act on it; TERMINAL_KEY_NONE: the time has come ...
 *     } while (!full_screen_is_quit(key));
 *     full_screen_end(screen);
 *
 * All functions are for the shell's thread; they block while the terminal is slower.
 */
#ifndef AETHEL_SHELL_VIEWS_FULL_SCREEN_H
#define AETHEL_SHELL_VIEWS_FULL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sched/thread.h"
#include "shell/terminal.h"
#include "shell/terminal/key_decoder.h"
#include "shell/views/row_display.h"

#define FULL_SCREEN_COLUMNS_MAX ROW_DISPLAY_COLUMNS_MAX

#define FULL_SCREEN_FOREVER UINT64_MAX /* as a tick */

/* What a view's help says of the keys that all views have. */
#define FULL_SCREEN_KEYS_HELP                                                          \
    "h, ? help   q, Esc, Ctrl-C quit   space pause   up, down, wheel on COM1 scroll\n" \
    "/ find a name   n, N next, previous   & only names with a word; nothing: all\n"   \
    "What keys have set, this terminal remembers; arguments hold once.\n"

#define FULL_SCREEN_WORD_SIZE THREAD_NAME_SIZE

/* What somebody has typed into a view, and may be remembered for the next time. */
struct full_screen_words {
    char search[FULL_SCREEN_WORD_SIZE]; /* what has it in its name is a hit; empty: nothing */
    char filter[FULL_SCREEN_WORD_SIZE]; /* what has it not is left out */
};

/* A view: a list of threads, of which as many are seen as fit. */
struct full_screen_view {
    const char *help;
    struct full_screen_words *words;
    /* The tid of thread number `place` in the list; stores its name. */
    int (*thread)(void *context, unsigned place, char name[THREAD_NAME_SIZE]);
    void *context;
};

struct full_screen {
    struct terminal *terminal;
    const struct full_screen_view *view;
    unsigned first;          /* place in the list of the thread at the top */
    unsigned fitting, count; /* how many fit, and there are */
    int hit_tid;             /* the thread that was found last, or -1 */
    struct key_decoder decoder;
    struct row_display display;
    uint64_t next_question; /* tick at which the terminal is asked again how large it is */
    bool is_said;           /* something, in the last row: until a key comes */
};

/*
 * Takes the terminal's other screen, where it has one, clears it, hides the cursor, and wants to be
 * told of the mouse. `view` stays where it is. Returns NULL when there is no memory; then nothing
 * has been done.
 */
struct full_screen *full_screen_begin(struct terminal *terminal,
                                      const struct full_screen_view *view);

/* The terminal shows what it did before. One that has no other screen keeps the rows as they are,
 * and the cursor is at the start of the last one, which is empty then. */
void full_screen_end(struct full_screen *screen);

/* What `terminal` has to be sent to show what it did before, for whoever takes it from a thread
 * that will not run any more: nothing, if it has no view. Any context. */
const char *full_screen_way_out(const struct terminal *terminal);

/* Goes back there, if it turns out that the thread does run on: all is drawn anew. Any context. */
const char *full_screen_way_in(struct terminal *terminal);

/* How large it is: that may be otherwise after each full_screen_key(). The last row is
 * full_screen_ask()'s, too. */
unsigned full_screen_columns(const struct full_screen *screen);
unsigned full_screen_last_row(const struct full_screen *screen);

/*
 * Writes row number `row`, from 0: the text, cut to the terminal's columns, and nothing behind it.
 * Characters below 0x20 set the style: see shell/views/row_display.h. Only what differs from the
 * row as it is shown goes to the terminal.
 */
void full_screen_row(struct full_screen *screen, unsigned row, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

/* Writes a line with such styles, and \n, where the cursor of a terminal is that nobody has taken.
 * The styles are left out where it has no colours: see terminal_has_colors(). */
void full_screen_print(struct terminal *terminal, const char *line);

/* Says something in the last row: until a key comes, nothing else is written there. */
void full_screen_say(struct full_screen *screen, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/*
 * Waits for a key until tick `until` (sched/clock.h); one that has passed: only looks. Returns it:
 * a character, a control character, or a TERMINAL_KEY_...; TERMINAL_KEY_NONE when there was none in
 * time, or when all rows are to be written anew because the terminal has another size;
 * TERMINAL_INTERRUPT after Ctrl-C, at once and from then on. Ctrl-L has cleared the terminal
 * already, for all rows to be written anew.
 */
int full_screen_key(struct full_screen *screen, uint64_t until);

/* Whether the key is one that ends every such command: q, ESC or Ctrl-C. */
bool full_screen_is_quit(int key);

/* So many threads fit, of so many in the list. Returns the place of the one at the top. There are
 * no empty rows before the list's end is seen. */
unsigned full_screen_list(struct full_screen *screen, unsigned fitting, unsigned count);

/* How a thread's name looks: an enum text_style. */
int full_screen_name_style(const struct full_screen *screen, int tid, const char *name);

/*
 * Does what `key` means in all views: shows the help (h, ?), asks for words (/, &), finds names (n,
 * N), scrolls the list (arrows up and down, the wheel, PgUp, PgDn, Home, End). Returns
 * TERMINAL_KEY_NONE then, else the key.
 */
int full_screen_obey(struct full_screen *screen, int key);

/*
 * Asks for a line of input in the last row, which is left empty. Stores it, terminated and cut,
 * in the `size` bytes at `answer`. Returns false when it was abandoned (ESC, Ctrl-C).
 */
bool full_screen_ask(struct full_screen *screen, const char *question, char *answer, size_t size);

/* Shows the lines of `text`, such as a command's help, a page for each key that is pressed. */
void full_screen_show(struct full_screen *screen, const char *text);

#endif
