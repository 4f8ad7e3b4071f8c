/*
 * A timeline as lines of text: 80 columns, with an axis and a row for each thread. In colour they
 * are for full_screen_row(), in plain characters for every terminal and for paper.
 */
#ifndef AETHEL_SHELL_VIEWS_CHART_H
#define AETHEL_SHELL_VIEWS_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "shell/views/timeline.h"

/* How long a column can be, in milliseconds, the shortest first. */
#define CHART_ZOOMS 10u
extern const uint16_t chart_column_ms[CHART_ZOOMS];

#define CHART_LINE_SIZE 176u /* with the terminator, and a style for each character */

/* The heads, with times counted from the left edge. */
void chart_format_axis(char line[CHART_LINE_SIZE], unsigned column_ms, unsigned columns);

/* The row of a thread. */
void chart_format_row(char line[CHART_LINE_SIZE], const struct timeline_row *row, unsigned columns,
                      bool is_colored);

/* What the characters mean. */
void chart_format_legend(char line[CHART_LINE_SIZE], bool is_colored);

#endif
