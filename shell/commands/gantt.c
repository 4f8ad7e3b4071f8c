/* gantt: who ran, who waited, and why that changed, as a chart with a row for each thread. */
#include <stddef.h>

#include "kernel/lib/errors.h"
#include "kernel/lib/number.h"
#include "sched/clock.h"
#include "sched/preemption.h"
#include "shell/command.h"
#include "shell/views/chart.h"
#include "shell/views/gantt_screen.h"

#define MS_PER_SECOND 1000u
#define MAX_MS        (chart_column_ms[CHART_ZOOMS - 1] * TIMELINE_COLUMNS)
#define PRINTED_ROWS  48u

static void print_rows(struct terminal *terminal, const struct timeline *timeline, unsigned columns)
{
    char line[CHART_LINE_SIZE];
    for (unsigned i = 0; i < timeline->row_count && i < PRINTED_ROWS; i++) {
        chart_format_row(line, timeline->sorted[i], columns, false);
        terminal_printf(terminal, "%s\n", line);
    }
    if (timeline->row_count > PRINTED_ROWS)
        terminal_printf(terminal, "... %u more\n", timeline->row_count - PRINTED_ROWS);
}

static void print_chart(struct terminal *terminal, const struct timeline *timeline, uint64_t tick,
                        unsigned column_ms, unsigned columns)
{
    char line[CHART_LINE_SIZE];
    terminal_printf(terminal, "%u ms a column, from %lu.%03lu s on; preemption %s, quantum %u ms\n",
                    column_ms, tick / MS_PER_SECOND, tick % MS_PER_SECOND,
                    preemption_is_on() ? "on" : "off", quantum_get_ms());
    chart_format_axis(line, column_ms, columns);
    terminal_printf(terminal, "%s\n", line);
    print_rows(terminal, timeline, columns);
    chart_format_legend(line, false);
    terminal_printf(terminal, "%s\n", line);
}

/* Sleeps until tick `end`, and for a tick before that, to learn when ticks begin. Returns false
 * after Ctrl-C. */
static bool wait_until(struct terminal *terminal, struct recording *recording, uint64_t end)
{
    if (!terminal_sleep_ms(terminal, 1))
        return false;
    recording_look_at_clocks(recording);
    uint64_t now = clock_ticks();
    return now >= end || terminal_sleep_ms(terminal, (int)(end - now));
}

/* Prints the chart of the next `milliseconds`, from the next tick on. Returns COMMAND_OK or
 * COMMAND_INTERRUPTED. */
static int watch(struct terminal *terminal, struct recording *recording, unsigned milliseconds)
{
    uint64_t start = clock_ticks() + 1;
    const uint16_t *column_ms = chart_column_ms;
    while (*column_ms * TIMELINE_COLUMNS < milliseconds)
        column_ms++;
    unsigned columns = (milliseconds + *column_ms - 1) / *column_ms;
    if (!wait_until(terminal, recording, start + columns * *column_ms))
        return COMMAND_INTERRUPTED;
    recording_extend(recording, PRINTED_ROWS);
    recording_draw(recording, start, *column_ms, columns);
    print_chart(terminal, &recording->timeline, start, *column_ms, columns);
    return COMMAND_OK;
}

static int run_gantt(struct shell *shell, int count, char **words)
{
    uint64_t milliseconds = 0;
    if (count == 2 && (parse_milliseconds(words[1], MAX_MS, &milliseconds) || milliseconds == 0))
        return command_error(shell, "'%s' is not a number of seconds from 0.001 to %u", words[1],
                             MAX_MS / MS_PER_SECOND);
    struct recording *recording = recording_begin();
    int status = COMMAND_OK;
    int error = 0;
    if (recording == NULL)
        error = -ERROR_NO_MEMORY;
    else if (count == 1)
        error = gantt_screen_run(shell->terminal, recording, shell->command->help);
    else
        status = watch(shell->terminal, recording, (unsigned)milliseconds);
    recording_end(recording);
    return error ? command_error(shell, "%s", error_text(error)) : status;
}

COMMAND(gantt, .usage = "gantt [SECONDS]", .summary = "who ran when, as a chart",
        .help = "With SECONDS (up to 60) it watches for so long and prints the chart; without it\n"
                "fills the screen, and goes on: space pauses; left, right, PgUp, PgDn, Home, End\n"
                "move through the time, up and down through the threads; + and - zoom, from 1 ms\n"
                "to 1 s a column; q quits.\n"
                "#  ran, for at least half of the column; +  for less\n"
                ".  was ready: it waited for the CPU; blank: it slept, was blocked, did not exist\n"
                ">  its quantum was used up; !  a more urgent thread preempted it\n"
                "y  yielded; z  slept, blocked or was suspended; x  ended\n"
                "?  is not in the trace any more, or not yet. If the trace (see there) was off,\n"
                "   it is on while this runs.\n",
        .group = COMMAND_GROUP_OBSERVING, .arguments_max = 1, .run = run_gantt);
