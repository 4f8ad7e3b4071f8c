/* What the keys do to the view, and drawing it. */
#include "shell/views/gantt_screen.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "shell/views/chart.h"
#include "shell/views/full_screen.h"

#define HEAD_ROWS 2u
#define FOOT_ROWS CHART_LEGEND_LINES /* above the last one */

/* The head and the last row have longer texts from here on. */
#define WIDE_COLUMNS 78u

/* How often it is drawn anew while the recording goes on: when a column is complete, but with
 * pauses so much longer than the drawing takes that it is a guest in its own chart. */
#define REDRAW_TICKS (TICK_HZ / 5)
#define PAUSE_FACTOR 4u

#define US_PER_MS     1000u
#define US_PER_SECOND 1000000u

struct view {
    struct full_screen *screen;
    struct recording *recording;
    struct gantt_settings *settings;
    bool is_paused;
    bool lacks_memory; /* to be paused */
    uint64_t begin;    /* since when it has been recorded, as all moments in microseconds */
    uint64_t moment;   /* at the left edge */
    unsigned columns;  /* that are complete */
    unsigned width;    /* of the chart, in columns */
};

static unsigned thread_rows(const struct view *view)
{
    return full_screen_last_row(view->screen) - HEAD_ROWS - FOOT_ROWS;
}

static unsigned column_us(const struct view *view)
{
    return chart_column_us[view->settings->zoom];
}

static uint64_t width_us(const struct view *view)
{
    return (uint64_t)column_us(view) * view->width;
}

static uint64_t align(const struct view *view, uint64_t moment)
{
    return recording_align(view->recording, moment, column_us(view));
}

/*
 * Puts the left edge at `moment`, or as near to it as there is something to see. The chart is as
 * wide as the time since the beginning allows, even if some of it is forgotten.
 */
static void place(struct view *view, uint64_t moment)
{
    uint64_t begin = align(view, view->begin);
    uint64_t known = align(view, recording_start(view->recording, column_us(view)));
    uint64_t end = align(view, recording_now(view->recording));
    uint64_t last = end > begin + width_us(view) ? end - width_us(view) : begin;
    if (moment < known)
        moment = known;
    if (moment > last)
        moment = last;
    view->moment = align(view, moment);
    uint64_t columns = end > view->moment ? (end - view->moment) / column_us(view) : 0;
    view->columns = (unsigned)(columns < view->width ? columns : view->width);
}

/* The chart is as wide as the terminal allows, and the memory. */
static void fit(struct view *view)
{
    unsigned width = chart_columns(full_screen_columns(view->screen));
    width = recording_make_room(view->recording, width);
    if (width == view->width)
        return;
    view->width = width;
    place(view, view->moment);
}

/* --- Drawing ------------------------------------------------------------------------------------
 */

static bool is_out_of_ring(const struct view *view)
{
    return view->settings->zoom < CHART_ZOOM_MS;
}

static const char *mode_of(const struct view *view)
{
    if (view->is_paused)
        return "paused";
    if (view->lacks_memory)
        return "no memory to pause";
    bool is_stopped = is_out_of_ring(view) && !(trace_categories() & TRACE_SCHEDULING);
    return is_stopped ? "trace stopped" : "live";
}

/* How many characters there may be: threads, and the filter. */
#define THREADS_SIZE 64u

static void format_threads(const struct view *view, char text[THREADS_SIZE])
{
    const char *filter = view->settings->words.filter;
    const struct full_screen *screen = view->screen;
    size_t length = 0;
    text[0] = '\0';
    if (screen->count > screen->fitting)
        length = format_string(text, THREADS_SIZE, "threads %u-%u of %u%s  ", screen->first + 1,
                               screen->first + screen->fitting, screen->count,
                               recording_has_left_out(view->recording) ? "+" : "");
    if (filter[0] != '\0')
        format_string(text + length, THREADS_SIZE - length, "only '%s'", filter);
}

