/* Lines of a chart: 18 characters for the thread, a border, a character a column, a border. */
#include "shell/views/chart.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/views/full_screen.h"
#include "shell/views/recording.h"

#define LABEL_SIZE    19u /* with the terminator */
#define AXIS_STEP     10u /* columns */
#define MS_PER_SECOND 1000u

const uint16_t chart_column_ms[CHART_ZOOMS] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

void chart_format_axis(char line[CHART_LINE_SIZE], unsigned column_ms, unsigned columns)
{
    bool is_long = column_ms * AXIS_STEP >= MS_PER_SECOND;
    unsigned unit_ms = is_long ? MS_PER_SECOND : 1;
    char *axis = line + format_string(line, LABEL_SIZE, "%4s %-13s", "TID", "NAME");
    for (unsigned column = 0; column < columns; column += AXIS_STEP) {
        char moment[AXIS_STEP + 1];
        format_string(moment, sizeof(moment), "|%u %s", column * column_ms / unit_ms,
                      is_long ? "s" : "ms");
        format_string(axis + column, columns - column + 1, "%-10s", moment);
    }
    string_copy(axis + columns, "|", sizeof("|"));
}

/* What ran is a solid bar; a mark stands on a colour of its own, to be seen from the last row of a
 * class room. */
static uint8_t style_of(struct timeline_cell cell)
{
    static const uint8_t fills[] = {
        [TIMELINE_BLANK] = STYLE_PLAIN,
        [TIMELINE_READY] = STYLE_YELLOW,
        [TIMELINE_PARTLY] = STYLE_GREEN | STYLE_REVERSE,
        [TIMELINE_RUNNING] = STYLE_GREEN | STYLE_REVERSE,
        [TIMELINE_UNKNOWN] = STYLE_PLAIN,
    };
    static const uint8_t marks[TIMELINE_MARKS] = {
        [TIMELINE_WAITED] = STYLE_BLUE | STYLE_BOLD | STYLE_REVERSE,
        [TIMELINE_YIELDED] = STYLE_CYAN | STYLE_REVERSE,
        [TIMELINE_PREEMPTED] = STYLE_MAGENTA | STYLE_BOLD | STYLE_REVERSE,
        [TIMELINE_USED_UP] = STYLE_RED | STYLE_BOLD | STYLE_REVERSE,
        [TIMELINE_ENDED] = STYLE_PLAIN | STYLE_REVERSE,
    };
    return cell.mark != TIMELINE_NO_MARK ? marks[cell.mark] : fills[cell.fill];
}

/* Returns the end of the text. */
static char *put_cell(char *text, struct timeline_cell cell, bool is_colored)
{
    char character = timeline_character(cell);
    if (is_colored) {
        *text++ = (char)style_of(cell);
        if (cell.fill == TIMELINE_RUNNING && cell.mark == TIMELINE_NO_MARK)
            character = ' ';
    }
    *text++ = character;
    return text;
}

void chart_format_row(char line[CHART_LINE_SIZE], const struct timeline_row *row, unsigned columns,
                      bool is_colored)
{
    char name[THREAD_NAME_SIZE];
    recording_thread_name(row, name);
    format_string(line, LABEL_SIZE, "%4d %-13s", row->tid, name);
    char *end = line + LABEL_SIZE;
    end[-1] = '|';
    for (unsigned i = 0; i < columns; i++)
        end = put_cell(end, row->cells[i], is_colored);
    if (is_colored)
        *end++ = STYLE_PLAIN;
    string_copy(end, "|", sizeof("|"));
}

void chart_format_legend(char line[CHART_LINE_SIZE], bool is_colored)
{
    static const struct {
        struct timeline_cell cell;
        const char *meaning;
    } legend[] = {
        {{TIMELINE_RUNNING, 0}, "runs"},        {{TIMELINE_PARTLY, 0}, "partly"},
        {{TIMELINE_READY, 0}, "ready"},         {{0, TIMELINE_USED_UP}, "quantum over"},
        {{0, TIMELINE_PREEMPTED}, "preempted"}, {{0, TIMELINE_YIELDED}, "yields"},
        {{0, TIMELINE_WAITED}, "waits"},        {{0, TIMELINE_ENDED}, "ends"},
    };
    char *end = line;
    for (unsigned i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
        end = put_cell(end, legend[i].cell, is_colored);
        if (is_colored)
            *end++ = STYLE_PLAIN;
        end += format_string(end, CHART_LINE_SIZE - (size_t)(end - line), " %-*s",
                             (int)strlen(legend[i].meaning) + 1, legend[i].meaning);
    }
    end[-1] = '\0'; /* nothing behind the last one */
}
