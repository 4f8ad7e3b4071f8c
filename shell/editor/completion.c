/* Completions of the word at the cursor. */
#include "shell/editor/completion.h"

#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

#define GAP 2u /* blanks between the columns of a list */

/* The line up to the cursor, as the callback wants it. */
struct request {
    const struct line_editor *editor;
    char text[LINE_EDITOR_SIZE];
    unsigned word_start;
};

static void prepare(struct request *request, const struct line_editor *editor)
{
    request->editor = editor;
    string_copy(request->text, editor->text, editor->cursor + 1);
    request->word_start = editor->cursor;
    while (request->word_start && !strchr(" ;", request->text[request->word_start - 1]))
        request->word_start--;
}

static const char *candidate(const struct request *request, unsigned index)
{
    const struct line_editor_operations *operations = request->editor->operations;

    if (!operations->complete)
        return NULL;
    return operations->complete(request->editor->context, request->text, request->word_start,
                                index);
}

static unsigned common_length(const char *first, const char *second)
{
    unsigned length = 0;

    while (first[length] && first[length] == second[length])
        length++;
    return length;
}

struct completion completion_find(const struct line_editor *editor)
{
    struct request request;
    prepare(&request, editor);

    const char *first = candidate(&request, 0);
    if (!first)
        return (struct completion){.candidates = 0};

    unsigned common = (unsigned)strlen(first);
    unsigned count = 1;
    for (const char *other; (other = candidate(&request, count)); count++) {
        unsigned length = common_length(first, other);
        common = length < common ? length : common;
    }

    unsigned word_length = editor->cursor - request.word_start;
    return (struct completion){
        .text = first + word_length,
        .length = common - word_length,
        .candidates = count,
    };
}

static unsigned widest(const struct request *request)
{
    size_t width = 0;
    const char *text;

    for (unsigned i = 0; (text = candidate(request, i)); i++)
        width = strlen(text) > width ? strlen(text) : width;
    return (unsigned)width;
}

void completion_list(const struct line_editor *editor)
{
    const struct line_display *display = &editor->display;
    struct request request;
    char cell[LINE_DISPLAY_MAX_WIDTH];

    prepare(&request, editor);
    unsigned width = widest(&request) + GAP;
    unsigned per_row = display->columns > width ? (display->columns - 1) / width : 1;
    const char *text;
    for (unsigned i = 0; (text = candidate(&request, i)); i++) {
        if (i && i % per_row == 0)
            display->write(display->context, "\r\n", 2);
        format_string(cell, sizeof(cell), "%-*s", (int)width, text);
        display->write(display->context, cell, strlen(cell));
    }
    display->write(display->context, "\r\n", 2);
}
