/* The steps of undoing: copies of the line. */
#include "shell/editor/undo.h"

#include <stddef.h>

void undo_clear(struct undo *undo)
{
    undo->count = 0;
    undo->forgotten = 0;
}

static struct undo_step *step_at(struct undo *undo, unsigned index)
{
    return &undo->steps[(undo->forgotten + index) % UNDO_STEPS];
}

void undo_push(struct undo *undo, const struct line_text *line, const char *position)
{
    if (undo->count == UNDO_STEPS) {
        undo->forgotten++;
        undo->count--;
    }
    *step_at(undo, undo->count++) = (struct undo_step){*line, position};
}

bool undo_pop(struct undo *undo, struct line_text *line, const char **position)
{
    if (undo->count > 0) {
        const struct undo_step *step = step_at(undo, --undo->count);
        *line = step->line;
        *position = step->position;
        return true;
    }
    bool has_forgotten = undo->forgotten > 0;
    undo->forgotten = 0;
    if (has_forgotten) {
        line_text_set(line, "");
        *position = NULL;
    }
    return has_forgotten;
}
