/* What all terminals have in common: the input ring, the output buffer, and who waits for them. */
#include "shell/terminal.h"

#include "kernel/cpu/cpu.h"
#include "kernel/lib/ascii.h"
#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/wrap.h"
#include "sched/thread.h"

void terminal_init(struct terminal *terminal, uint8_t *input_bytes, uint32_t size)
{
    ring_init(&terminal->input, input_bytes, size);
    terminal->readers = (struct wait_queue)WAIT_QUEUE_OF(WAIT_FOR_INPUT, NULL);
    terminal->interrupted = (struct wait_queue)WAIT_QUEUE_OF(WAIT_FOR_INPUT, NULL);
    terminal->output_space = (struct wait_queue)WAIT_QUEUE_OF(WAIT_FOR_OUTPUT, NULL);
}

bool terminal_has_interrupt(const struct terminal *terminal)
{
    return ring_has(&terminal->input, TERMINAL_INTERRUPT);
}

/* --- Input ----------------------------------------------------------------------------------- */

static void stop_output(struct terminal *terminal, bool is_stopped)
{
    if (terminal->is_mirror || terminal->is_stopped == is_stopped)
        return;
    terminal->is_stopped = is_stopped;
    if (terminal->operations->hold_output)
        terminal->operations->hold_output(is_stopped);
    if (!is_stopped)
        wait_queue_wake_one(&terminal->output_space, 0);
}

/* The thread that reads runs a command now: it touches the ring with interrupts off only. It may
 * sleep, or wait for input. */
static void interrupt_command(struct terminal *terminal)
{
    terminal->is_interrupted = true;
    ring_clear(&terminal->input);
    wait_queue_wake_one(&terminal->interrupted, 0);
    terminal_notify(terminal);
}

/* Ctrl-S for who searches, or is about to, and Ctrl-Q behind one. */
static bool is_for_search(const struct terminal *terminal, uint8_t byte)
{
    return terminal->may_search && !terminal->runs_command &&
           (byte == TERMINAL_STOP || (byte == TERMINAL_GO_ON && !terminal->is_stopped));
}

/* Whoever has stopped the output, and nobody else, can be heard while it stands: the thread that
 * reads may be the one that writes. Returns whether that was all that `byte` is for. */
static bool obey(struct terminal *terminal, uint8_t byte)
{
    bool is_flow = byte == TERMINAL_STOP || byte == TERMINAL_GO_ON;
    if (is_for_search(terminal, byte))
        return false;
    if (byte == TERMINAL_SEARCH && !terminal->runs_command)
        terminal->may_search = true;
    bool is_interrupt = byte == TERMINAL_INTERRUPT;
    if (is_flow || is_interrupt)
        stop_output(terminal, byte == TERMINAL_STOP);
    if (is_interrupt && terminal->runs_command) {
        interrupt_command(terminal);
        return true;
    }
    return is_flow;
}

/* The handler that calls this has several bytes, and keeps the tick waiting: only for the first of
 * them is there somebody to be woken. */
bool terminal_input(struct terminal *terminal, uint8_t byte)
{
    if (byte < FIRST_PRINTABLE && obey(terminal, byte))
        return true;
    if (!ring_put(&terminal->input, byte)) {
        terminal->is_input_held = true;
        return false;
    }
    if (!wait_queue_is_empty(&terminal->readers))
        wait_queue_wake_one(&terminal->readers, 0);
    return true;
}

void terminal_set_searching(struct terminal *terminal, bool is_searching)
{
    uint64_t flags = interrupts_save();
    terminal->may_search =
        is_searching || (terminal->may_search && ring_count(&terminal->input) > 0);
    interrupts_restore(flags);
}

void terminal_stop_output(struct terminal *terminal)
{
    uint64_t flags = interrupts_save();
    if (!ring_has(&terminal->input, TERMINAL_GO_ON) && !terminal_has_interrupt(terminal))
        stop_output(terminal, true);
    interrupts_restore(flags);
}

