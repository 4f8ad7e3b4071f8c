/* locks: all locks that have a name in a table, and the deadlocks that there are. */
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/deadlock.h"
#include "sched/lock_information.h"
#include "shell/command.h"
#include "shell/views/thread_text.h"

#define NS_PER_US 1000u

#define HOLDER_SIZE   32u
#define LEFT_SIZE     64u
#define DEADLOCK_SIZE 560u /* for eight waits, with names of 15 characters in them */

/* HOLDER and WAITERS share their room: the longer of the two takes what the other leaves free. */
#define LEFT_FORMAT "%-9s %-8s %s"
#define WAITERS_END 36

/* How wide WAITERS is behind what stands to the left of it. */
static int waiters_width(const char *left)
{
    int width = WAITERS_END - (int)strlen(left) - 1;
    return width > 0 ? width : 0;
}

static void print_heads(struct terminal *terminal)
{
    char left[LEFT_SIZE];
    format_string(left, sizeof(left), LEFT_FORMAT, "NAME", "KIND", "HOLDER");
    terminal_printf(terminal, "%s %*s %8s %9s %11s %11s\n", left, waiters_width(left), "WAITERS",
                    "ACQUIRED", "CONTENDED", "MAX_HOLD_US", "MAX_WAIT_US");
}

static void describe_holder(const struct lock_information *lock, char text[HOLDER_SIZE])
{
    char name[THREAD_NAME_SIZE];
    thread_name_as_word(name, lock->holder_name);
    if (lock->holder > 0)
        format_string(text, HOLDER_SIZE, "%s(%d)", name, lock->holder);
    else if (lock->is_abandoned)
        string_copy(text, "abandoned", HOLDER_SIZE);
    else if (lock->readers > 0)
        format_string(text, HOLDER_SIZE, "%u reader%s", lock->readers,
                      lock->readers > 1 ? "s" : "");
    else
        string_copy(text, "-", HOLDER_SIZE);
}

static void print_lock(struct terminal *terminal, const struct lock_information *lock)
{
    char holder[HOLDER_SIZE];
    char left[LEFT_SIZE];
    describe_holder(lock, holder);
    format_string(left, sizeof(left), LEFT_FORMAT, lock->name, lock_kind_name(lock->kind), holder);
    terminal_printf(terminal, "%s %*u %8lu %9lu %11lu %11lu\n", left, waiters_width(left),
                    lock->waiters, lock->acquisitions, lock->contentions,
                    lock->longest_hold_ns / NS_PER_US, lock->longest_wait_ns / NS_PER_US);
}

/* Whether thread `tid` is the oldest in its cycle: there the cycle is told, and nowhere else. A
 * long cycle is looked through in parts, each of which is put into `part`. */
static bool is_oldest(int tid, struct deadlock *part)
{
    int from = tid;
    unsigned seen = 0;
    do {
        if (!deadlock_find(from, part))
            return false;
        for (unsigned i = 0; i < deadlock_steps(part); i++) {
            from = part->steps[i].tid;
            if (from < tid)
                return false;
        }
        seen += DEADLOCK_THREADS_MAX - 1; /* the last one is looked at again */
    } while (seen < part->threads);
    return true;
}

static void print_deadlock_of(struct terminal *terminal, int tid)
{
    struct deadlock deadlock;
    char text[DEADLOCK_SIZE];
    if (!is_oldest(tid, &deadlock) || !deadlock_find(tid, &deadlock))
        return;
    deadlock_describe(&deadlock, text, sizeof(text));
    terminal_printf(terminal, "deadlock: %s\n", text);
}

static void print_locks(struct terminal *terminal)
{
    struct lock_information lock;
    print_heads(terminal);
    for (unsigned i = 0; i < LOCKS_LISTED_MAX && !terminal_is_interrupted(terminal); i++) {
        if (lock_get_information(i, &lock) == 0)
            print_lock(terminal, &lock);
    }
}

static int run_locks(struct shell *shell, int count, char **words)
{
    struct terminal *terminal = shell->terminal;
    (void)count;
    (void)words;
    print_locks(terminal);
    for (int tid = thread_next(-1); tid >= 0 && !terminal_is_interrupted(terminal);
         tid = thread_next(tid))
        print_deadlock_of(terminal, tid);
    if (locks_left_out() > 0)
        terminal_printf(terminal, "left_out: %u\n", locks_left_out());
    return COMMAND_OK;
}

COMMAND(locks, .usage = "locks", .summary = "list the locks",
        .help = "HOLDER       the thread that holds it and its number, or how many read;\n"
                "             abandoned: it has ended with it, and whoever takes it next is told\n"
                "WAITERS      threads that wait for it now\n"
                "ACQUIRED, CONTENDED    how often it was taken, and somebody had to wait for it\n"
                "MAX_HOLD_US, MAX_WAIT_US  the longest that it was held, or waited for, in us,\n"
                "             counted when that is over\n"
                "Of spinlocks no holder is known. A line 'deadlock: ...' follows for each cycle\n"
                "of threads that wait for each other, and 'left_out: N' if there are more locks\n"
                "than the list has room for.\n",
        .group = COMMAND_GROUP_OBSERVING, .run = run_locks);
