/*
 * The room shell/terminal/ is the terminals, the consoles on the screen with its keyboard and COM1;
 * their keys, in both directions; and notices.
 *
 * Entered by: the rooms of shell/ above it, EXTRA= code and kernel/start/, by its doors
 * shell/terminal*.h, and by announcement.h, key_decoder.h, keys.h and notices.h.
 * Invariant: bytes reach their reader in the order in which they were typed, and the text of one
 * call is not torn.
 *
 * A terminal: where bytes come in from a person and text goes out to one. A byte is a character of
 * Latin-1, whatever the two kinds of terminal make of it outside. Input arrives in
 * interrupt context and waits in a ring; output goes through one buffer, so that the text of one
 * call stays together. What the two kinds differ in stands behind struct terminal_operations.
 */
#ifndef AETHEL_SHELL_TERMINAL_H
#define AETHEL_SHELL_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/ring.h"
#include "sched/sync/mutex.h"
#include "sched/wait_queue.h"
#include "shell/terminal_size.h"

#define TERMINAL_INTERRUPT   0x03 /* Ctrl-C: ends what a command waits for */
#define TERMINAL_GO_ON       0x11 /* Ctrl-Q */
#define TERMINAL_SEARCH      0x12 /* Ctrl-R */
#define TERMINAL_STOP        0x13 /* Ctrl-S: output waits until Ctrl-Q or Ctrl-C */
#define TERMINAL_BUFFER_SIZE 128u

struct terminal_operations {
    /*
     * Takes up to `length` bytes and returns how many; when it is fewer,
     * terminal_output_ready() is called once there is room again. Never blocks.
     */
    size_t (*write)(struct terminal *terminal, const char *text, size_t length);
    /* Writes all of it now, without waiting for interrupts or locks: for boot and panic. */
    void (*write_polled)(struct terminal *terminal, const char *text, size_t length);
    /* There is room for input again after terminal_input() has refused a byte. May be NULL. */
    void (*resume_input)(void);
    /* The terminal is asked for its size now. NULL where that is fixed. */
    void (*expect_size)(void);
    /* What write() has taken is to wait, or not any more. May be NULL. Any context. */
    void (*hold_output)(bool is_held);
};

/* What ends all that a view has switched on (shell/views/full_screen.h). */
#define TERMINAL_WAY_OUT "\033[m\033[?1006l\033[?1000l\033[?25h\033[?1049l"

/* For a terminal's first size. */
#define TERMINAL_SIZE(columns, rows) ((uint32_t)(columns) << 16 | (uint32_t)(rows))

struct terminal {
    const char *name;
    const char *rescue_key;       /* what to press to switch preemption, as a person calls it */
    volatile uint32_t size;       /* TERMINAL_SIZE(): see terminal_size() */
    volatile uint8_t size_source; /* an enum terminal_size_source */
    bool has_status_bar;          /* which tells that a shell waits */
    bool is_utf8;                 /* characters beyond ASCII go out in two bytes */
    const struct terminal_operations *operations;
    void *device;        /* the operations' own */
    struct mutex output; /* whose holder writes */

    struct ring input;
    struct wait_queue readers;
    volatile bool is_notified;     /* terminal_read() is to return without a byte */
    volatile bool is_input_held;   /* a byte was refused: resume_input() is owed */
    volatile bool runs_command;    /* Ctrl-C is not input, but interrupts */
    volatile bool is_interrupted;  /* it has come */
    struct wait_queue interrupted; /* who sleeps until then */
    volatile bool may_search;      /* Ctrl-S may go on with a search: its reader decides */

    volatile bool has_view; /* shows its other screen (shell/views/full_screen.h) */
    volatile bool is_output_ready;
    volatile bool is_stopped; /* Ctrl-S has come: whoever writes waits */
    bool is_mirror;           /* another one's text goes there: Ctrl-S does nothing */
    /* See shell/terminal/announcement.h. */
    volatile bool is_announced;  /* something goes out: whoever writes waits */
    volatile bool was_announced; /* and nobody has asked since */
    volatile bool is_sending;    /* operations->write() runs for a thread */
    volatile char last_sent;     /* the last character that it has taken */
    struct wait_queue output_space;
    struct terminal *mirror; /* what is written goes there, too; or NULL */
    char last_character;     /* written: \n becomes \r\n unless the \r is there already */
    char buffer[TERMINAL_BUFFER_SIZE];
    unsigned buffered;
};