/* Only below half full, so that the other side is not stopped and started for every byte. */
static void resume_input_if_drained(struct terminal *terminal)
{
    if (!terminal->is_input_held || ring_count(&terminal->input) > terminal->input.size / 2)
        return;
    terminal->is_input_held = false;
    if (terminal->operations->resume_input)
        terminal->operations->resume_input();
}

/* Interrupts off. */
static int wait_for_input(struct terminal *terminal, int timeout_ms)
{
    if (!terminal->is_notified)
        return wait_queue_wait(&terminal->readers, timeout_ms);
    terminal->is_notified = false;
    return -ERROR_AGAIN;
}

int terminal_read(struct terminal *terminal, int timeout_ms)
{
    uint8_t byte;
    int result = 0;

    resume_input_if_drained(terminal);
    uint64_t flags = interrupts_save();
    while (result >= 0 && !ring_get(&terminal->input, &byte))
        result = wait_for_input(terminal, timeout_ms);
    interrupts_restore(flags);
    return result < 0 ? result : byte;
}

void terminal_notify(struct terminal *terminal)
{
    terminal->is_notified = true;
    wait_queue_wake_one(&terminal->readers, 0);
}

uint32_t terminal_input_waiting(const struct terminal *terminal)
{
    return ring_count(&terminal->input);
}

bool terminal_is_unread(const struct terminal *terminal)
{
    bool is_writing = !wait_queue_is_empty(&terminal->output_space);
    return terminal->is_stopped || (terminal->runs_command && !is_writing);
}

/* --- Commands that can be interrupted -------------------------------------------------------- */

void terminal_begin_command(struct terminal *terminal)
{
    uint64_t flags = interrupts_save();
    terminal->is_interrupted = ring_clear_through(&terminal->input, TERMINAL_INTERRUPT);
    terminal->runs_command = true;
    interrupts_restore(flags);
}

void terminal_end_command(struct terminal *terminal)
{
    terminal->runs_command = false;
}

bool terminal_is_interrupted(const struct terminal *terminal)
{
    return terminal->is_interrupted;
}

bool terminal_sleep_ms(struct terminal *terminal, int milliseconds)
{
    uint64_t flags = interrupts_save();
    if (!terminal->is_interrupted)
        wait_queue_wait(&terminal->interrupted, milliseconds);
    interrupts_restore(flags);
    return !terminal->is_interrupted;
}

/* --- Output ---------------------------------------------------------------------------------- */

void terminal_output_ready(struct terminal *terminal)
{
    terminal->is_output_ready = true;
    wait_queue_wake_one(&terminal->output_space, 0);
}

static void wait_for_output(struct terminal *terminal)
{
    uint64_t flags = interrupts_save();
    while (!terminal->is_output_ready)
        wait_queue_wait(&terminal->output_space, WAIT_FOREVER);
    interrupts_restore(flags);
}

/* Waits for as long as a person stops the output, or an announcement goes out. From here on none
 * begins while text is being taken, nor behind it if that was not the end of a line. */
static void begin_sending(struct terminal *terminal)
{
    uint64_t flags = interrupts_save();
    while (terminal->is_stopped || terminal->is_announced)
        wait_queue_wait(&terminal->output_space, WAIT_FOREVER);
    terminal->is_sending = true;
    interrupts_restore(flags);
}

static size_t send(struct terminal *terminal, const char *text, size_t length)
{
    begin_sending(terminal);
    terminal->is_output_ready = false;
    size_t taken = terminal->operations->write(terminal, text, length);
    if (taken > 0)
        terminal->last_sent = text[taken - 1];
    terminal->is_sending = false;
    return taken;
}

/*
 * Writing runs with interrupts on, so that room may come between the short write and the wait:
 * is_output_ready, which is cleared before the write, remembers it.
 */
static void flush(struct terminal *terminal)
{
    unsigned done = 0;
    while (done < terminal->buffered) {
        done += send(terminal, terminal->buffer + done, terminal->buffered - done);
        if (done < terminal->buffered)
            wait_for_output(terminal);
    }
    terminal->buffered = 0;
}

