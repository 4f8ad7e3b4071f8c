/* From a sample to rows. */
#include "shell/views/top_view.h"

#include "kernel/cpu/tsc.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/harmony.h"
#include "sched/policy.h"
#include "sched/preemption.h"
#include "shell/views/thread_text.h"

#define HEAD_ROWS 4u
#define ROW_SIZE  (FULL_SCREEN_COLUMNS_MAX + 16) /* with some styles and the terminator */

/* The rows above and below the table have longer texts from here on. */
#define WIDE_COLUMNS 76u

/* What is to the right of the table, if there is room for it: a bar. */
#define BAR_COLUMN    81u
#define BAR_WIDTH_MIN 10u
#define BAR_WIDTH_MAX 100u
#define PERMILLE      1000u

#define NS_PER_MS     1000000u
#define NS_PER_SECOND 1000000000u

struct column {
    const char *head;
    int8_t width; /* negative: aligned to the left */
    char key;     /* sorts by it */
};

static const struct column columns[] = {
    [ORDER_TID] = {"TID", 5, 't'},          [ORDER_NAME] = {"NAME", -15, 'a'},
    [ORDER_STATE] = {"STATE", -9, 's'},     [ORDER_PRIORITY] = {"PRI", 3, 'l'},
    [ORDER_RUN] = {"CPU%", 6, 'c'},         [ORDER_READY] = {"READY%", 6, 'w'},
    [ORDER_VOLUNTARY] = {"VOL/S", 7, 'v'},  [ORDER_INVOLUNTARY] = {"INVOL/S", 7, 'i'},
    [ORDER_TOTAL_RUN] = {"RUN_MS", 7, 'm'}, [ORDER_SHARE] = {"SHARE", 5, 'f'},
};

_Static_assert(sizeof(columns) / sizeof(columns[0]) == TOP_COLUMNS, "all are counted");

/* The first is there in any case, the last only where there is room for all. */
static const uint8_t columns_by_weight[TOP_COLUMNS] = {
    ORDER_TID,   ORDER_NAME,  ORDER_RUN,       ORDER_PRIORITY,    ORDER_READY,
    ORDER_STATE, ORDER_SHARE, ORDER_TOTAL_RUN, ORDER_INVOLUNTARY, ORDER_VOLUNTARY,
};

static bool is_on_paper(const struct top_view *view)
{
    return view->screen == NULL;
}

static unsigned terminal_columns(const struct top_view *view)
{
    return is_on_paper(view) ? terminal_size(view->terminal).columns
                             : full_screen_columns(view->screen);
}

static bool is_wide(const struct top_view *view)
{
    return terminal_columns(view) >= WIDE_COLUMNS;
}

static unsigned last_row(const struct top_view *view)
{
    return is_on_paper(view) ? terminal_size(view->terminal).rows - 1u
                             : full_screen_last_row(view->screen);
}

/* How many threads it shows at a time. */
static unsigned thread_rows(const struct top_view *view)
{
    return last_row(view) - HEAD_ROWS;
}

