/* From a sample to rows. */
#include "shell/views/top_view.h"

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "shell/views/thread_text.h"

#define ROW_SIZE (FULL_SCREEN_COLUMNS + 3) /* with two styles and the terminator */

#define NS_PER_MS     1000000u
#define NS_PER_SECOND 1000000000u

struct column {
    const char *head;
    int8_t width; /* negative: aligned to the left */
    char key;     /* sorts by it */
};

static const struct column columns[] = {
    [ORDER_TID] = {"TID", 5, 't'},          [ORDER_NAME] = {"NAME", -15, 'n'},
    [ORDER_STATE] = {"STATE", -9, 's'},     [ORDER_PRIORITY] = {"PRI", 3, 'l'},
    [ORDER_RUN] = {"CPU%", 6, 'c'},         [ORDER_READY] = {"READY%", 6, 'w'},
    [ORDER_VOLUNTARY] = {"VOL/S", 7, 'v'},  [ORDER_INVOLUNTARY] = {"INVOL/S", 7, 'i'},
    [ORDER_TOTAL_RUN] = {"RUN_MS", 7, 'm'}, [ORDER_SHARE] = {"SHARE", 5, 'f'},
};

_Static_assert(sizeof(columns) / sizeof(columns[0]) == TOP_COLUMNS, "all are counted");

static void draw(const struct top_view *view, unsigned row, const char *text)
{
    if (view->screen != NULL)
        full_screen_row(view->screen, row, "%s", text);
    else
        terminal_printf(view->terminal, "%s\n", text);
}