static void draw_head(const struct view *view)
{
    char threads[THREADS_SIZE], length[12], moment[32];
    int style = STYLE_REVERSE | (view->is_paused ? STYLE_YELLOW : STYLE_PLAIN);
    unsigned columns = full_screen_columns(view->screen);
    bool is_wide = columns >= WIDE_COLUMNS;
    format_threads(view, threads);
    chart_format_length(length, column_us(view));
    format_string(moment, sizeof(moment), is_out_of_ring(view) ? "%lu.%06lu s" : "%lu.%03lu s",
                  view->moment / US_PER_SECOND,
                  view->moment % US_PER_SECOND / (is_out_of_ring(view) ? 1 : US_PER_MS));
    if (is_wide)
        full_screen_row(view->screen, 0, "%c%s  %s a column  %s  preempt %s %u ms  %-*s", style,
                        moment, length, mode_of(view), preemption_is_on() ? "on" : "off",
                        quantum_get_ms(), (int)columns, threads);
    else
        full_screen_row(view->screen, 0, "%c%s %s a column %s %-*s", style, moment, length,
                        mode_of(view), (int)columns, threads);
}

static void draw_foot(const struct view *view)
{
    bool is_wide = full_screen_columns(view->screen) >= WIDE_COLUMNS;
    full_screen_row(view->screen, full_screen_last_row(view->screen), "%c%s", STYLE_CYAN,
                    is_wide ? "space pause  arrows PgUp PgDn Home End move  + - zoom  / find  "
                              "h help  q quit"
                            : "space pause  + - zoom  h help  q quit");
}

static int thread_at(void *context, unsigned place, char name[THREAD_NAME_SIZE])
{
    const struct recording *recording = context;
    const struct timeline_row *row = recording->timeline.sorted[place];
    recording_thread_name(row, name);
    return row->tid;
}

/* The stolen time stands below all threads. */
static void draw_row(const struct view *view, unsigned number, char line[CHART_LINE_SIZE])
{
    const struct recording *recording = view->recording;
    unsigned index = view->screen->first + number;
    char name[THREAD_NAME_SIZE];
    int style = STYLE_PLAIN;
    line[0] = '\0';
    if (number == view->screen->fitting) {
        chart_format_stolen(line, &recording->stolen, view->width, false);
    } else if (index < view->screen->count) {
        chart_format_row(line, recording->timeline.sorted[index], view->width, false);
        int tid = thread_at(view->recording, index, name);
        style = full_screen_name_style(view->screen, tid, name);
    }
    size_t label = line[0] != '\0' ? CHART_LABEL : 0;
    full_screen_row(view->screen, HEAD_ROWS + number, "%c%.*s%c%s", style, (int)label, line,
                    STYLE_PLAIN, line + label);
}

static void draw_rows(struct view *view)
{
    char line[CHART_LINE_SIZE];
    unsigned rows = thread_rows(view);
    chart_format_axis(line, column_us(view), view->width);
    full_screen_row(view->screen, 1, "%s", line);
    for (unsigned i = 0; i < rows; i++) {
        draw_row(view, i, line);
    }
    for (unsigned i = 0; i < CHART_LEGEND_LINES; i++) {
        chart_format_legend(line, i, full_screen_columns(view->screen), false);
        full_screen_row(view->screen, HEAD_ROWS + rows + i, "%s", line);
    }
}

/* Only those threads are left that are wanted. */
static void leave_out(struct view *view)
{
    struct timeline *timeline = &view->recording->timeline;
    char name[THREAD_NAME_SIZE];
    unsigned count = 0;
    for (unsigned i = 0; i < timeline->row_count; i++) {
        thread_at(view->recording, i, name);
        if (string_contains(name, view->settings->words.filter))
            timeline->sorted[count++] = timeline->sorted[i];
    }
    full_screen_list(view->screen, thread_rows(view) - view->recording->has_stolen, count);
}

