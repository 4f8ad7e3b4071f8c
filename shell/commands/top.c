/* top: what the threads are doing, in a table that is redrawn in place. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/number.h"
#include "kernel/lib/string.h"
#include "kernel/mm/heap.h"
#include "sched/clock.h"
#include "shell/command.h"
#include "shell/options.h"
#include "shell/views/top_view.h"

#define INTERVAL_MS_DEFAULT 1000u
#define INTERVAL_MS_MIN     100u
#define INTERVAL_MS_MAX     60000u
#define FRAMES_MAX          1000000u

#define MS_PER_SECOND 1000u

/* With thousands of threads it pauses for so many times as long as a sample and its table take: it
 * is a guest in its own table. */
#define PAUSE_FACTOR 4u

struct top {
    struct top_view view;
    const struct command *command;
    unsigned interval_ms;
    uint64_t next_tick; /* when the next sample is due */
};

/* --- Keys ------------------------------------------------------------------------------------- */

/* Asks for a number up to `max`. Returns false after saying what is wrong, if anything is. */
static bool ask(struct top *top, const char *question, uint64_t max, uint64_t *number)
{
    char answer[16];
    if (!full_screen_ask(top->view.screen, question, answer, sizeof(answer)) || answer[0] == '\0')
        return false;
    if (parse_unsigned(answer, max, number) == 0)
        return true;
    full_screen_say(top->view.screen, "'%s' is not a number from 0 to %lu", answer, max);
    return false;
}

static void tell_result(struct top *top, const char *what, uint64_t tid, int error)
{
    full_screen_say(top->view.screen, "%s %lu: %s", what, tid,
                    error != 0 ? error_text(error) : "done");
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
    top->view.settings->interval_ms = milliseconds;
    full_screen_say(top->view.screen, "every %u.%03u s", milliseconds / MS_PER_SECOND,
                    milliseconds % MS_PER_SECOND);
}

static void sort_by(struct top_view *view, unsigned column)
{
    view->settings->order = (uint8_t)(column % TOP_COLUMNS);
    view->settings->is_reversed = false;
}

/* The next column that is to be seen, so many to the right of the last. */
static void sort_by_next(struct top_view *view, unsigned step)
{
    do
        sort_by(view, view->settings->order + step);
    while (!top_view_shows_column(view, view->settings->order));
}

/* The column that it is sorted by. There is always one to go on with. */
static void hide_column(struct top_view *view)
{
    if (view->settings->order == ORDER_TID)
        return;
    view->settings->hidden |= (uint16_t)(1u << view->settings->order);
    sort_by_next(view, 1);
}

static void answer_key(struct top *top, int key)
{
    struct top_view *view = &top->view;
    switch (key) {
    case TERMINAL_KEY_LEFT:
        sort_by_next(view, TOP_COLUMNS - 1);
        break;
    case TERMINAL_KEY_RIGHT:
        sort_by_next(view, 1);
        break;
    case 'r':
        view->settings->is_reversed = !view->settings->is_reversed;
        break;
    case ' ':
        view->is_paused = !view->is_paused;
        break;
    case 'x':
        hide_column(view);
        break;
    case 'X':
        view->settings->hidden = 0;
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
    default:
        if (top_view_column(key) < TOP_COLUMNS)
            sort_by(view, top_view_column(key));
        break;
    }
}

static int thread_at(void *context, unsigned place, char name[THREAD_NAME_SIZE])
{
    struct top_view *view = context;
    const struct sampled_thread *thread = thread_sample_at(view->sample, place);
    string_copy(name, thread->name, THREAD_NAME_SIZE);
    return thread->tid;
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

static int update_and_draw(struct top *top)
{
    uint64_t start = clock_ticks();
    int status = update(top);
    if (status == COMMAND_OK)
        top_view_draw(&top->view);
    uint64_t end = clock_ticks();
    if (top->next_tick < end + (end - start) * PAUSE_FACTOR)
        top->next_tick = end + (end - start) * PAUSE_FACTOR;
    return status;
}

static int watch(struct top *top)
{
    struct top_view *view = &top->view;
    const struct full_screen_view common = {
        .help = top->command->help,
        .words = &view->settings->words,
        .thread = thread_at,
        .context = view,
    };
    int key = TERMINAL_KEY_NONE;
    int status = COMMAND_OK;
    view->screen = full_screen_begin(view->terminal, &common);
    if (view->screen == NULL)
        return COMMAND_FAILED;
    while (!full_screen_is_quit(key) && (status = update_and_draw(top)) == COMMAND_OK) {
        key = full_screen_key(view->screen, view->is_paused ? FULL_SCREEN_FOREVER : top->next_tick);
        answer_key(top, full_screen_obey(view->screen, key));
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

/* A number of seconds, and how many tables, in any order. */
static int parse_arguments(struct shell *shell, char **words, struct top *top, uint64_t *frames)
{
    uint64_t milliseconds = 0;
    for (; *words != NULL; words++) {
        const char *value = option_value(&words, "count", 'n');
        if (value != NULL) {
            if (*frames != 0 || parse_unsigned(value, FRAMES_MAX, frames) || *frames == 0)
                return command_error(shell, "'%s' is not one count from 1 to %u", value,
                                     FRAMES_MAX);
            continue;
        }
        if (milliseconds != 0)
            return command_error(shell, "'%s' is one argument too many", *words);
        if (parse_milliseconds(*words, INTERVAL_MS_MAX, &milliseconds) ||
            milliseconds < INTERVAL_MS_MIN)
            return command_error(shell, "'%s' is not a number of seconds from 0.1 to %u", *words,
                                 INTERVAL_MS_MAX / MS_PER_SECOND);
        top->interval_ms = (unsigned)milliseconds;
    }
    return COMMAND_OK;
}

static struct top_settings *settings_of(const struct shell *shell)
{
    static struct top_settings settings[SHELLS_MAX];
    struct top_settings *own = &settings[shell->number];
    if (own->interval_ms == 0) {
        own->interval_ms = INTERVAL_MS_DEFAULT;
        own->order = ORDER_RUN;
    }
    return own;
}

static int run_top(struct shell *shell, int count, char **words)
{
    struct top_settings *settings = settings_of(shell);
    struct top top = {
        .view = {.terminal = shell->terminal, .settings = settings},
        .command = shell->command,
        .interval_ms = settings->interval_ms,
    };
    uint64_t frames = 0;
    (void)count;
    if (parse_arguments(shell, words + 1, &top, &frames) != COMMAND_OK)
        return COMMAND_FAILED;
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
                "last time; at first, since the boot. With -n (or count=COUNT) it prints tables.\n"
                "CPU%, READY%  share of that time that it ran, or waited for the CPU\n"
                "VOL/S, INVOL/S  times a second it gave the CPU away, or it was taken from it\n"
                "RUN_MS        time it has run since it was created, in milliseconds\n"
                "SHARE         of its fair share, in percent: see docs/observing.md\n"
                "A thread is starving (red) if it could have run for a second and did not.\n"
                "The idle thread is counted, but not in the table. Keys:\n" FULL_SCREEN_KEYS_HELP
                "PageUp, PageDown, Home, End  scroll     +, -  longer or shorter intervals\n"
                "t a s l c w v i m f  sort by the columns, from TID to SHARE\n"
                "left, right, r  sort by the next column, or the other way round\n"
                "x, X   hide the column that it is sorted by, show all again\n"
                "k, p   kill a thread, or change its priority\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 3, .run = run_top,
        .complete = complete_top,
        .examples = "  top 0.5\n"
                    "  top -n 2 0.5\n");
