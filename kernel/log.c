/* The kernel log: a ring of whole entries, the oldest overwritten first. */
#include "kernel/log.h"

#include <stdarg.h>

#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define LOG_ENTRIES 128u

static struct spinlock lock = SPINLOCK_IN_ORDER("log", SPINLOCK_LOG);
static struct log_entry entries[LOG_ENTRIES];
static uint64_t next_sequence;
static void (*console)(const char *text, size_t length);
static enum log_level console_level = LOG_INFO;
static void (*listener)(enum log_level level);

static void show(const struct log_entry *entry)
{
    if (console == NULL || entry->level > console_level)
        return;
    console(entry->message, strlen(entry->message));
    console("\n", 1);
}

void log_write(enum log_level level, const char *format, ...)
{
    struct log_entry entry = {.tsc = tsc_read(), .level = level};
    va_list arguments;
    va_start(arguments, format);
    format_arguments(entry.message, sizeof(entry.message), format, arguments);
    va_end(arguments);

    spin_lock(&lock);
    entry.sequence = next_sequence++;
    entries[entry.sequence % LOG_ENTRIES] = entry;
    spin_unlock(&lock);
    show(&entry);
    if (listener != NULL)
        listener(level);
}

void log_set_console(void (*new_console)(const char *text, size_t length))
{
    console = new_console;
}

void log_set_console_level(enum log_level level)
{
    console_level = level;
}

enum log_level log_console_level(void)
{
    return console_level;
}

void log_set_listener(void (*new_listener)(enum log_level level))
{
    listener = new_listener;
}

uint64_t log_end(void)
{
    spin_lock(&lock);
    uint64_t end = next_sequence;
    spin_unlock(&lock);
    return end;
}

uint64_t log_end_unlocked(void)
{
    return next_sequence;
}

bool log_get_unlocked(uint64_t sequence, struct log_entry *entry)
{
    if (next_sequence > LOG_ENTRIES && sequence < next_sequence - LOG_ENTRIES)
        sequence = next_sequence - LOG_ENTRIES;
    if (sequence >= next_sequence)
        return false;
    *entry = entries[sequence % LOG_ENTRIES];
    entry->message[LOG_MESSAGE_SIZE - 1] = '\0';
    return true;
}

bool log_get(uint64_t sequence, struct log_entry *entry)
{
    spin_lock(&lock);
    bool is_found = log_get_unlocked(sequence, entry);
    spin_unlock(&lock);
    return is_found;
}