static void draw(struct view *view)
{
    struct recording *recording = view->recording;
    if (!view->is_paused) {
        recording_extend(recording, thread_rows(view));
        place(view, UINT64_MAX);
    }
    recording_draw(recording, view->moment, column_us(view), view->columns);
    leave_out(view);
    draw_rows(view);
    draw_foot(view);
    draw_head(view); /* last: whoever reads it from outside knows that the rows are there */
}

/* --- Keys --------------------------------------------------------------------------------------
 */

static void set_paused(struct view *view, bool paused)
{
    if (paused == view->is_paused)
        return;
    if (!paused) {
        recording_thaw(view->recording);
    } else {
        recording_extend(view->recording, thread_rows(view));
        view->lacks_memory = recording_freeze(view->recording) != 0;
        place(view, UINT64_MAX);
    }
    view->is_paused = paused && !view->lacks_memory;
}

/* What is in the middle stays there. */
static void zoom(struct view *view, unsigned zoom)
{
    if (zoom >= CHART_ZOOMS)
        return;
    uint64_t middle = view->moment + width_us(view) / 2;
    view->settings->zoom = (uint8_t)zoom;
    place(view, middle > width_us(view) / 2 ? middle - width_us(view) / 2 : 0);
}

/* To another time: the recording stands still then. */
static void go(struct view *view, int key)
{
    uint64_t back = view->moment;
    uint64_t step =
        key == TERMINAL_KEY_LEFT || key == TERMINAL_KEY_RIGHT ? column_us(view) : width_us(view);
    set_paused(view, true);
    if (key == TERMINAL_KEY_HOME)
        place(view, 0);
    else if (key == TERMINAL_KEY_END)
        place(view, UINT64_MAX);
    else if (key == TERMINAL_KEY_RIGHT || key == TERMINAL_KEY_PAGE_DOWN)
        place(view, view->moment + step);
    else
        place(view, back > step ? back - step : 0);
}

static void obey(struct view *view, int key)
{
    switch (key) {
    case ' ':
        set_paused(view, !view->is_paused);
        break;
    case '+':
    case '=': /* the same key, without Shift */
        zoom(view, view->settings->zoom - 1u);
        break;
    case '-':
        zoom(view, view->settings->zoom + 1u);
        break;
    case TERMINAL_KEY_LEFT:
    case TERMINAL_KEY_RIGHT:
    case TERMINAL_KEY_PAGE_UP:
    case TERMINAL_KEY_PAGE_DOWN:
    case TERMINAL_KEY_HOME:
    case TERMINAL_KEY_END:
        go(view, key);
        break;
    default:
        full_screen_obey(view->screen, key);
        break;
    }
}

/* Draws it, and returns the tick when it is to be drawn again. */
static uint64_t draw_now(struct view *view)
{
    uint64_t start = clock_ticks();
    draw(view);
    if (view->is_paused)
        return FULL_SCREEN_FOREVER;
    uint64_t end = clock_ticks();
    uint64_t pause = (end - start) * PAUSE_FACTOR;
    if (pause < REDRAW_TICKS)
        pause = REDRAW_TICKS;
    uint64_t column = column_us(view) / US_PER_TICK;
    return end + (pause > column ? pause : column);
}

int gantt_screen_run(struct terminal *terminal, struct recording *recording,
                     struct gantt_settings *settings, const char *help)
{
    int key = TERMINAL_KEY_NONE;
    const struct full_screen_view common = {
        .help = help,
        .words = &settings->words,
        .thread = thread_at,
        .context = recording,
    };
    struct view view = {
        .screen = full_screen_begin(terminal, &common),
        .recording = recording,
        .settings = settings,
    };
    if (view.screen == NULL)
        return -ERROR_NO_MEMORY;
    recording_extend(recording, thread_rows(&view));
    view.begin = recording_start(recording, chart_column_us[CHART_ZOOM_USUAL]);
    do {
        fit(&view);
        obey(&view, key);
        key = full_screen_key(view.screen, draw_now(&view));
    } while (!full_screen_is_quit(key));
    full_screen_end(view.screen);
    return 0;
}
