/* The steps of undoing: copies of the line. */
#include "shell/editor/undo.h"

#include "kernel/lib/string.h"

struct undo_step {
    struct list_node node;
    const struct history_line *position;
    unsigned cursor;
    bool lacks_characters;
    char text[];
};

void undo_init(struct undo *undo, const struct editor_memory *memory)
{
    undo->memory = memory;
    undo->count = 0;
    undo->has_forgotten = false;
    list_init(&undo->steps);
}

static void forget(struct undo *undo, struct list_node *node)
{
    list_remove(node);
    undo->memory->free(LIST_ENTRY(node, struct undo_step, node));
    undo->count--;
}

void undo_clear(struct undo *undo)
{
    while (undo->count > 0)
        forget(undo, undo->steps.next);
    undo->has_forgotten = false;
}

void undo_push(struct undo *undo, const struct line_text *line, const struct history_line *position)
{
    struct undo_step *step = undo->memory->allocate(sizeof(*step) + line->length + 1);
    while (undo->count == UNDO_STEPS || (!step && undo->count > 0)) {
        forget(undo, undo->steps.next);
        undo->has_forgotten = true;
    }
    undo->has_forgotten |= !step;
    if (!step)
        return;
    step->position = position;
    step->cursor = line->cursor;
    step->lacks_characters = line->lacks_characters;
    string_copy(step->text, line->text, line->length + 1);
    list_insert_before(&undo->steps, &step->node);
    undo->count++;
}

bool undo_pop(struct undo *undo, struct line_text *line, const struct history_line **position)
{
    if (undo->count == 0) {
        bool has_forgotten = undo->has_forgotten;
        undo->has_forgotten = false;
        if (has_forgotten) {
            line_text_set(line, "");
            *position = NULL;
        }
        return has_forgotten;
    }
    struct undo_step *step = LIST_ENTRY(undo->steps.previous, struct undo_step, node);
    line_text_set(line, step->text);
    line->cursor = step->cursor;
    line->lacks_characters = step->lacks_characters;
    *position = step->position;
    forget(undo, &step->node);
    return true;
}
