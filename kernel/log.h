/*
 * The room kernel/ is what every part of the kernel leans on: the log, panics and backtraces, the
 * records of locks, what the loader handed over, the command line.
 *
 * Entered by: all rooms but kernel/lib/.
 * Invariant: what stands here works in any context, before there is memory, and when something is
 * broken. What it needs from above it is handed as a function.
 *
 * The kernel log: a ring of timestamped lines in memory, and, while the machine boots, a copy
 * of each on the consoles that kernel/start/ names.
 */
#ifndef AETHEL_KERNEL_LOG_H
#define AETHEL_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_ERROR,
    LOG_WARNING,
    LOG_NOTICE, /* nothing is wrong, but whoever sits at the machine wants to know at once */
    LOG_INFO,
};

#define LOG_MESSAGE_SIZE 120u /* longest message, with its terminator; longer ones are cut */

struct log_entry {
    uint64_t tsc; /* when it was written, in time stamp counter cycles */
    uint64_t sequence;
    enum log_level level;
    char message[LOG_MESSAGE_SIZE];
};

/*
 * Writes one line (without a newline) to the log. Any context, also interrupt handlers: the
 * text is formatted on the caller's stack and copied under a short lock.
 */
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)

/*
 * Every line is also handed to `console`, newline included, until NULL is set. It must write
 * without blocking. kernel/start/ sets it for the time of the boot.
 */
void log_set_console(void (*console)(const char *text, size_t length));

/* Entries that are less important than `level` do not come to the console, nor to who shows new
 * entries to people; they stay in the ring. LOG_INFO if never set. Boot only. */
void log_set_console_level(enum log_level level);
enum log_level log_console_level(void);

/*
 * From now on `listener` is told of each entry that has been written, by whoever wrote it: any
 * context, so it may wake threads, but neither block nor write to the log. kernel/start/ sets it.
 */
void log_set_listener(void (*listener)(enum log_level level));

/* The sequence that the next entry will have. Any context. */
uint64_t log_end(void);

/*
 * Copies the oldest entry that is still in the ring and whose sequence is at least `sequence`.
 * Returns false when there is none. Any thread.
 */
bool log_get(uint64_t sequence, struct log_entry *entry);

/* What the two above tell, without the log's lock, which may never be given back: for panics. An
 * entry that was just being written may be told in part. */
uint64_t log_end_unlocked(void);
bool log_get_unlocked(uint64_t sequence, struct log_entry *entry);

#endif
