/*
 * A timeline as lines of text, with an axis and a row for each thread, for full_screen_row() and
 * full_screen_print(). Where they are printed, each character stands there, too, that on a screen
 * its colour says as well: who reads them may have no colours.
 */
#ifndef AETHEL_SHELL_VIEWS_CHART_H
#define AETHEL_SHELL_VIEWS_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/views/timeline.h"

/* How long a column can be, in microseconds, the shortest first. */
#define CHART_ZOOMS      21u
#define CHART_ZOOM_MS    9u                  /* this one is a millisecond */
#define CHART_ZOOM_USUAL (CHART_ZOOM_MS + 3) /* 10 ms: where nobody has said another one */
extern const uint32_t chart_column_us[CHART_ZOOMS];

#define CHART_LINE_SIZE    512u /* with the terminator, and a style for each character */
#define CHART_LEGEND_LINES 2u
#define CHART_LABEL        18u /* characters for the thread, before the border */

/* How many columns a chart has on a terminal of so many: a multiple of ten. */
unsigned chart_columns(unsigned terminal_columns);

/* "5 ms", how long a column is: at most 12 characters with the terminator. */
void chart_format_length(char text[12], unsigned column_us);

/* The heads, with times counted from the left edge. */
void chart_format_axis(char line[CHART_LINE_SIZE], unsigned column_us, unsigned columns);

/* The row of a thread. */
void chart_format_row(char line[CHART_LINE_SIZE], const struct timeline_row *row, unsigned columns,
                      bool is_printed);

/* The row of the time that the machine did not give. */
void chart_format_stolen(char line[CHART_LINE_SIZE], const struct timeline_row *row,
                         unsigned columns, bool is_printed);

/* What the characters mean: line `number`, below CHART_LEGEND_LINES, on a terminal of so many
 * columns. */
void chart_format_legend(char line[CHART_LINE_SIZE], unsigned number, unsigned terminal_columns,
                         bool is_printed);

#endif
