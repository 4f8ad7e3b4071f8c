/* Lines of a chart: 18 characters for the thread, a border, a character a column, a border. */
#include "shell/views/chart.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "shell/views/full_screen.h"
#include "shell/views/recording.h"

#define LABEL_SIZE    (CHART_LABEL + 1) /* with the terminator */
#define BORDERS       2u
#define AXIS_STEP     10u /* columns */
#define US_PER_MS     1000u
#define US_PER_SECOND 1000000u

const uint32_t chart_column_us[CHART_ZOOMS] = {
    1,    2,     5,     10,    20,     50,     100,    200,     500,     1000,    2000,
    5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000,
};

_Static_assert(LABEL_SIZE + BORDERS + 2 * TIMELINE_COLUMNS_MAX < CHART_LINE_SIZE,
               "each character has a style of its own");

unsigned chart_columns(unsigned terminal_columns)
{
    unsigned columns = (terminal_columns - (LABEL_SIZE - 1) - BORDERS) / AXIS_STEP * AXIS_STEP;
    return columns < TIMELINE_COLUMNS_MAX ? columns : TIMELINE_COLUMNS_MAX;
}

struct unit {
    unsigned us;
    const char *name;
};

static const struct unit *unit_of(unsigned us)
{
    static const struct unit units[] = {{US_PER_SECOND, "s"}, {US_PER_MS, "ms"}, {1, "us"}};
    const struct unit *unit = units;
    while (us < unit->us)
        unit++;
    return unit;
}

/* A second is 1000 ms, beside which others stand. */
void chart_format_length(char text[12], unsigned column_us)
{
    const struct unit *unit = unit_of(column_us < US_PER_SECOND ? column_us : US_PER_MS);
    format_string(text, 12, "%u %s", column_us / unit->us, unit->name);
}

void chart_format_axis(char line[CHART_LINE_SIZE], unsigned column_us, unsigned columns)
{
    const struct unit *unit = unit_of(column_us * AXIS_STEP);
    char *axis = line + format_string(line, LABEL_SIZE, "%4s %-13s", "TID", "NAME");
    for (unsigned column = 0; column < columns; column += AXIS_STEP) {
        char moment[AXIS_STEP + 1];
        format_string(moment, sizeof(moment), "|%u %s", column * column_us / unit->us, unit->name);
        format_string(axis + column, columns - column + 1, "%-10s", moment);
    }
    string_copy(axis + columns, "|", sizeof("|"));
}

/* The mark that counts most of those in a cell has a colour, so that a column in which several runs
 * ended is told apart as well. */
