/* top: what the threads are doing, in a table that is redrawn in place. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "shell/command.h"
#include "shell/views/top_view.h"

#define INTERVAL_MS_DEFAULT 1000u
#define INTERVAL_MS_MIN     100u
#define INTERVAL_MS_MAX     60000u
#define FRAMES_MAX          1000000u

#define MS_PER_SECOND 1000u

struct top {
    struct top_view view;
    const struct command *command;
    unsigned interval_ms;
    uint64_t next_tick; /* when the next sample is due */
};

/* --- Keys ------------------------------------------------------------------------------------- */

static void tell(struct top *top, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

static void tell(struct top *top, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_arguments(top->view.message, sizeof(top->view.message), format, arguments);
    va_end(arguments);
}

/* Asks for a number up to `max`. Returns false after saying what is wrong, if anything is. */
static bool ask(struct top *top, const char *question, uint64_t max, uint64_t *number)
{
    char answer[16];
    if (!full_screen_ask(top->view.screen, question, answer, sizeof(answer)))
        return false;
    if (parse_unsigned(answer, max, number) == 0)
        return true;
    tell(top, "'%s' is not a number from 0 to %lu", answer, max);
    return false;
}

static void tell_result(struct top *top, const char *what, uint64_t tid, int error)
{
    tell(top, "%s %lu: %s", what, tid, error != 0 ? error_text(error) : "done");
}

static void kill_thread(struct top *top)
{
    uint64_t tid;
    if (ask(top, "Kill which thread?", INT32_MAX, &tid))
        tell_result(top, "Kill thread", tid, thread_kill((int)tid));
}

static void change_priority(struct top *top)
{
    uint64_t tid, priority;
    if (ask(top, "Change the priority of which thread?", INT32_MAX, &tid) &&
        ask(top, "To which priority, 0 to 63?", THREAD_PRIORITY_HIGHEST, &priority))
        tell_result(top, "Change the priority of thread", tid,
                    thread_set_priority((int)tid, (unsigned)priority));
}

/* The sample that is due comes sooner, or later. */
static void set_interval(struct top *top, unsigned milliseconds)
{
    if (milliseconds < INTERVAL_MS_MIN)
        milliseconds = INTERVAL_MS_MIN;
    if (milliseconds > INTERVAL_MS_MAX)
        milliseconds = INTERVAL_MS_MAX;
    top->next_tick += milliseconds;
    top->next_tick -= top->interval_ms;
    top->interval_ms = milliseconds;
    tell(top, "every %u.%03u s", milliseconds / MS_PER_SECOND, milliseconds % MS_PER_SECOND);
}

static void scroll(struct top_view *view, int rows)
{
    int first = (int)view->first + rows;
    view->first = first > 0 ? (unsigned)first : 0;
}

static void sort_by(struct top_view *view, unsigned column)
{
    view->order = column % TOP_COLUMNS;
    view->is_reversed = false;
}

/* The next column that is to be seen, so many to the right of the last. */
static void sort_by_next(struct top_view *view, unsigned step)
{
    do
        sort_by(view, view->order + step);
    while (!top_view_shows_column(view, view->order));
}

static void answer_letter(struct top *top, int key)
{
    struct top_view *view = &top->view;
    switch (key) {
    case 'r':
        view->is_reversed = !view->is_reversed;
        break;
    case ' ':
        view->is_paused = !view->is_paused;
        break;
    case '+':
        set_interval(top, top->interval_ms * 2);
        break;
    case '-':
        set_interval(top, top->interval_ms / 2);
        break;
    case 'k':
        kill_thread(top);
        break;
    case 'p':
        change_priority(top);
        break;
    case 'h':
    case '?':
        full_screen_show(view->screen, top->command->help);
        break;
    default:
        if (top_view_column(key) < TOP_COLUMNS)
            sort_by(view, top_view_column(key));
        break;
    }
}

static void answer_key(struct top *top, int key)
{
    struct top_view *view = &top->view;
    if (key == TERMINAL_KEY_NONE)
        return;
    view->message[0] = '\0';
    switch (key) {
    case TERMINAL_KEY_LEFT:
        sort_by_next(view, TOP_COLUMNS - 1);
        break;
    case TERMINAL_KEY_RIGHT:
        sort_by_next(view, 1);
        break;
    case TERMINAL_KEY_UP:
        scroll(view, -1);
        break;
    case TERMINAL_KEY_DOWN:
        scroll(view, 1);
        break;
    case TERMINAL_KEY_PAGE_UP:
        scroll(view, -(int)top_view_thread_rows(view));
        break;
    case TERMINAL_KEY_PAGE_DOWN:
        scroll(view, (int)top_view_thread_rows(view));
        break;
    case TERMINAL_KEY_HOME:
        view->first = 0;
        break;
    case TERMINAL_KEY_END:
        view->first = view->sample->count;
        break;
    default:
        answer_letter(top, key);
        break;
    }
}

/* --- The command: its parts return its status, COMMAND_FAILED for lack of memory -------------- */

/* The last sample stays where there is no memory for another one. */
static int take_sample(struct top_view *view)
{
    struct thread_sample *sample = thread_sample_take(view->sample);
    if (sample == NULL)
        return COMMAND_FAILED;
    kfree(view->sample);
    view->sample = sample;
    return COMMAND_OK;
}

/* Takes the sample that is due, if one is. */
static int update(struct top *top)
{
    uint64_t now = clock_ticks();
    if (top->view.is_paused || now < top->next_tick)
        return COMMAND_OK;
    top->next_tick += top->interval_ms;
    if (top->next_tick <= now)
        top->next_tick = now + top->interval_ms;
    return take_sample(&top->view);
}

static int watch(struct top *top)
{
    struct top_view *view = &top->view;
    int key = TERMINAL_KEY_NONE;
    int status = COMMAND_OK;
    view->screen = full_screen_begin(view->terminal);
    if (view->screen == NULL)
        return COMMAND_FAILED;
    while (!full_screen_is_quit(key) && (status = update(top)) == COMMAND_OK) {
        top_view_draw(view);
        key = full_screen_key(view->screen, view->is_paused ? FULL_SCREEN_FOREVER : top->next_tick);
        answer_key(top, key);
    }
    full_screen_end(view->screen);
    return key == TERMINAL_INTERRUPT ? COMMAND_INTERRUPTED : status;
}

static int print(struct top *top, uint64_t frames)
{
    struct top_view *view = &top->view;
    int status = take_sample(view);
    while (frames-- > 0 && status == COMMAND_OK) {
        if (!terminal_sleep_ms(view->terminal, (int)top->interval_ms))
            return COMMAND_INTERRUPTED;
        status = take_sample(view);
        if (status == COMMAND_OK)
            top_view_draw(view);
        if (frames > 0)
            terminal_printf(view->terminal, "\n");
    }
    return status;
}

static int run_top(struct shell *shell, int count, char **words)
{
    struct top top = {
        .view = {.terminal = shell->terminal, .order = ORDER_RUN},
        .command = shell->command,
        .interval_ms = INTERVAL_MS_DEFAULT,
    };
    uint64_t frames = 0, milliseconds;
    int next = 1;
    if (count > 1 && strcmp(words[1], "-n") == 0) {
        if (count == 2 || parse_unsigned(words[2], FRAMES_MAX, &frames) || frames == 0)
            return command_error(shell, "-n needs a number from 1 to %u", FRAMES_MAX);
        next = 3;
    }
    if (next < count) {
        if (parse_milliseconds(words[next], INTERVAL_MS_MAX, &milliseconds) ||
            milliseconds < INTERVAL_MS_MIN)
            return command_error(shell, "'%s' is not a number of seconds from 0.1 to %u",
                                 words[next], INTERVAL_MS_MAX / MS_PER_SECOND);
        top.interval_ms = (unsigned)milliseconds;
        next++;
    }
    if (next < count)
        return command_error(shell, "too many arguments");

    int status = frames > 0 ? print(&top, frames) : watch(&top);
    kfree(top.view.sample);
    return status == COMMAND_FAILED ? command_error(shell, "%s", error_text(-ERROR_NO_MEMORY))
                                    : status;
}

/* Behind -n comes how many, and behind that, or at once, how often. */
static void complete_top(struct completion *completion)
{
    bool prints = strcmp(completion->words[1], "-n") == 0;
    if (completion->argument == 1)
        completion_add(completion, "-n", "print so many tables");
    if (completion->argument == (prints ? 3 : 1))
        command_complete_words(completion, "", command_seconds);
}

COMMAND(top, .usage = "top [-n COUNT] [SECONDS]", .summary = "watch the threads",
        .help = "Shows every second, or every SECONDS (0.1 to 60), what each thread did since the\n"
                "last time; at first, since the boot. With -n it prints COUNT tables instead.\n"
                "CPU%, READY%  share of that time that it ran, or waited for the CPU\n"
                "VOL/S, INVOL/S  times a second it gave the CPU away, or it was taken from it\n"
                "RUN_MS        time it has run since it was created, in milliseconds\n"
                "SHARE         of its fair share, in percent: see docs/observing.md\n"
                "The idle thread is counted, but not in the table. Keys:\n"
                "t n s l c w v i m f   sort by the columns, from TID to SHARE\n"
                "left, right, r      sort by the next column, or the other way round\n"
                "up, down, PageUp, PageDown, Home, End   scroll\n"
                "k, p                kill a thread, or change its priority\n"
                "space, +, -         pause; longer or shorter intervals\n"
                "h                   help\n"
                "q, Esc, Ctrl-C      quit\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 3, .run = run_top,
        .complete = complete_top,
        .examples = "  top 0.5\n"
                    "  top -n 2 0.5\n");
