/* What the keys do to the view, and drawing it. */
#include "shell/views/gantt_screen.h"

#include "kernel/lib/errors.h"
#include "kernel/lib/format.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "shell/views/chart.h"
#include "shell/views/full_screen.h"

#define HEAD_ROWS   2u
#define FOOT_ROWS   2u
#define THREAD_ROWS (FULL_SCREEN_ROWS - HEAD_ROWS - FOOT_ROWS)

/* How often it is drawn anew while the recording goes on: when a column is complete, but with
 * pauses so much longer than the drawing takes that it is a guest in its own chart. */
#define REDRAW_TICKS (TICK_HZ / 5)
#define PAUSE_FACTOR 4u

#define ZOOM_AT_FIRST 3u /* 10 ms a column */
#define MS_PER_SECOND 1000u

struct view {
    struct full_screen *screen;
    struct recording *recording;
    const char *help;
    bool is_paused;
    bool lacks_memory; /* to be paused */
    unsigned zoom;
    unsigned first_row; /* the others are above the screen */
    uint64_t begin;     /* tick since when it has been recorded */
    uint64_t tick;      /* at the left edge */
    unsigned columns;   /* that are complete */
};

static unsigned column_ms(const struct view *view)
{
    return chart_column_ms[view->zoom];
}

static uint64_t width_ms(const struct view *view)
{
    return (uint64_t)column_ms(view) * TIMELINE_COLUMNS;
}

/*
 * Puts the left edge at `tick`, or as near to it as there is something to see. The chart is as wide
 * as the time since the beginning allows, even if the trace has forgotten some of it.
 */
static void place(struct view *view, uint64_t tick)
{
    unsigned column = column_ms(view);
    uint64_t begin = view->begin / column * column;
    uint64_t known = recording_start_tick(view->recording) / column * column;
    uint64_t end = view->recording->now_tick / column * column;
    uint64_t last = end > begin + width_ms(view) ? end - width_ms(view) : begin;
    if (tick < known)
        tick = known;
    if (tick > last)
        tick = last;
    view->tick = tick / column * column;
    uint64_t columns = (end - view->tick) / column;
    view->columns = (unsigned)(columns < TIMELINE_COLUMNS ? columns : TIMELINE_COLUMNS);
}

/* --- Drawing ------------------------------------------------------------------------------------
 */

static const char *mode_of(const struct view *view)
{
    if (view->is_paused)
        return "paused";
    if (view->lacks_memory)
        return "no memory to pause";
    return trace_categories() & TRACE_SCHEDULING ? "live" : "trace stopped";
}

static void draw_head(const struct view *view)
{
    char threads[32] = "";
    unsigned count = view->recording->timeline.row_count;
    if (count > THREAD_ROWS)
        format_string(threads, sizeof(threads), "threads %u-%u of %u", view->first_row + 1,
                      view->first_row + THREAD_ROWS, count);
    full_screen_row(view->screen, 0, "%c%lu.%03lu s  %u ms a column  %s  preempt %s %u ms  %-80s",
                    STYLE_PLAIN | STYLE_REVERSE, view->tick / MS_PER_SECOND,
                    view->tick % MS_PER_SECOND, column_ms(view), mode_of(view),
                    preemption_is_on() ? "on" : "off", quantum_get_ms(), threads);
}

static void draw_rows(struct view *view)
{
    char line[CHART_LINE_SIZE];
    const struct timeline *timeline = &view->recording->timeline;
    chart_format_axis(line, column_ms(view), TIMELINE_COLUMNS);
    full_screen_row(view->screen, 1, "%s", line);
    for (unsigned i = 0; i < THREAD_ROWS; i++) {
        unsigned row = view->first_row + i;
        line[0] = '\0';
        if (row < timeline->row_count)
            chart_format_row(line, timeline->sorted[row], TIMELINE_COLUMNS, true);
        full_screen_row(view->screen, HEAD_ROWS + i, "%s", line);
    }
    chart_format_legend(line, true);
    full_screen_row(view->screen, HEAD_ROWS + THREAD_ROWS, "%s", line);
}

static void draw(struct view *view)
{
    struct recording *recording = view->recording;
    if (!view->is_paused) {
        recording_extend(recording, THREAD_ROWS);
        place(view, UINT64_MAX);
    }
    recording_draw(recording, view->tick, column_ms(view), view->columns);
    if (view->first_row >= recording->timeline.row_count)
        view->first_row = 0;
    draw_rows(view);
    full_screen_row(view->screen, FULL_SCREEN_LAST_ROW,
                    "%cspace pause   arrows PgUp PgDn Home End move   + - zoom   h help   q quit",
                    STYLE_CYAN);
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
        recording_extend(view->recording, THREAD_ROWS);
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
    uint64_t middle = view->tick + width_ms(view) / 2;
    view->zoom = zoom;
    place(view, middle > width_ms(view) / 2 ? middle - width_ms(view) / 2 : 0);
}

static void scroll(struct view *view, unsigned first_row)
{
    if (first_row + THREAD_ROWS <= view->recording->timeline.row_count)
        view->first_row = first_row;
}

/* To another time: the recording stands still then. */
static void go(struct view *view, int key)
{
    uint64_t back = view->tick;
    uint64_t step =
        key == TERMINAL_KEY_LEFT || key == TERMINAL_KEY_RIGHT ? column_ms(view) : width_ms(view);
    set_paused(view, true);
    if (key == TERMINAL_KEY_HOME)
        place(view, 0);
    else if (key == TERMINAL_KEY_END)
        place(view, UINT64_MAX);
    else if (key == TERMINAL_KEY_RIGHT || key == TERMINAL_KEY_PAGE_DOWN)
        place(view, view->tick + step);
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
        zoom(view, view->zoom - 1);
        break;
    case '-':
        zoom(view, view->zoom + 1);
        break;
    case 'h':
    case '?':
        full_screen_show(view->screen, view->help);
        break;
    case TERMINAL_KEY_UP:
        scroll(view, view->first_row > 0 ? view->first_row - 1 : 0);
        break;
    case TERMINAL_KEY_DOWN:
        scroll(view, view->first_row + 1);
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
    return end + (pause > column_ms(view) ? pause : column_ms(view));
}

int gantt_screen_run(struct terminal *terminal, struct recording *recording, const char *help)
{
    int key = TERMINAL_KEY_NONE;
    struct view view = {.screen = full_screen_begin(terminal),
                        .recording = recording,
                        .help = help,
                        .zoom = ZOOM_AT_FIRST};
    if (view.screen == NULL)
        return -ERROR_NO_MEMORY;
    recording_extend(recording, THREAD_ROWS);
    view.begin = recording_start_tick(recording);
    do {
        obey(&view, key);
        key = full_screen_key(view.screen, draw_now(&view));
    } while (!full_screen_is_quit(key));
    full_screen_end(view.screen);
    return 0;
}