static uint8_t color_of(struct run_cell cell)
{
    static const struct {
        uint8_t mark, style;
    } marks[] = {
        {RUN_ENDED, STYLE_PLAIN},
        {RUN_USED_UP, STYLE_GREEN | STYLE_BOLD},
        {RUN_PREEMPTED, STYLE_MAGENTA | STYLE_BOLD},
        {RUN_YIELDED, STYLE_CYAN},
        {RUN_WAITED, STYLE_BLUE | STYLE_BOLD},
        {TIMELINE_STARVING, STYLE_RED | STYLE_BOLD},
    };
    for (unsigned i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (cell.marks & marks[i].mark)
            return marks[i].style;
    return cell.run != 0 ? STYLE_GREEN : STYLE_YELLOW;
}

#define SOLID_SHARE (RUN_WHOLE_COLUMN * 5 / 8)

/* What ran for most of a column stands on its colour, to be seen from the last row of a class room;
 * and so does each mark that says so. */
static uint8_t style_of(struct run_cell cell, char character)
{
    bool is_mark = character == '>' || character == '!' || (character >= 'X' && character <= 'Z');
    if (cell.is_unknown || character == ' ')
        return STYLE_PLAIN;
    bool is_solid = is_mark || cell.run >= SOLID_SHARE;
    return (uint8_t)(color_of(cell) | (is_solid ? STYLE_REVERSE : 0));
}

/* Returns the end of the text. A solid bar on a screen needs no character. */
static char *put_cell(char *text, struct run_cell cell, bool is_printed)
{
    char character = timeline_character(cell);
    *text++ = (char)style_of(cell, character);
    if (!is_printed && character == '#' && color_of(cell) == STYLE_GREEN)
        character = ' ';
    *text++ = character;
    return text;
}

static void put_cells(char *end, const struct timeline_row *row, unsigned columns, bool is_printed)
{
    end[-1] = '|';
    for (unsigned i = 0; i < columns; i++)
        end = put_cell(end, row->cells[i], is_printed);
    *end++ = STYLE_PLAIN;
    string_copy(end, "|", sizeof("|"));
}

void chart_format_row(char line[CHART_LINE_SIZE], const struct timeline_row *row, unsigned columns,
                      bool is_printed)
{
    char name[THREAD_NAME_SIZE];
    recording_thread_name(row, name);
    format_string(line, LABEL_SIZE, "%4d %-13s", row->tid, name);
    put_cells(line + LABEL_SIZE, row, columns, is_printed);
}

void chart_format_stolen(char line[CHART_LINE_SIZE], const struct timeline_row *row,
                         unsigned columns, bool is_printed)
{
    format_string(line, LABEL_SIZE, "%4s %-13s", "-", "(stolen)");
    put_cells(line + LABEL_SIZE, row, columns, is_printed);
}

/* --- The legend ------------------------------------------------------------------------------- */

#define WHOLE RUN_WHOLE_COLUMN
#define HALF  (WHOLE / 2 + 1)

#define LEGEND_COLUMNS 76u /* of the longer line, with both forms of each mark */

struct legend_entry {
    struct run_cell cells[5];
    uint8_t count; /* of the cells */
    const char *meaning;
    const char *in_short; /* where there is room for the first form of marks only */
};

static const struct legend_entry shares[] = {
    {{{.run = 1, .marks = RUN_SEVERAL},
      {.run = WHOLE / 4},
      {.run = HALF},
      {.run = WHOLE * 3 / 4},
      {.run = WHOLE}},
     5,
     "ran, a little to all",
     "ran"},
    {{{.ready = WHOLE}}, 1, "ready", "ready"},
    {{{.ready = WHOLE, .marks = TIMELINE_STARVING}}, 1, "starving for over 1 s", "starving"},
    {{{.is_unknown = true}}, 1, "not recorded", "unknown"},
};

static const struct legend_entry ends[] = {
    {{{HALF, 0, RUN_USED_UP, 0}, {1, 0, RUN_USED_UP, 0}}, 2, "quantum over", "quantum"},
    {{{HALF, 0, RUN_PREEMPTED, 0}, {1, 0, RUN_PREEMPTED, 0}}, 2, "preempted", "preempt"},
    {{{HALF, 0, RUN_YIELDED, 0}, {1, 0, RUN_YIELDED, 0}}, 2, "yields", "yield"},
    {{{HALF, 0, RUN_WAITED, 0}, {1, 0, RUN_WAITED, 0}}, 2, "waits", "wait"},
    {{{HALF, 0, RUN_ENDED, 0}, {1, 0, RUN_ENDED, 0}}, 2, "ends", "end"},
};

struct legend {
    const struct legend_entry *entries;
    unsigned count;
    bool has_forms; /* the second one of each: it ran for less */
};

static const struct legend legends[CHART_LEGEND_LINES] = {
    {shares, sizeof(shares) / sizeof(shares[0]), false},
    {ends, sizeof(ends) / sizeof(ends[0]), true},
};

void chart_format_legend(char line[CHART_LINE_SIZE], unsigned number, unsigned terminal_columns,
                         bool is_printed)
{
    const struct legend *legend = &legends[number];
    bool is_short = terminal_columns < LEGEND_COLUMNS;
    char *end = line;
    for (unsigned i = 0; i < legend->count; i++) {
        const struct legend_entry *entry = &legend->entries[i];
        unsigned cells = is_short && legend->has_forms ? 1 : entry->count;
        if (i > 0)
            end +=
                format_string(end, CHART_LINE_SIZE - (size_t)(end - line), is_short ? " " : "  ");
        for (unsigned cell = 0; cell < cells; cell++)
            end = put_cell(end, entry->cells[cell], is_printed);
        end += format_string(end, CHART_LINE_SIZE - (size_t)(end - line), "%c %s", STYLE_PLAIN,
                             is_short ? entry->in_short : entry->meaning);
    }
    if (legend->has_forms && !is_short)
        format_string(end, CHART_LINE_SIZE - (size_t)(end - line), "  (ran most, less)");
}
