/* gantt: who ran, who waited, and why that changed, as a chart with a row for each thread. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "shell/command.h"
#include "shell/views/chart.h"
#include "shell/views/full_screen.h"
#include "shell/views/gantt_screen.h"

#define MS_PER_SECOND 1000u
#define US_PER_MS     1000u
#define US_PER_SECOND 1000000u
#define MAX_MS        60000u
#define PRINTED_ROWS  48u

/* What is printed, and with how many columns. */
struct printed_chart {
    struct terminal *terminal;
    const struct recording *recording;
    unsigned column_us, columns;
    char line[CHART_LINE_SIZE];
};

static void print_rows(struct printed_chart *chart)
{
    const struct recording *recording = chart->recording;
    const struct timeline *timeline = &recording->timeline;
    for (unsigned i = 0; i < timeline->row_count && i < PRINTED_ROWS; i++) {
        chart_format_row(chart->line, timeline->sorted[i], chart->columns, true);
        full_screen_print(chart->terminal, chart->line);
    }
    if (timeline->row_count > PRINTED_ROWS)
        terminal_printf(chart->terminal, "... %u more%s\n", timeline->row_count - PRINTED_ROWS,
                        recording_has_left_out(recording) ? ", and others left out" : "");
    if (!recording->has_stolen)
        return;
    chart_format_stolen(chart->line, &recording->stolen, chart->columns, true);
    full_screen_print(chart->terminal, chart->line);
}

static void print_chart(struct printed_chart *chart, uint64_t start)
{
    unsigned terminal_columns = terminal_size(chart->terminal).columns;
    chart_format_length(chart->line, chart->column_us);
    terminal_printf(chart->terminal,
                    "%s a column, from %lu.%03lu s on; preemption %s, quantum %u ms\n", chart->line,
                    start / US_PER_SECOND, start / US_PER_MS % MS_PER_SECOND,
                    preemption_is_on() ? "on" : "off", quantum_get_ms());
    chart_format_axis(chart->line, chart->column_us, chart->columns);
    terminal_printf(chart->terminal, "%s\n", chart->line);
    print_rows(chart);
    for (unsigned i = 0; i < CHART_LEGEND_LINES; i++) {
        chart_format_legend(chart->line, i, terminal_columns, true);
        full_screen_print(chart->terminal, chart->line);
    }
}

/* Returns false after Ctrl-C. */
static bool wait_until(struct terminal *terminal, uint64_t tick)
{
    uint64_t now = clock_ticks();
    return now >= tick || terminal_sleep_ms(terminal, (int)(tick - now));
}

/* Prints the chart of the next `milliseconds`: from the next tick on, or, where somebody watches
 * already, from the beginning of a column. Returns COMMAND_OK or COMMAND_INTERRUPTED. */
static int watch(struct terminal *terminal, struct recording *recording, unsigned milliseconds)
{
    const uint32_t *column_us = &chart_column_us[CHART_ZOOM_MS];
    while (*column_us * recording->columns < milliseconds * US_PER_MS)
        column_us++;
    struct printed_chart chart = {
        .terminal = terminal,
        .recording = recording,
        .column_us = *column_us,
        .columns = (milliseconds * US_PER_MS + *column_us - 1) / *column_us,
    };
    uint64_t start = recording_align(recording, (clock_ticks() + 1) * US_PER_MS, *column_us);
    if (!wait_until(terminal, (start + chart.columns * *column_us) / US_PER_MS + 1))
        return COMMAND_INTERRUPTED;
    recording_extend(recording, PRINTED_ROWS);
    recording_draw(recording, start, *column_us, chart.columns);
    print_chart(&chart, start);
    return COMMAND_OK;
}

static struct gantt_settings *settings_of(const struct shell *shell)
{
    static struct gantt_settings settings[SHELLS_MAX];
    struct gantt_settings *own = &settings[shell->number];
    if (!own->is_set)
        *own = (struct gantt_settings){.is_set = true, .zoom = CHART_ZOOM_USUAL};
    return own;
}

static int run_gantt(struct shell *shell, int count, char **words)
{
    uint64_t milliseconds = 0;
    if (count == 2 && (parse_milliseconds(words[1], MAX_MS, &milliseconds) || milliseconds == 0))
        return command_error(shell, "'%s' is not a number of seconds from 0.001 to %u", words[1],
                             MAX_MS / MS_PER_SECOND);
    struct recording *recording =
        recording_begin(chart_columns(terminal_size(shell->terminal).columns));
    int status = COMMAND_OK;
    int error = 0;
    if (recording == NULL)
        error = -ERROR_NO_MEMORY;
    else if (count == 1)
        error =
            gantt_screen_run(shell->terminal, recording, settings_of(shell), shell->command->help);
    else
        status = watch(shell->terminal, recording, (unsigned)milliseconds);
    recording_end(recording);
    return error ? command_error(shell, "%s", error_text(error)) : status;
}

COMMAND(gantt, .usage = "gantt [SECONDS]", .summary = "who ran when, as a chart",
        .help = "With SECONDS (up to 60) it watches for so long and prints the chart; without it\n"
                "fills the screen, and goes on. Keys:\n" FULL_SCREEN_KEYS_HELP
                "left, right, PgUp, PgDn, Home, End  move through the time\n"
                "+, -   zoom, from 1 us to 5 s a column\n"
                ",-=%#  how much of the column it ran: a little, a quarter, half, most, all\n"
                ".  was ready: it waited for the CPU; blank: it slept, was blocked, did not exist\n"
                "*  the same, in red: it is starving, it has been waiting for a second or more\n"
                "One run that ended in a column has a mark; the second form: it ran for less than\n"
                "half of the column. Where several ended it is the shade, in the mark's colour.\n"
                ">) its quantum was used up; !i  a more urgent thread preempted it\n"
                "Yy yielded; Zz  slept, blocked or was suspended; Xx  ended\n"
                "?  was not recorded: it is from before gantt began, or forgotten: of each zoom\n"
                "   the latest columns are known, and below 1 ms what the trace's ring holds.\n"
                "(stolen)  the machine was away: an emulator that was stopped, or a busy host\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_gantt,
        .words = command_seconds, .examples = "  gantt 1\n");