bool top_view_shows_column(const struct top_view *view, unsigned column)
{
    unsigned width = 0;
    for (unsigned i = 0; i < TOP_COLUMNS; i++) {
        if (view->settings->hidden & 1u << columns_by_weight[i])
            continue;
        int column_width = columns[columns_by_weight[i]].width;
        width += (unsigned)(column_width < 0 ? -column_width : column_width) + (width > 0);
        if (width > terminal_columns(view))
            return false;
        if (columns_by_weight[i] == column)
            return true;
    }
    return false;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void draw(const struct top_view *view, unsigned row, const char *text)
{
    if (is_on_paper(view))
        terminal_printf(view->terminal, "%s\n", text);
    else
        full_screen_row(view->screen, row, "%s", text);
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

/* Paper has no styles. */
static size_t append_style(const struct top_view *view, char text[ROW_SIZE], size_t length,
                           int style)
{
    return is_on_paper(view) ? length : append(text, length, "%c", style);
}

static size_t append_styled(const struct top_view *view, char text[ROW_SIZE], size_t length,
                            int style, const char *word)
{
    length = append_style(view, text, length, style);
    length = append(text, length, "%s", word);
    return append_style(view, text, length, STYLE_PLAIN);
}

/* --- Above the table -------------------------------------------------------------------------- */

static void draw_threads_by_state(const struct top_view *view)
{
    char text[ROW_SIZE];
    uint64_t seconds = clock_ticks() / TICK_HZ;
    unsigned count = view->sample->count + 1; /* with the idle thread, as everywhere */
    size_t length = append(text, 0, "up %lu:%02lu:%02lu%s%u threads", seconds / 3600,
                           seconds / 60 % 60, seconds % 60, is_wide(view) ? "   " : " ", count);
    const char *separator = ": ";
    unsigned states = is_wide(view) ? SHOWN_STATES : THREAD_READY + 2u;
    for (unsigned i = 0; i < states; i++) {
        if (view->sample->in_state[i] == 0)
            continue;
        length = append(text, length, "%s%u ", separator, view->sample->in_state[i]);
        length = append_styled(view, text, length,
                               i == SHOWN_STARVING ? thread_shown_state_style(i) : STYLE_PLAIN,
                               thread_shown_state_name(i));
        separator = ", ";
    }
    if (is_wide(view))
        append(text, length, "%s1 idle", separator);
    draw(view, 0, text);
}

static void draw_interval(const struct top_view *view)
{
    const struct thread_sample *sample = view->sample;
    char paused[sizeof("   ?paused")] = "";
    uint64_t elapsed_ns = tsc_to_ns(sample->idle.interval[FIGURE_ELAPSED]);
    uint64_t elapsed_ms = elapsed_ns / NS_PER_MS;
    unsigned idle = thread_share_permille(&sample->idle, FIGURE_RUN);
    if (view->is_paused)
        format_string(paused, sizeof(paused), "   %cpaused", STYLE_YELLOW | STYLE_REVERSE);
    draw_row(view, 1,
             is_wide(view) ? "in the last %lu.%03lu s: CPU %u.%u %% idle, %lu switches/s%s"
                           : "%lu.%03lu s: %u.%u %% idle, %lu sw/s%s",
             elapsed_ms / 1000, elapsed_ms % 1000, idle / 10, idle % 10,
             sample->interval_switches * NS_PER_SECOND / (elapsed_ns | 1), paused);
}

static void draw_settings(const struct top_view *view)
{
    char text[ROW_SIZE], harmony[8];
    bool is_on = preemption_is_on();
    unsigned permille = harmony_permille();
    size_t length = append(text, 0, is_wide(view) ? "preemption " : "preempt ");
    length =
        append_styled(view, text, length, is_on ? STYLE_GREEN : STYLE_YELLOW, is_on ? "on" : "off");
    length =
        append(text, length,
               is_wide(view) ? "   quantum %u ms%s   policy %s   harmony " : " %u ms%s %s harm. ",
               quantum_get_ms(), harmony_has_auto_quantum() && is_wide(view) ? " (auto)" : "",
               policy_name());
    format_string(harmony, sizeof(harmony), "%u.%03u", permille / HARMONY_MAX,
                  permille % HARMONY_MAX);
    length = append_styled(view, text, length, permille < HARMONY_MAX / 2 ? STYLE_RED : STYLE_PLAIN,
                           harmony);
    if (view->settings->words.filter[0] != '\0')
        append(text, length, "   only '%s'", view->settings->words.filter);
    draw(view, 2, text);
}

/* --- The table -------------------------------------------------------------------------------- */

/* The column that the table is sorted by is marked, but not on paper. */
static void draw_heads(const struct top_view *view)
{
    char text[ROW_SIZE];
    size_t length = 0;
    for (unsigned i = 0; i < TOP_COLUMNS; i++) {
        if (!top_view_shows_column(view, i))
            continue;
        length = append(text, length, "%s", length > 0 ? " " : "");
        if (i == view->settings->order)
            length = append_style(view, text, length, STYLE_PLAIN | STYLE_REVERSE);
        length = append(text, length, "%*s", columns[i].width, columns[i].head);
        if (i == view->settings->order)
            length = append_style(view, text, length, STYLE_PLAIN);
    }
    draw(view, HEAD_ROWS - 1, text);
}

static uint64_t per_second(const struct sampled_thread *thread, enum thread_figure figure)
{
    uint64_t elapsed_ns = tsc_to_ns(thread->interval[FIGURE_ELAPSED]) | 1;
    return (thread->interval[figure] * NS_PER_SECOND + elapsed_ns / 2) / elapsed_ns;
}

#define FIELD_SIZE 24u

static void format_share(char text[FIELD_SIZE], const struct sampled_thread *thread,
                         enum thread_figure figure)
{
    unsigned permille = thread_share_permille(thread, figure);
    format_string(text, FIELD_SIZE, "%u.%u", permille / 10, permille % 10);
}

static void format_field(char text[FIELD_SIZE], const struct sampled_thread *thread,
                         unsigned column)
{
    switch ((enum thread_order)column) {
    case ORDER_TID:
        format_string(text, FIELD_SIZE, "%d", thread->tid);
        break;
    case ORDER_NAME:
        format_string(text, FIELD_SIZE, "%s", thread->name);
        break;
    case ORDER_STATE:
        format_string(text, FIELD_SIZE, "%s", thread_shown_state_name(thread->shown_state));
        break;
    case ORDER_PRIORITY:
        format_string(text, FIELD_SIZE, "%u", thread->priority);
        break;
    case ORDER_RUN:
        format_share(text, thread, FIGURE_RUN);
        break;
    case ORDER_READY:
        format_share(text, thread, FIGURE_READY);
        break;
    case ORDER_VOLUNTARY:
        format_string(text, FIELD_SIZE, "%lu", per_second(thread, FIGURE_VOLUNTARY));
        break;
    case ORDER_INVOLUNTARY:
        format_string(text, FIELD_SIZE, "%lu", per_second(thread, FIGURE_INVOLUNTARY));
        break;
    case ORDER_TOTAL_RUN:
        format_string(text, FIELD_SIZE, "%lu", tsc_to_ns(thread->total[FIGURE_RUN]) / NS_PER_MS);
        break;
    case ORDER_SHARE:
        format_string(text, FIELD_SIZE, thread->share_percent >= 0 ? "%d" : "-",
                      thread->share_percent);
        break;
    }
}

/* The style of a field, or STYLE_PLAIN. */
static int style_of(const struct top_view *view, const struct sampled_thread *thread,
                    unsigned column)
{
    if (column == ORDER_STATE || column == ORDER_RUN)
        return thread_shown_state_style(thread->shown_state);
    if (column != ORDER_NAME || is_on_paper(view))
        return STYLE_PLAIN;
    return full_screen_name_style(view->screen, thread->tid, thread->name);
}

/* How much it ran, and, behind that, how much it waited for the CPU. */
static void append_bar(const struct top_view *view, char text[ROW_SIZE], size_t length,
                       const struct sampled_thread *thread)
{
    char bar[BAR_WIDTH_MAX + 1];
    unsigned columns_there = terminal_columns(view);
    if (is_on_paper(view) || columns_there < BAR_COLUMN + BAR_WIDTH_MIN)
        return;
    unsigned room = columns_there - BAR_COLUMN;
    unsigned width = room < BAR_WIDTH_MAX ? room : BAR_WIDTH_MAX;
    unsigned run = thread_share_permille(thread, FIGURE_RUN) * width / PERMILLE;
    unsigned ready = thread_share_permille(thread, FIGURE_READY) * width / PERMILLE;
    if (run > width)
        run = width;
    if (ready > width - run)
        ready = width - run;
    memset(bar, '.', sizeof(bar));
    append(text, length, "  %c%*s%c%.*s", STYLE_GREEN | STYLE_REVERSE, (int)run, "", STYLE_YELLOW,
           (int)ready, bar);
}

static void draw_thread(const struct top_view *view, unsigned row,
                        const struct sampled_thread *thread)
{
    char text[ROW_SIZE], field[FIELD_SIZE];
    size_t length = 0;
    for (unsigned i = 0; i < TOP_COLUMNS; i++) {
        if (!top_view_shows_column(view, i))
            continue;
        int style = style_of(view, thread, i);
        format_field(field, thread, i);
        length = append(text, length, "%s", length > 0 ? " " : "");
        if (style != STYLE_PLAIN)
            length = append_style(view, text, length, style);
        length = append(text, length, "%*s", columns[i].width, field);
        if (style != STYLE_PLAIN)
            length = append_style(view, text, length, STYLE_PLAIN);
    }
    append_bar(view, text, length, thread);
    draw(view, row, text);
}

/* Returns the place of the thread in the first row. On paper there are no empty rows. */
static unsigned draw_threads(const struct top_view *view)
{
    const struct top_settings *settings = view->settings;
    const struct thread_listing listing = {(enum thread_order)settings->order,
                                           settings->is_reversed, settings->words.filter};
    unsigned rows = thread_rows(view);
    unsigned first = 0;
    thread_sample_list(view->sample, &listing);
    if (!is_on_paper(view))
        first = full_screen_list(view->screen, rows, view->sample->listed);
    unsigned below = view->sample->listed - first;
    for (unsigned i = 0; i < rows; i++) {
        if (i < below)
            draw_thread(view, HEAD_ROWS + i, thread_sample_at(view->sample, first + i));
        else if (!is_on_paper(view))
            draw(view, HEAD_ROWS + i, "");
    }
    return first;
}

static void draw_foot(const struct top_view *view, unsigned first)
{
    unsigned count = view->sample->listed;
    unsigned end = first + thread_rows(view);
    if (is_on_paper(view) && end < count)
        draw_row(view, last_row(view), "... %u more", count - end);
    else if (!is_on_paper(view))
        full_screen_row(view->screen, last_row(view), "%c%s   %u-%u of %u", STYLE_CYAN,
                        is_wide(view) ? "q quit  h help  / find  k kill  p prio  space pause"
                                      : "q quit  h help",
                        first + (count > 0), end < count ? end : count, count);
}

void top_view_draw(const struct top_view *view)
{
    draw_threads_by_state(view);
    draw_interval(view);
    draw_settings(view);
    draw_heads(view);
    draw_foot(view, draw_threads(view));
}

unsigned top_view_column(int key)
{
    unsigned column = 0;
    while (column < TOP_COLUMNS && columns[column].key != key)
        column++;
    return column;
}