static void put(struct terminal *terminal, char character)
{
    if (terminal->buffered == TERMINAL_BUFFER_SIZE)
        flush(terminal);
    terminal->buffer[terminal->buffered++] = character;
    terminal->last_character = character;
}

/* As UTF-8 has the characters from 80h to FFh. */
static void put_two_bytes(struct terminal *terminal, uint8_t character)
{
    put(terminal, (char)(0xC0 | character >> 6));
    put(terminal, (char)(0x80 | (character & 0x3F)));
}

static void put_text(void *context, const char *text, size_t length)
{
    struct terminal *terminal = context;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' && terminal->last_character != '\r')
            put(terminal, '\r');
        if (terminal->is_utf8 && (uint8_t)text[i] > CONTROL_DELETE)
            put_two_bytes(terminal, (uint8_t)text[i]);
        else
            put(terminal, text[i]);
    }
}

/* Ends an escape sequence that was cut short, and what it may have switched on. */
#define RECOVERY "\x18\x1b[m\n"

/*
 * A writer that was killed has left text in the buffer, of which part is out already, and the
 * cursor anywhere: all that is known is that the next text needs a fresh line.
 */
static void lock_output(struct terminal *terminal)
{
    if (mutex_lock(&terminal->output, WAIT_FOREVER) != -ERROR_OWNER_DEAD)
        return;
    terminal->buffered = 0;
    terminal->last_character = '\0';
    put_text(terminal, RECOVERY, sizeof(RECOVERY) - 1);
}

static void unlock_output(struct terminal *terminal)
{
    flush(terminal);
    mutex_unlock(&terminal->output);
}

void terminal_set_mirror(struct terminal *terminal, struct terminal *mirror)
{
    uint64_t flags = interrupts_save();
    if (terminal->mirror != NULL)
        terminal->mirror->is_mirror = false;
    if (mirror != NULL) {
        stop_output(mirror, false);
        mirror->is_mirror = true;
    }
    terminal->mirror = mirror;
    interrupts_restore(flags);
}

void terminal_write(struct terminal *terminal, const char *text, size_t length)
{
    lock_output(terminal);
    put_text(terminal, text, length);
    unlock_output(terminal);
    struct terminal *mirror = terminal->mirror;
    if (mirror != NULL)
        terminal_write(mirror, text, length);
}

void terminal_vprintf(struct terminal *terminal, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    lock_output(terminal);
    format_to(put_text, terminal, format, again);
    unlock_output(terminal);
    va_end(again);
    struct terminal *mirror = terminal->mirror;
    if (mirror != NULL)
        terminal_vprintf(mirror, format, arguments);
}

void terminal_printf(struct terminal *terminal, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    terminal_vprintf(terminal, format, arguments);
    va_end(arguments);
}

void terminal_print_wrapped(struct terminal *terminal, const char *text)
{
    struct wrap wrap;
    struct wrapped_row row;
    wrap_init(&wrap, text, terminal_size(terminal).columns);
    while (wrap_next(&wrap, &row))
        terminal_printf(terminal, "%*s%.*s\n", (int)row.indent, "", (int)row.length, row.text);
}

bool terminal_has_colors(const struct terminal *terminal)
{
    for (; terminal != NULL; terminal = terminal->mirror)
        if (terminal->size_source != TERMINAL_SIZE_FIXED &&
            terminal->size_source != TERMINAL_SIZE_ANSWERED)
            return false;
    return true;
}

void terminal_write_polled(struct terminal *terminal, const char *text, size_t length)
{
    const struct terminal_operations *operations = terminal->operations;
    const char *end = text + length;
    while (text < end) {
        const char *newline = text;
        while (newline < end && *newline != '\n')
            newline++;
        if (newline > text)
            operations->write_polled(terminal, text, (size_t)(newline - text));
        if (newline < end)
            operations->write_polled(terminal, "\r\n", 2);
        text = newline + 1;
    }
}