/*
 * Prepares everything but the members from `name` to `output`, which the caller has set.
 * `size`, of the ring at `input_bytes`, is a power of two. Boot only.
 */
void terminal_init(struct terminal *terminal, uint8_t *input_bytes, uint32_t size);

/*
 * Returns the next byte of input, or -ERROR_TIMED_OUT if none has come within `timeout_ms` (0: only
 * looks; WAIT_FOREVER), or -ERROR_AGAIN if there is none and it is not to wait: with timeout 0, and
 * once after terminal_notify() or Ctrl-C. Blocks. One thread reads from a terminal.
 */
int terminal_read(struct terminal *terminal, int timeout_ms);

/* Makes terminal_read() return, now if a thread waits in it, else the next time that it would wait.
 * Any context. */
void terminal_notify(struct terminal *terminal);

/* How many bytes wait to be read. Any context. */
uint32_t terminal_input_waiting(const struct terminal *terminal);

/*
 * Writes text; \n begins a new line. Blocks while the line is slower than the writer, another
 * thread writes, or somebody has stopped the output (Ctrl-S) and not let it go on (Ctrl-Q, Ctrl-C).
 * A thread that is killed while it writes leaves a line cut short. Threads only.
 */
void terminal_write(struct terminal *terminal, const char *text, size_t length);
void terminal_printf(struct terminal *terminal, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));
void terminal_vprintf(struct terminal *terminal, const char *format, va_list arguments)
    __attribute__((format(__printf__, 2, 0)));

/* From now on what is written to `terminal` goes to `mirror`, too; or, if that is NULL, not any
 * more. Nobody stops the output of a mirror: others would have to wait. Threads only. */
void terminal_set_mirror(struct terminal *terminal, struct terminal *mirror);

/* Writes the lines of `text`, broken at blanks where the terminal is too narrow for them (see
 * kernel/lib/wrap.h). */
void terminal_print_wrapped(struct terminal *terminal, const char *text);

/*
 * Whether text for it may have colours: on the screen, and where somebody has answered what is
 * asked of a terminal; there is nobody who reads by program, and no other one gets it, too, who
 * may. Any context.
 */
bool terminal_has_colors(const struct terminal *terminal);

/* terminal_write() without blocking and without the lock: for boot messages and panics. */
void terminal_write_polled(struct terminal *terminal, const char *text, size_t length);

/*
 * A command begins or ends. In between, Ctrl-C is not put into the ring: it throws away what was
 * typed ahead and is told by terminal_is_interrupted(). One that was typed ahead itself, behind the
 * command's line, does the same at the beginning. For the reading thread.
 */
void terminal_begin_command(struct terminal *terminal);
void terminal_end_command(struct terminal *terminal);

/*
 * Who reads has a search open that Ctrl-S goes on with, or not. Before that is known Ctrl-R tells
 * that one may be: then Ctrl-S is input, if no command runs, and Ctrl-Q, which must not overtake
 * it. A reader that has no use for Ctrl-S calls terminal_stop_output(). For the reading thread.
 */
void terminal_set_searching(struct terminal *terminal, bool is_searching);

/* Does what Ctrl-S does, unless what lets the output go on waits to be read already. For the
 * reading thread. */
void terminal_stop_output(struct terminal *terminal);

/* Whether Ctrl-C waits to be read. For the reading thread. */
bool terminal_has_interrupt(const struct terminal *terminal);

/* Whether Ctrl-C has come since the command began. Any context. */
bool terminal_is_interrupted(const struct terminal *terminal);

/* Sleeps for `milliseconds`, or until Ctrl-C. Returns whether it has slept to the end. Blocks. */
bool terminal_sleep_ms(struct terminal *terminal, int milliseconds);

/*
 * A byte has come in. Returns false when there is no room for it; resume_input() is called once
 * there is. Any context with interrupts off.
 */
bool terminal_input(struct terminal *terminal, uint8_t byte);

/*
 * Whether nobody reads because output is stopped, or a command runs that waits for something else
 * than this terminal's output to drain. Interrupts off.
 */
bool terminal_is_unread(const struct terminal *terminal);

/* There is room for output again. Any context with interrupts off. */
void terminal_output_ready(struct terminal *terminal);

#endif
