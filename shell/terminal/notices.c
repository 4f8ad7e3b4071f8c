/* Showing what is new in the log. */
#include "shell/terminal/notices.h"

#include "kernel/lib/format.h"

#define PREFIX_SIZE sizeof("warning: ")

#define LINES_MAX 16u /* of one flood: a person could not read more, and COM1 takes a while */

const char *notice_prefix(enum log_level level)
{
    static const char *const prefixes[] = {
        [LOG_ERROR] = "error: ",
        [LOG_WARNING] = "warning: ",
        [LOG_NOTICE] = "notice: ",
        [LOG_INFO] = "",
    };
    return prefixes[level];
}

/* Copies the first notice from *seen on, and moves *seen to it. */
static bool find(uint64_t *seen, struct log_entry *entry)
{
    while (log_get(*seen, entry)) {
        *seen = entry->sequence;
        if (entry->level <= LOG_NOTICE && entry->level <= log_console_level())
            return true;
        *seen = entry->sequence + 1;
    }
    return false;
}

bool notices_have_come(uint64_t *seen)
{
    struct log_entry entry;
    return find(seen, &entry);
}

/* It may be longer than a row. */
static void print(struct terminal *terminal, const struct log_entry *entry)
{
    char text[LOG_MESSAGE_SIZE + PREFIX_SIZE];
    format_string(text, sizeof(text), "%s%s", notice_prefix(entry->level), entry->message);
    terminal_print_wrapped(terminal, text);
}

void notices_print(struct terminal *terminal, uint64_t *seen)
{
    struct log_entry entry;
    unsigned count = 0;
    for (; find(seen, &entry); *seen = entry.sequence + 1) {
        if (count++ < LINES_MAX)
            print(terminal, &entry);
    }
    if (count > LINES_MAX)
        terminal_printf(terminal, "and %u more: see 'log'\n", count - LINES_MAX);
}
