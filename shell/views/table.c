/* Fields in columns. */
#include "shell/views/table.h"

#include <stddef.h>

#define INDENT 2u

static unsigned width_of(const struct table_column *column)
{
    return (unsigned)(column->width < 0 ? -column->width : column->width);
}

void table_print(struct terminal *terminal, const struct table_column *columns, unsigned count,
                 const char *const *fields)
{
    unsigned room = terminal_size(terminal).columns;
    unsigned used = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned gap = i > 0;
        if (gap > 0 && used + gap + width_of(&columns[i]) > room) {
            terminal_printf(terminal, "\n");
            used = 0;
            gap = INDENT;
        }
        terminal_printf(terminal, "%*s%*s", (int)gap, "", columns[i].width,
                        fields != NULL ? fields[i] : columns[i].head);
        used += gap + width_of(&columns[i]);
    }
    terminal_printf(terminal, "\n");
}
