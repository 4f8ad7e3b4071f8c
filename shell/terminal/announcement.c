/* One announcement at a time, in pieces. */
#include "shell/terminal/announcement.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/lib/format.h"
#include "sched/software_timer.h"

#define BYTES_A_TICK 8u

#define ERASE_TO_END "\033[K"

static struct {
    struct software_timer timer;
    struct terminal *terminal; /* NULL: there is none */
    char text[ANNOUNCEMENT_SIZE + sizeof("\r\n" ERASE_TO_END "\r\n")];
    size_t length, sent;
} announcement;

static void finish(void)
{
    struct terminal *terminal = announcement.terminal;
    software_timer_stop(&announcement.timer);
    announcement.terminal = NULL;
    terminal->was_announced = true;
    terminal->is_announced = false;
    wait_queue_wake_one(&terminal->output_space, 0);
}

static void send_some(void *unused)
{
    (void)unused;
    size_t left = announcement.length - announcement.sent;
    announcement.sent += announcement.terminal->operations->write(
        announcement.terminal, announcement.text + announcement.sent,
        left < BYTES_A_TICK ? left : BYTES_A_TICK);
    if (announcement.sent == announcement.length)
        finish();
}

/* Between two texts, or two lines of one. */
static bool is_between_lines(const struct terminal *terminal)
{
    return !terminal->is_sending &&
           (mutex_holder(&terminal->output) == 0 || terminal->last_sent == '\n');
}

bool terminal_announce(struct terminal *terminal, const char *text)
{
    if (announcement.terminal != NULL || terminal->is_stopped || !is_between_lines(terminal))
        return false;
    announcement.terminal = terminal;
    announcement.sent = 0;
    announcement.length =
        format_string(announcement.text, sizeof(announcement.text), "%s%.*s" ERASE_TO_END "\r\n",
                      terminal->last_sent == '\n' ? "" : "\r\n", (int)ANNOUNCEMENT_SIZE - 1, text);
    terminal->is_announced = true;
    software_timer_init(&announcement.timer, send_some, NULL);
    software_timer_start(&announcement.timer, 0, 1);
    return true;
}

bool terminal_was_announced(struct terminal *terminal)
{
    uint64_t flags = interrupts_save();
    bool was_announced = terminal->was_announced;
    terminal->was_announced = false;
    interrupts_restore(flags);
    return was_announced;
}