static void draw_row(const struct top_view *view, unsigned row, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

static void draw_row(const struct top_view *view, unsigned row, const char *format, ...)
{
    char text[ROW_SIZE];
    va_list arguments;
    va_start(arguments, format);
    format_arguments(text, sizeof(text), format, arguments);
    va_end(arguments);
    draw(view, row, text);
}

/* Adds to a text that ends at `length`; returns where it ends now. */
static size_t append(char text[ROW_SIZE], size_t length, const char *format, ...)
    __attribute__((format(__printf__, 3, 4)));

static size_t append(char text[ROW_SIZE], size_t length, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    length += format_arguments(text + length, ROW_SIZE - length, format, arguments);
    va_end(arguments);
    return length < ROW_SIZE ? length : ROW_SIZE - 1;
}

static void draw_threads_by_state(const struct top_view *view)
{
    char text[ROW_SIZE];
    uint64_t seconds = clock_ticks() / TICK_HZ;
    unsigned count = view->sample->count + 1; /* with the idle thread, as everywhere */
    size_t length = append(text, 0, "up %lu:%02lu:%02lu   %u threads", seconds / 3600,
                           seconds / 60 % 60, seconds % 60, count);
    const char *separator = ": ";
    for (unsigned i = 0; i < THREAD_STATES; i++) {
        if (view->sample->in_state[i] == 0)
            continue;
        length = append(text, length, "%s%u %s", separator, view->sample->in_state[i],
                        thread_state_name((enum thread_state)i));
        separator = ", ";
    }
    append(text, length, "%s1 idle", separator);
    draw(view, 0, text);
}

static void draw_interval(const struct top_view *view)
{
    const struct thread_sample *sample = view->sample;
    uint64_t elapsed_ns = tsc_to_ns(sample->idle.interval[FIGURE_ELAPSED]);
    uint64_t elapsed_ms = elapsed_ns / NS_PER_MS;
    unsigned idle = thread_share_permille(&sample->idle, FIGURE_RUN);
    draw_row(view, 1, "in the last %lu.%03lu s: CPU %u.%u %% idle, %lu switches/s%s",
             elapsed_ms / 1000, elapsed_ms % 1000, idle / 10, idle % 10,
             sample->interval_switches * NS_PER_SECOND / (elapsed_ns | 1),
             view->is_paused ? "   paused" : "");
}

static void draw_settings(const struct top_view *view)
{
    draw_row(view, 2, "preemption %s   quantum %u ms%s   policy %s   harmony %u.%03u",
             preemption_is_on() ? "on" : "off", quantum_get_ms(),
             harmony_has_auto_quantum() ? " (auto)" : "", policy_name(),
             harmony_permille() / HARMONY_MAX, harmony_permille() % HARMONY_MAX);
}

/* The column that the table is sorted by is marked, but not on paper. */
static void draw_heads(const struct top_view *view)
{
    static const char marked[] = {STYLE_PLAIN | STYLE_REVERSE, '\0'};
    static const char plain[] = {STYLE_PLAIN, '\0'};
    char text[ROW_SIZE];
    size_t length = 0;
    for (unsigned i = 0; i < TOP_COLUMNS; i++) {
        bool is_marked = view->screen != NULL && i == view->order;
        length = append(text, length, "%s%s%*s%s", i > 0 ? " " : "", is_marked ? marked : "",
                        columns[i].width, columns[i].head, is_marked ? plain : "");
    }
    draw(view, TOP_HEAD_ROWS - 1, text);
}

static uint64_t per_second(const struct sampled_thread *thread, enum thread_figure figure)
{
    uint64_t elapsed_ns = tsc_to_ns(thread->interval[FIGURE_ELAPSED]) | 1;
    return (thread->interval[figure] * NS_PER_SECOND + elapsed_ns / 2) / elapsed_ns;
}

static void draw_thread(const struct top_view *view, unsigned row,
                        const struct sampled_thread *thread)
{
    unsigned run = thread_share_permille(thread, FIGURE_RUN);
    unsigned ready = thread_share_permille(thread, FIGURE_READY);
    char share[8] = "-";
    if (thread->share_percent >= 0)
        format_string(share, sizeof(share), "%d", thread->share_percent);
    draw_row(view, row, "%5d %-15s %-9s %3u %4u.%u %4u.%u %7lu %7lu %7lu %5s", thread->tid,
             thread->name, thread_state_name((enum thread_state)thread->state), thread->priority,
             run / 10, run % 10, ready / 10, ready % 10, per_second(thread, FIGURE_VOLUNTARY),
             per_second(thread, FIGURE_INVOLUNTARY),
             tsc_to_ns(thread->total[FIGURE_RUN]) / NS_PER_MS, share);
}

/* On paper there are no empty rows. */
static void draw_threads(const struct top_view *view)
{
    unsigned below = view->sample->count - view->first;
    thread_sample_sort(view->sample, (enum thread_order)view->order, view->is_reversed,
                       view->first + TOP_THREAD_ROWS);
    for (unsigned i = 0; i < TOP_THREAD_ROWS; i++) {
        if (i < below)
            draw_thread(view, TOP_HEAD_ROWS + i, thread_sample_at(view->sample, view->first + i));
        else if (view->screen != NULL)
            draw(view, TOP_HEAD_ROWS + i, "");
    }
}

static void draw_foot(const struct top_view *view)
{
    unsigned count = view->sample->count;
    unsigned end = view->first + TOP_THREAD_ROWS;
    if (view->screen == NULL && end < count)
        draw_row(view, FULL_SCREEN_LAST_ROW, "... %u more", count - end);
    else if (view->message[0] != '\0')
        draw(view, FULL_SCREEN_LAST_ROW, view->message);
    else if (view->screen != NULL)
        draw_row(view, FULL_SCREEN_LAST_ROW,
                 "q quit  h help  k kill  p prio  r reverse  space pause   %u-%u of %u",
                 view->first + 1, end < count ? end : count, count);
}

void top_view_draw(struct top_view *view)
{
    unsigned count = view->sample->count;
    if (view->first + TOP_THREAD_ROWS > count)
        view->first = count > TOP_THREAD_ROWS ? count - TOP_THREAD_ROWS : 0;
    draw_threads_by_state(view);
    draw_interval(view);
    draw_settings(view);
    draw_heads(view);
    draw_threads(view);
    draw_foot(view);
}

unsigned top_view_column(int key)
{
    unsigned column = 0;
    while (column < TOP_COLUMNS && columns[column].key != key)
        column++;
    return column;
}
